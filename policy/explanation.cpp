#include "policy/explanation.hpp"

#include "policy/evaluate.hpp"
#include "policy/self_check.hpp"
#include "policy/step_writer.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace gatehouse::policy {
namespace {

void describe_ruling(Explanation& out, Policy const& policy, Decision const& decision)
{
    out.rule = rule_id(policy, decision);
    auto const cite = [&](std::string const& clause, std::string const& reason) {
        out.clause = clause;
        out.reason = reason;
    };
    switch (decision.stage) {
    case Stage::sealed: cite(policy.sealed_clause, policy.sealed_reason); break;
    case Stage::restriction: {
        auto const& restriction = policy.restrictions[decision.index];
        cite(restriction.clause, restriction.reason);
        break;
    }
    case Stage::override_grant: {
        auto const& grant = policy.overrides[decision.index];
        cite(grant.clause, grant.reason);
        break;
    }
    case Stage::rule: {
        auto const& rule = policy.rules[decision.index];
        cite(rule.clause, rule.reason);
        break;
    }
    case Stage::inspection: {
        auto const& entry = policy.inspection[decision.index];
        cite(entry.clause, entry.reason);
        break;
    }
    case Stage::role_default:
        if (decision.index == none) {
            out.reason = "It cannot be told which site this would open.";
        } else {
            auto const& role = policy.roles[decision.index];
            cite(role.default_clause, role.default_reason);
        }
        break;
    case Stage::content: {
        auto const& rule = policy.content_rules[decision.index];
        cite(rule.clause, rule.reason);
        break;
    }
    case Stage::file: {
        auto const& rule = policy.file_rules[decision.index];
        cite(rule.clause, rule.reason);
        break;
    }
    case Stage::virus: out.reason = "Something harmful was found in this file, so it was not let through."; break;
    case Stage::wrapper: break;
    }
}

void describe_target(Explanation& out, Policy const& policy, Decision const& decision)
{
    if (decision.category != none) {
        out.category = policy.categories[decision.category].id;
        out.category_title = policy.categories[decision.category].title;
    }
    if (decision.service != none) {
        out.service = policy.services[decision.service].id;
        out.service_title = policy.services[decision.service].title;
    }
    if (decision.list != none) {
        out.list = policy.lists[decision.list].id;
        out.list_file = policy.attached[decision.attached].set.file_name(decision.hit.file);
        out.list_line = decision.hit.line;
    }
}

/// The rest of today is searched at the minutes at which another period begins: between them no rule changes its mind. What the site leads to must
/// not close it then either.
std::string find_allowed_from(Policy const& policy, Query const& query, LeadsTo const& leads)
{
    Moment moment = query.now;
    while (true) {
        auto const next = policy.timetable.at(moment.local, query.subject.groups).until;
        if (next.date != query.now.local.date)
            return {};
        moment.local = next;
        moment.instant = query.now.instant + std::chrono::minutes{next.minute - query.now.local.minute};
        Query const later{query.subject, query.target, moment, query.signals};
        auto const then = decide(policy, later);
        if (then.verdict == Verdict::allow && !judge_names(policy, later, then, leads))
            return minute_to_text(next.minute);
    }
}

void describe_time(Explanation& out, Policy const& policy, Query const& query)
{
    auto const now = policy.timetable.at(query.now.local, query.subject.groups);
    out.period = now.period ? now.period->name : std::string(to_text(now.kind));
    out.period_kind = now.kind;
    if (now.until.date == query.now.local.date)
        out.period_until = minute_to_text(now.until.minute);
    if (out.verdict == Verdict::block && !out.sealed)
        out.allowed_from = find_allowed_from(policy, query, {});
}

/// The site behind the URL that decided: of several the one that is blocked, of a chain the last. Empty if there is none.
std::string find_deciding_host(Policy const& policy, Query const& query, unsigned depth)
{
    constexpr unsigned deepest = 4;
    std::string host;
    Wrapped wrapped;
    for (std::size_t nth = 0; nth < most_wrapped && find_wrapped(policy, query.target, nth, wrapped); ++nth) {
        Query const behind{query.subject, wrapped.target, query.now, query.signals};
        auto const decision = decide(policy, behind);
        bool const blocked = decision.verdict == Verdict::block;
        if (host.empty() || blocked)
            host = wrapped.target.host.authority_text();
        if (blocked && decision.wrapper != none && depth < deepest)
            host = find_deciding_host(policy, behind, depth + 1);
        if (blocked)
            break;
    }
    return host;
}

void describe_inside(Explanation& out, Policy const& policy, Query const& query, Decision const& decision)
{
    if (SearchText search; decision.search_engine != none && find_search_within(policy, query.target, search)) {
        out.search = search.text();
        out.search_engine = policy.url_forms[decision.search_engine].title;
    }
    if (decision.term_list != none) {
        auto const& list = policy.term_lists[decision.term_list];
        out.term_list = list.id;
        out.severity = to_text(list.severity);
        out.term = list.terms[decision.term];
    }
    if (decision.wrapper == none)
        return;
    out.wrapper = policy.url_forms[decision.wrapper].title;
    if (!out.sealed)
        out.wrapped_host = find_deciding_host(policy, query, 0);
}

void describe_inspection(Explanation& out, Policy const& policy, InspectionRuling const& ruling)
{
    if (ruling.basis == InspectionBasis::not_asked)
        return;
    out.inspection = to_text(ruling.inspection);
    std::string_view why;
    switch (ruling.basis) {
    case InspectionBasis::no_ca: why = "The device does not trust the school's certificate."; break;
    case InspectionBasis::never:
        out.inspection_by = policy.categories[ruling.index].id;
        why = "Sites of this kind are private and never looked into.";
        break;
    case InspectionBasis::rule:
        out.inspection_by = policy.inspection[ruling.index].id;
        why = policy.inspection[ruling.index].reason;
        break;
    default:
        out.inspection_by = ruling.index == none ? std::string{"default"} : policy.roles[ruling.index].default_id;
        why = "It is what this role has where no entry says otherwise.";
        break;
    }
    out.inspection_why = fmt::format("{} {}", why,
        ruling.inspection == Inspection::refuse        ? "The connection is refused."
            : ruling.inspection == Inspection::inspect ? "Pages and searches are seen and decided one by one."
                                                       : "Only the name of the site is seen, not its pages or searches.");
}

} // namespace

