#include "proxy/policy_loader.hpp"
#include "tools/ctl/configuration.hpp"
#include "tools/ctl/explain_batch.hpp"
#include "tools/ctl/own_store.hpp"

#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <variant>

namespace gatehouse::ctl {
namespace {

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
    auto const judged
        = options.with_store ? add_own_store(policy, settings, now) : Judged{judge_policy(policy, Clock{settings.time_zone})};
    if (auto const* const complaint = std::get_if<Complaint>(&judged))
        return *complaint;
    std::string errors;
    for (auto const& problem : std::get<std::vector<policy::Problem>>(judged))
        if (problem.severity == policy::Problem::Severity::error)
            errors += (errors.empty() ? "" : "\n") + fmt::format("{}:{}: {}", problem.file, problem.line, problem.message);
    return errors.empty() ? errors : "the policy may not run:\n" + errors;
}

int explain_one(
    Common const& common, Settings const& settings, policy::Policy& policy, ExplainOptions const& options, Streams streams)
{
    Clock clock{settings.time_zone};
    auto const moment = question::moment_of(clock, options.at);
    if (!moment)
        return report_failure(common, streams, moment.error().message());
    if (auto const complaint = complete_and_judge(policy, settings, options, moment->instant); !complaint.empty())
        return report_failure(common, streams, complaint);
    auto const answered = question::answer(policy, options, clock, settings.connect_ports);
    if (auto const* const complaint = std::get_if<question::Complaint>(&answered))
        return report_failure(common, streams, complaint->text);
    auto const& explanation = std::get<question::Answer>(answered).explanation;
    streams.out << (common.output == Output::json ? policy::to_json(explanation) + "\n" : policy::to_text(explanation));
    return success;
}

int explain_many(
    Common const& common, Settings const& settings, policy::Policy& policy, ExplainOptions const& options, Streams streams)
{
    Clock clock{settings.time_zone};
    if (auto const complaint = complete_and_judge(policy, settings, options, clock.now().instant); !complaint.empty())
        return report_failure(common, streams, complaint);
    auto const answer
        = [&](question::Question const& asked) { return question::answer(policy, asked, clock, settings.connect_ports); };
    if (options.batch == "-")
        return explain_lines(streams.in, streams.out, answer);
    std::ifstream file(options.batch);
    if (!file)
        return report_failure(common, streams, options.batch.string() + ": cannot be read");
    return explain_lines(file, streams.out, answer);
}

} // namespace

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
