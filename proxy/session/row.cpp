// Step 10: the row of a request.

#include "proxy/session/outcome.hpp"

#include "policy/explanation.hpp"

namespace gatehouse::session {

/// Part of a row whose texts were the policy's.
struct KeptDecision {
    explicit KeptDecision(log::AccessRecord const& described);
    KeptDecision(KeptDecision const&) = delete;
    KeptDecision& operator=(KeptDecision const&) = delete;

    log::AccessRecord row;
    std::string texts;
};

namespace {

std::string_view name_of(auto const& table, std::uint16_t index)
{
    return index < table.size() ? std::string_view{table[index].id} : std::string_view{};
}

void describe_decision(log::AccessRecord& row, Outcome const& outcome)
{
    auto const& policy = *outcome.policy;
    auto const& decision = outcome.decision;
    row.verdict = decision.verdict;
    row.tls = decision.tls;
    row.stage = policy::to_text(decision.stage);
    row.rule = policy::rule_id(policy, decision);
    row.category = name_of(policy.categories, decision.category);
    row.service = name_of(policy.services, decision.service);
    row.signals = decision.signals;
    row.period = decision.period < policy.timetable.periods.size()
        ? std::string_view{policy.timetable.periods[decision.period].name}
        : policy::to_text(decision.period_kind);
    if (decision.stage == policy::Stage::rule && decision.index < policy.rules.size())
        row.clause = policy.rules[decision.index].clause;
    if (decision.stage == policy::Stage::inspection)
        row.clause = policy.inspection[decision.index].clause;
    if (decision.stage == policy::Stage::content) {
        row.clause = policy.content_rules[decision.index].clause;
        row.list = policy.phrase_lists[decision.phrase_list].id;
    }
    if (decision.stage == policy::Stage::file)
        row.clause = policy.file_rules[decision.index].clause;
    if (decision.list < policy.lists.size() && !policy.lists[decision.list].sealed
        && decision.attached < policy.attached.size()) {
        row.list = policy.lists[decision.list].id;
        row.list_file = policy.attached[decision.attached].set.file_name(decision.hit.file);
        row.list_line = decision.hit.line;
    }
}

/// Texts of a row that are read out of its URL.
struct Carried {
    policy::SearchText search;
    policy::Wrapped wrapped;
};

/// Only where the decision says that there is something. `carried` outlives the row.
void describe_carried(log::AccessRecord& row, Outcome const& outcome, Carried& carried)
{
    auto const& policy = *outcome.policy;
    auto const& decision = outcome.decision;
    if (decision.search_engine != policy::none && find_search_within(policy, outcome.target, carried.search))
        row.search = carried.search.text();
    row.term_list = name_of(policy.term_lists, decision.term_list);
    if (outcome.findings) {
        row.prompt = outcome.findings->prompt;
        row.virus = outcome.findings->virus;
        if (decision.stage != policy::Stage::sealed)
            row.wrapped = outcome.findings->alias.text();
    }
    if (outcome.file_kind)
        row.file_kind = policy::to_text(*outcome.file_kind);
    if (decision.wrapper != policy::none && decision.stage != policy::Stage::sealed
        && find_wrapped(policy, outcome.target, decision.wrapped, carried.wrapped))
        row.wrapped = carried.wrapped.target.host.text();
}

std::string_view without_query(std::string_view path)
{
    return path.substr(0, path.find('?'));
}

/// All of a row that the policy says.
log::AccessRecord describe(Outcome const& outcome, Carried& carried)
{
    if (outcome.findings && outcome.findings->kept)
        return outcome.findings->kept->row;
    log::AccessRecord row;
    if (outcome.decided) {
        describe_decision(row, outcome);
        describe_carried(row, outcome, carried);
    }
    return row;
}

} // namespace

KeptDecision::KeptDecision(log::AccessRecord const& described)
    : row(described)
{
    std::array const owned{&row.rule, &row.clause, &row.category, &row.service, &row.list, &row.list_file, &row.period,
        &row.search, &row.term_list, &row.wrapped};
    std::size_t size = 0;
    for (auto const* text : owned)
        size += text->size();
    texts.reserve(size); // so that it stays where it is
    for (auto* text : owned) {
        auto const at = texts.size();
        texts += *text;
        *text = std::string_view{texts}.substr(at);
    }
}

Outcome::Outcome(DecisionId given)
    : id(given)
{
}

Outcome::Outcome(Outcome&&) noexcept = default;
Outcome::~Outcome() = default;

Findings::Findings() = default;
Findings::~Findings() = default;

void Outcome::let_go_of_policy()
{
    unlink();
    if (!policy)
        return;
    Carried carried;
    found().kept = std::make_unique<KeptDecision>(describe(*this, carried));
    policy.reset();
}

void record(Session& session, Outcome const& outcome)
{
    record(session.env, session.subject, outcome);
}

void record(Environment& env, policy::Subject const& subject, Outcome const& outcome)
{
    Carried carried;
    auto row = describe(outcome, carried);
    row.at = std::chrono::system_clock::now();
    row.elapsed = std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - outcome.started);
    row.decision_id = outcome.id.view();
    row.client = subject.address;
    row.user = subject.user;
    row.role = subject.role;
    row.group = subject.groups.empty() ? std::string_view{} : std::string_view{subject.groups.front()};
    row.network = subject.network;
    row.device = subject.device;
    row.device_kind = subject.device_kind;
    row.confidence = subject.confidence;
    row.method = outcome.method;
    if (outcome.named) {
        row.scheme
            = outcome.target.scheme == policy::Scheme::tunnel ? std::string_view{} : policy::to_text(outcome.target.scheme);
        row.host = outcome.target.host.text();
        row.port = outcome.target.port;
        row.path = env.settings.log_queries ? outcome.target.path : without_query(outcome.target.path);
    }
    if (outcome.findings)
        row.sni = outcome.findings->sni;
    row.content_type = outcome.content_type;
    row.user_agent = outcome.user_agent;
    row.status = outcome.status;
    row.bytes_to_client = outcome.bytes_to_client;
    row.bytes_from_client = outcome.bytes_from_client;
    row.code = outcome.code;
    row.upstream = outcome.upstream;
    row.refusal = outcome.failure;
    env.access.append(row);
}

} // namespace gatehouse::session