Explanation explain(Policy const& policy, Query const& query)
{
    Facts const facts{policy, query};
    Explanation out;
    StepWriter writer{facts, out.steps};
    auto const decision = evaluate(facts, writer);
    out.verdict = decision.verdict;
    out.tls = decision.tls;
    out.stage = decision.stage;
    out.sealed = decision.stage == Stage::sealed;
    out.is_test = is_self_check(query.target.host);
    out.may_ask = decision.stage != Stage::sealed && decision.stage != Stage::restriction && !decision.by_search && !out.is_test;
    out.names_unasked
        = decision.verdict == Verdict::allow && decision.safe_search == none && !out.is_test && !query.target.host.is_address();
    out.by_search = decision.by_search;
    out.by_writing = decision.by_writing;
    describe_ruling(out, policy, decision);
    describe_target(out, policy, decision);
    describe_time(out, policy, query);
    describe_inside(out, policy, query, decision);
    describe_inspection(out, policy, decision.inspection);
    if (decision.safe_search != none) {
        out.safe_search = policy.safe_search[decision.safe_search].id;
        out.safe_search_host = policy.safe_search[decision.safe_search].use.text();
    }
    return out;
}

namespace {

/// Replaces the ruling by one that was made behind the steps.
void overrule(Explanation& out, Policy const& policy, Decision const& made, std::string because)
{
    for (auto& step : out.steps)
        step.decided = false;
    out.steps.push_back({made.stage, std::string{rule_id(policy, made)}, true, std::move(because)});
    out.verdict = Verdict::block;
    out.stage = made.stage;
    out.names_unasked = false;
    describe_ruling(out, policy, made);
}

/// What of the file the rule is about: its kind, its size or both.
std::string text_of(FileRule const& rule, Decision const& made)
{
    if (rule.kinds.empty())
        return fmt::format("the file is larger than {} bytes", rule.larger_than);
    auto const kind = to_text(*made.file_kind);
    return rule.larger_than == 0 ? fmt::format("the file is of kind {}", kind)
                                 : fmt::format("the file is of kind {} larger than {} bytes", kind, rule.larger_than);
}

void describe_file(Explanation& out, Policy const& policy, Decision const& made)
{
    out.by_file = true;
    out.by_virus = made.stage == Stage::virus;
    out.may_ask = out.may_ask && !out.by_virus;
    if (out.by_virus)
        return overrule(out, policy, made, "something harmful was found in the file");
    auto const& rule = policy.file_rules[made.index];
    overrule(out, policy, made, text_of(rule, made));
    if (made.file_kind && !rule.kinds.empty())
        out.file_kind = to_text(*made.file_kind);
}

} // namespace

