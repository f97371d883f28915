#include "policy/explanation.hpp"
#include "policy/suggest.hpp"
#include "proxy/clock.hpp"
#include "proxy/detect/signals.hpp"
#include "proxy/policy_loader.hpp"
#include "tools/ctl/configuration.hpp"
#include "tools/ctl/explain_batch.hpp"
#include "tools/ctl/own_store.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <variant>

namespace gatehouse::ctl {
namespace {

/// The row of that id, or what to write instead.
template <class Table>
std::variant<typename Table::value_type const*, Complaint> find_row(
    Table const& table, std::string_view id, std::string_view kind)
{
    auto const found = std::find_if(table.begin(), table.end(), [&](auto const& row) { return row.id == id; });
    if (found != table.end())
        return &*found;
    auto const hint = policy::suggest(id, policy::ids_of(table));
    return fmt::format("there is no {} \"{}\"{}{}", kind, id, hint.empty() ? "" : "; ", hint);
}

/// Whoever sits at the address, device or network, as the live proxy would describe them; then what the options say otherwise.
std::variant<policy::Subject, Complaint> subject_of(policy::Policy const& policy, ExplainOptions const& options)
{
    policy::Subject subject;
    if (!options.address.empty()) {
        auto const address = policy::IpAddress::parse(options.address);
        if (!address)
            return options.address + ": " + address.error().message();
        subject = policy.subject_at(*address);
    }
    if (!options.device.empty()) {
        auto const device = find_row(policy.devices, options.device, "device");
        if (auto const* const complaint = std::get_if<Complaint>(&device))
            return *complaint;
        subject = policy.subject_at(std::get<0>(device)->address);
    }
    if (!options.network.empty()) {
        auto const found = find_row(policy.networks, options.network, "network");
        if (auto const* const complaint = std::get_if<Complaint>(&found))
            return *complaint;
        auto const& network = *std::get<0>(found);
        subject.network = network.id;
        subject.role = network.role;
        subject.groups = network.groups;
        subject.device_kind = network.device_kind;
        subject.trusts_ca = network.trusts_ca;
    }
    for (auto const& group : options.groups)
        if (auto const found = find_row(policy.groups, group, "group"); std::holds_alternative<Complaint>(found))
            return std::get<Complaint>(found);
    if (!options.groups.empty())
        subject.groups = options.groups;
    if (!options.user.empty())
        subject.user = options.user;
    if (!options.role.empty())
        subject.role = options.role;
    if (auto const found = find_row(policy.roles, subject.role, "role"); std::holds_alternative<Complaint>(found))
        return subject.role.empty() ? "say who asks: --role, --network, --device or --address" : std::get<Complaint>(found);
    return subject;
}

result<policy::Moment> moment_of(Clock& clock, std::string const& at)
{
    if (at.empty())
        return clock.now();
    auto const local = policy::LocalTime::parse(at);
    if (!local)
        return local.error();
    return policy::Moment{*local, clock.instant_of(*local)};
}

void report_errors(Common const& common, LoadedPolicy const& loaded, Settings const& settings, Streams streams)
{
    if (common.output == Output::json)
        return write_json(
            streams, {{"ok", false}, {"error", "the configuration has errors"}, {"problems", to_json(loaded.problems)}});
    auto const sources = read_policy_sources(settings);
    for (auto const& problem : loaded.problems)
        if (problem.severity == policy::Problem::Severity::error)
            streams.error << policy::to_text(problem, sources);
}

/// With what the store holds for `now`, unless the options leave it out, and judged. Nothing went wrong: an empty text.
Complaint complete_and_judge(
    policy::Policy& policy, Settings const& settings, ExplainOptions const& options, std::chrono::sys_seconds now)
{
    std::vector<policy::Problem> problems;
    if (options.with_store) {
        auto added = add_own_store(policy, settings, now);
        if (auto const* const complaint = std::get_if<Complaint>(&added))
            return *complaint;
        problems = std::move(std::get<std::vector<policy::Problem>>(added));
    }
    auto const judged = judge_policy(policy, Clock{settings.time_zone});
    problems.insert(problems.end(), judged.begin(), judged.end());
    std::string errors;
    for (auto const& problem : problems)
        if (problem.severity == policy::Problem::Severity::error)
            errors += (errors.empty() ? "" : "\n") + fmt::format("{}:{}: {}", problem.file, problem.line, problem.message);
    return errors.empty() ? errors : "the policy may not run:\n" + errors;
}

int explain_one(
    Common const& common, Settings const& settings, policy::Policy& policy, ExplainOptions const& options, Streams streams)
{
    Clock clock{settings.time_zone};
    auto const moment = moment_of(clock, options.at);
    if (!moment)
        return report_failure(common, streams, moment.error().message());
    if (auto const complaint = complete_and_judge(policy, settings, options, moment->instant); !complaint.empty())
        return report_failure(common, streams, complaint);
    auto const answered = answer_question(policy, settings, clock, options);
    if (auto const* const complaint = std::get_if<Complaint>(&answered))
        return report_failure(common, streams, *complaint);
    auto const& explanation = std::get<policy::Explanation>(answered);
    streams.out << (common.output == Output::json ? policy::to_json(explanation) + "\n" : policy::to_text(explanation));
    return success;
}

int explain_many(
    Common const& common, Settings const& settings, policy::Policy& policy, ExplainOptions const& options, Streams streams)
{
    Clock clock{settings.time_zone};
    if (auto const complaint = complete_and_judge(policy, settings, options, clock.now().instant); !complaint.empty())
        return report_failure(common, streams, complaint);
    auto const answer = [&](ExplainOptions const& question) { return answer_question(policy, settings, clock, question); };
    if (options.batch == "-")
        return explain_lines(streams.in, streams.out, answer);
    std::ifstream file(options.batch);
    if (!file)
        return report_failure(common, streams, options.batch.string() + ": cannot be read");
    return explain_lines(file, streams.out, answer);
}

} // namespace

std::variant<policy::Explanation, Complaint> answer_question(
    policy::Policy const& policy, Settings const& settings, Clock& clock, ExplainOptions const& options)
{
    auto const moment = moment_of(clock, options.at);
    if (!moment)
        return moment.error().message();
    auto const url = options.url.find("://") == std::string::npos ? "https://" + options.url : options.url;
    auto const target = policy::Target::parse_url(url);
    if (!target)
        return options.url + ": " + target.error().message();
    auto const subject = subject_of(policy, options);
    if (auto const* const complaint = std::get_if<Complaint>(&subject))
        return *complaint;
    auto const visible = policy::visible_part(policy, std::get<policy::Subject>(subject), *target, *moment);
    auto const signals = detect::signals_of(visible, settings.connect_ports);
    return policy::explain(policy, {std::get<policy::Subject>(subject), visible, *moment, signals});
}

int explain(Common const& common, ExplainOptions const& options, Streams streams)
{
    auto const settings = read_settings(common, streams);
    if (!settings)
        return failure;
    auto loaded = load_files(*settings, lists_image_path(*settings));
    if (!loaded.ok()) {
        report_errors(common, loaded, *settings, streams);
        return failure;
    }
    auto const run = options.batch.empty() ? explain_one : explain_many;
    return run(common, *settings, loaded.policy, options, streams);
}

} // namespace gatehouse::ctl
