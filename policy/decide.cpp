#include "policy/evaluate.hpp"

#include <optional>
#include <tuple>

namespace gatehouse::policy {
namespace {

/// What decided, before the decision is filled in.
struct Ruling {
    Stage stage;
    Verdict verdict;
    std::uint16_t index = none;
    Selector const* what = nullptr; ///< entry of the "what" column that held, if a rule or grant decided
};

std::uint16_t index_in(auto const& table, auto const& entry)
{
    return static_cast<std::uint16_t>(&entry - table.data());
}

bool is_supervised(Restriction const& restriction, Facts const& facts)
{
    if (restriction.supervised_device.empty() || !restriction.supervised_until
        || facts.query.now.instant >= *restriction.supervised_until)
        return false;
    if (restriction.supervised_device == facts.query.subject.device)
        return true;
    auto const address = IpAddress::parse(restriction.supervised_device);
    return address && *address == facts.query.subject.address;
}

std::optional<Ruling> judge_sealed(Facts const& facts, Recorder& recorder)
{
    recorder.sealed(facts.sealed);
    if (!facts.sealed)
        return std::nullopt;
    return Ruling{Stage::sealed, Verdict::block};
}

std::optional<Ruling> judge_restrictions(Facts const& facts, Recorder& recorder)
{
    auto const& user = facts.query.subject.user;
    auto const now = facts.query.now.instant;
    for (auto const& restriction : facts.policy.restrictions) {
        if (user.empty() || restriction.user != user)
            continue;
        bool const in_force = restriction.from <= now && now < restriction.until;
        bool const decided = in_force && !is_supervised(restriction, facts);
        recorder.restriction(restriction, in_force, decided);
        if (decided)
            return Ruling{Stage::restriction, Verdict::block, index_in(facts.policy.restrictions, restriction)};
    }
    return std::nullopt;
}

/// Of several grants that match, the one that ends last decides.
std::optional<Ruling> judge_overrides(Facts const& facts, Recorder& recorder)
{
    auto const now = facts.query.now.instant;
    Override const* chosen = nullptr;
    Selector const* what = nullptr;
    for (auto const& grant : facts.policy.overrides) {
        bool const live = grant.from <= now && now < grant.until;
        auto const matched = live ? match(grant, facts) : Match{Match::Column::who};
        recorder.override_grant(grant, live, matched);
        if (!matched || (chosen && chosen->until >= grant.until))
            continue;
        chosen = &grant;
        what = matched.what;
    }
    if (!chosen)
        return std::nullopt;
    recorder.override_chosen(*chosen);
    return Ruling{Stage::override_grant, Verdict::allow, index_in(facts.policy.overrides, *chosen), what};
}

std::optional<Ruling> judge_rules(Facts const& facts, Recorder& recorder)
{
    for (auto const& rule : facts.policy.rules) {
        auto const matched = match(rule, facts);
        recorder.rule(rule, matched);
        if (matched)
            return Ruling{Stage::rule, rule.action, index_in(facts.policy.rules, rule), matched.what};
    }
    return std::nullopt;
}

Ruling judge_by_default(Facts const& facts, Recorder& recorder)
{
    recorder.role_default();
    if (facts.role == none)
        return {Stage::role_default, Verdict::block};
    return {Stage::role_default, facts.policy.roles[facts.role].default_verdict, facts.role};
}

/// The order of evaluation.
Ruling judge(Facts const& facts, Recorder& recorder)
{
    if (auto const sealed = judge_sealed(facts, recorder))
        return *sealed;
    if (auto const restriction = judge_restrictions(facts, recorder))
        return *restriction;
    if (auto const grant = judge_overrides(facts, recorder))
        return *grant;
    if (auto const rule = judge_rules(facts, recorder))
        return *rule;
    return judge_by_default(facts, recorder);
}

TlsAction tls_action(Verdict verdict, Query const& query, Inspection inspection)
{
    if (verdict == Verdict::allow)
        return inspection == Inspection::inspect ? TlsAction::bump : TlsAction::splice;
    bool const can_show_page = query.subject.trusts_ca && query.target.scheme == Scheme::tunnel;
    return can_show_page ? TlsAction::bump : TlsAction::terminate;
}

/// True if the list is why the selector held.
bool explains(Selector const* what, std::uint16_t index, ListInfo const& list, Facts const& facts)
{
    if (!what)
        return false;
    switch (what->kind) {
    case Selector::Kind::list: return &list == &facts.policy.lists[index];
    case Selector::Kind::service: return list.service_index == index;
    case Selector::Kind::category: return facts.policy.is_within(list.category_index, index);
    case Selector::Kind::signal: return list.service_index != none;
    default: return false;
    }
}

/// Names the list, service and category that tell most: first what decided, then the longest name, then a service.
void attribute(Decision& decision, Selector const* what, Facts const& facts)
{
    decision.category = facts.test_category;
    auto const index = what && facts.found_count != 0 ? facts.policy.index_of(*what) : none; // a grant's entry carries none
    std::tuple<bool, std::uint8_t, bool> best{};
    for (auto const& found : facts.all_found()) {
        auto const& list = facts.policy.lists[found.list];
        std::tuple const rank{explains(what, index, list, facts), found.hit.labels, list.service_index != none};
        if (decision.list != none && rank <= best)
            continue;
        best = rank;
        decision.list = found.list;
        decision.attached = found.attached;
        decision.hit = found.hit;
        decision.service = list.service_index;
        decision.category = list.category_index;
    }
}

/// What is inside would have to be seen, and cannot or shall not be.
void refuse(Decision& decision, Policy const& policy, Recorder& recorder)
{
    decision.verdict = Verdict::block;
    decision.stage = Stage::inspection;
    decision.index = decision.inspection.index;
    decision.safe_search = none;
    recorder.refused(policy.inspection[decision.index]);
}

/// The most severe list that speaks of the search, or of what was written.
void attribute_search(Decision& decision, Facts const& facts)
{
    decision.search_engine = facts.search_engine;
    decision.by_writing = facts.query.written != nullptr;
    if ((facts.search_engine == none && !decision.by_writing) || facts.terms.lists.none())
        return;
    auto const& lists = facts.policy.term_lists;
    for (std::uint16_t i = 0; i < lists.size(); ++i) {
        bool const graver = decision.term_list == none || lists[i].severity > lists[decision.term_list].severity;
        if (facts.terms.lists[i] && graver)
            decision.term_list = i;
    }
    decision.term = facts.terms.term[decision.term_list];
}

Decision fill_in(Ruling const& ruling, Facts const& facts, Recorder& recorder)
{
    Decision decision;
    decision.verdict = ruling.verdict;
    decision.stage = ruling.stage;
    decision.index = ruling.index;
    if (ruling.verdict == Verdict::allow) {
        decision.inspection = judge_inspection(facts, ruling.stage == Stage::override_grant);
        decision.safe_search = find_safe_search(facts);
    }
    if (decision.inspection.inspection == Inspection::refuse)
        refuse(decision, facts.policy, recorder);
    decision.tls = tls_action(decision.verdict, facts.query, decision.inspection.inspection);
    decision.signals = facts.signals;
    decision.period_kind = facts.period_kind;
    if (facts.period)
        decision.period = index_in(facts.policy.timetable.periods, *facts.period);
    if (ruling.stage != Stage::sealed)
        attribute(decision, ruling.what, facts);
    attribute_search(decision, facts);
    decision.by_search = ruling.what && ruling.what->kind == Selector::Kind::search;
    return decision;
}

/// Without regard to what may be behind the target.
Decision evaluate_itself(Facts const& facts, Recorder& recorder)
{
    return fill_in(judge(facts, recorder), facts, recorder);
}

/// Which site would be opened cannot be told.
void close(Decision& decision, Facts const& facts)
{
    decision.verdict = Verdict::block;
    decision.stage = Stage::role_default;
    decision.index = none;
    decision.safe_search = none;
    decision.tls = tls_action(Verdict::block, facts.query, Inspection::name_only);
}

/// What is shown under another site's name is judged as if it were asked for itself; the stricter of both decides. Services do not show
/// each other, so a chain that is longer than any that works is closed, and so is a URL that carries more of them than anybody writes.
void judge_wrapped(Facts const& facts, Recorder& recorder, Decision& decision, unsigned depth)
{
    constexpr unsigned deepest = 4;
    Wrapped wrapped;
    for (std::size_t nth = 0; find_wrapped(facts.policy, facts.query.target, nth, wrapped); ++nth) {
        decision.wrapper = wrapped.form;
        decision.wrapped = static_cast<std::uint16_t>(nth);
        if (depth == deepest || nth == most_wrapped)
            return close(decision, facts);
        Query const query{facts.query.subject, wrapped.target, facts.query.now, facts.query.signals};
        Facts const behind{facts.policy, query};
        recorder.wrapped(facts.policy.url_forms[wrapped.form], behind);
        auto inner = evaluate_itself(behind, recorder);
        if (inner.verdict == Verdict::allow)
            judge_wrapped(behind, recorder, inner, depth + 1);
        inner.wrapper = wrapped.form;
        inner.wrapped = static_cast<std::uint16_t>(nth);
        if (inner.verdict == Verdict::block) {
            decision = inner;
            return;
        }
        if (decision.search_engine == none) {
            decision.search_engine = inner.search_engine;
            decision.term_list = inner.term_list;
            decision.term = inner.term;
        }
    }
}

} // namespace

std::string_view to_text(TlsAction action)
{
    switch (action) {
    case TlsAction::splice: return "splice";
    case TlsAction::bump: return "bump";
    case TlsAction::terminate: return "terminate";
    }
    return "terminate";
}

std::string_view to_text(Stage stage)
{
    switch (stage) {
    case Stage::sealed: return "sealed";
    case Stage::restriction: return "restriction";
    case Stage::override_grant: return "override";
    case Stage::rule: return "rule";
    case Stage::role_default: return "default";
    case Stage::inspection: return "inspection";
    case Stage::content: return "content";
    case Stage::file: return "file";
    case Stage::virus: return "virus";
    case Stage::wrapper: return "wrapper";
    }
    return "default";
}

Decision evaluate(Facts const& facts, Recorder& recorder)
{
    auto decision = evaluate_itself(facts, recorder);
    if (decision.verdict == Verdict::allow && !facts.policy.url_form_index.empty())
        judge_wrapped(facts, recorder, decision, 0);
    return decision;
}

Decision decide_by_rule(Facts const& facts, std::uint16_t index, Selector const& what)
{
    SilentRecorder recorder;
    return fill_in({Stage::rule, facts.policy.rules[index].action, index, &what}, facts, recorder);
}

Decision decide(Policy const& policy, Query const& query)
{
    SilentRecorder recorder;
    return evaluate(Facts{policy, query}, recorder);
}

Host const& host_to_dial(Policy const& policy, Decision const& decision, Target const& target)
{
    return decision.safe_search == none ? target.host : policy.safe_search[decision.safe_search].use;
}

Target visible_part(Policy const& policy, Query const& url)
{
    if (url.target.scheme != Scheme::https)
        return url.target;
    auto const tunnel = url.target.seen_without_inspection();
    auto const decision = decide(policy, {url.subject, tunnel, url.now, url.signals});
    return decision.verdict == Verdict::allow && decision.tls == TlsAction::bump ? url.target : tunnel;
}

} // namespace gatehouse::policy