Explanation explain(Policy const& policy, Query const& query, Decision const& made)
{
    auto out = explain(policy, query);
    if (made.stage == Stage::file || made.stage == Stage::virus)
        describe_file(out, policy, made);
    if (made.stage != Stage::content)
        return out;
    auto const& rule = policy.content_rules[made.index];
    auto const& list = policy.phrase_lists[made.phrase_list];
    overrule(out, policy, made,
        fmt::format("the page's phrases weigh {}, the limit is {}; most of it is \"{}\"", made.score, rule.limit, list.title));
    out.phrase_list = list.id;
    out.score = made.score;
    out.category = list.category;
    out.category_title = made.category == none ? list.title : policy.categories[made.category].title;
    out.service.clear();
    out.service_title.clear();
    out.list.clear();
    return out;
}

namespace {

void describe_closing(Explanation& out, Policy const& policy, ClosedByName const& closed)
{
    auto const& made = closed.decision;
    out.sealed = made.stage == Stage::sealed;
    out.alias = out.sealed ? std::string_view{} : closed.name.text();
    overrule(out, policy, made,
        out.sealed                     ? std::string{"another name of this site is on a sealed list"}
            : closed.name.is_address() ? fmt::format("the name of this site leads to {}", out.alias)
                                       : fmt::format("{} is another name of this site", out.alias));
    out.tls = made.tls;
    // Whatever opened the site (a rule about searches, the site behind it) closed nothing, so the site as a whole can be asked for.
    out.by_search = out.by_writing = false;
    out.may_ask = !out.sealed && !out.is_test;
    for (auto* const text : {&out.inspection, &out.inspection_by, &out.inspection_why, &out.category, &out.category_title,
             &out.service, &out.service_title, &out.list, &out.list_file, &out.wrapper, &out.wrapped_host})
        text->clear();
    out.list_line = 0;
    describe_target(out, policy, made);
}

} // namespace

Explanation explain(Policy const& policy, Query const& query, ClosedByName const& closed, LeadsTo const& leads)
{
    auto out = explain(policy, query);
    describe_closing(out, policy, closed);
    out.allowed_from = out.sealed ? std::string{} : find_allowed_from(policy, query, leads);
    return out;
}

Explanation explain_by_names(Policy const& policy, Query const& query, LeadsTo const& leads)
{
    if (auto const closed = judge_names(policy, query, decide(policy, query), leads))
        return explain(policy, query, *closed, leads);
    auto out = explain(policy, query);
    out.names_unasked = out.names_unasked && leads.names.empty() && std::ranges::none_of(leads.addresses, is_special_purpose);
    if (!out.allowed_from.empty())
        out.allowed_from = find_allowed_from(policy, query, leads);
    return out;
}

std::string_view rule_id(Policy const& policy, Decision const& decision)
{
    switch (decision.stage) {
    case Stage::sealed: return "sealed";
    case Stage::restriction: return policy.restrictions[decision.index].id;
    case Stage::override_grant: return policy.overrides[decision.index].id;
    case Stage::rule: return policy.rules[decision.index].id;
    case Stage::inspection: return policy.inspection[decision.index].id;
    case Stage::content: return policy.content_rules[decision.index].id;
    case Stage::file: return policy.file_rules[decision.index].id;
    case Stage::virus: return "virus";
    case Stage::role_default:
    case Stage::wrapper: break;
    }
    return decision.index == none ? std::string_view{"default"} : policy.roles[decision.index].default_id;
}

} // namespace gatehouse::policy
