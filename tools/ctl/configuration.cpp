#include "tools/ctl/configuration.hpp"

#include "proxy/policy_loader.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <fmt/format.h>
#include <iostream>

namespace gatehouse::ctl {
namespace {

namespace json = boost::json;

std::string_view line_of(std::string_view text, std::uint32_t line)
{
    for (; line > 1; --line) {
        auto const end = text.find('\n');
        if (end == std::string_view::npos)
            return {};
        text.remove_prefix(end + 1);
    }
    auto found = text.substr(0, text.find('\n'));
    if (found.ends_with('\r'))
        found.remove_suffix(1);
    return found;
}

std::string_view severity_of(policy::Problem const& problem)
{
    return problem.severity == policy::Problem::Severity::error ? "error" : "warning";
}

/// Blanks as wide as what stands before the caret; tabs stay tabs.
std::string indent_to(std::string_view line, std::uint32_t column)
{
    std::string blanks{line.substr(0, std::min<std::size_t>(column - 1, line.size()))};
    std::replace_if(
        blanks.begin(), blanks.end(), [](char c) { return c != '\t'; }, ' ');
    return blanks;
}

/// Complaints about the policy files, or one object that holds them.
void report_problems(
    Common const& common, std::vector<policy::Problem> const& problems, policy::PolicySources const& sources, Streams streams)
{
    if (common.output == Output::json)
        return write_json(streams, {{"ok", false}, {"error", "the configuration has errors"}, {"problems", to_json(problems)}});
    for (auto const& problem : problems)
        streams.error << policy::to_text(problem, sources);
}

} // namespace

std::string to_text(policy::Problem const& problem, std::string_view text)
{
    if (problem.line == 0)
        return fmt::format("{}: {}: {}\n", problem.file, severity_of(problem), problem.message);
    auto const column = std::max(problem.column, 1U);
    auto shown = fmt::format("{}:{}:{}: {}: {}\n", problem.file, problem.line, column, severity_of(problem), problem.message);
    if (auto const line = line_of(text, problem.line); !line.empty())
        shown += fmt::format("    {}\n    {}^\n", line, indent_to(line, column));
    if (!problem.suggestion.empty())
        shown += fmt::format("    {}\n", problem.suggestion);
    return shown;
}

json::array to_json(std::vector<policy::Problem> const& problems)
{
    json::array all;
    for (auto const& problem : problems)
        all.push_back({{"severity", severity_of(problem)}, {"file", problem.file}, {"line", problem.line},
            {"column", problem.column}, {"message", problem.message}, {"suggestion", problem.suggestion}});
    return all;
}

void write_json(Streams streams, json::object const& object)
{
    streams.out << json::serialize(object) << '\n';
}

int report_failure(Common const& common, Streams streams, std::string_view message)
{
    if (common.output == Output::json)
        write_json(streams, {{"ok", false}, {"error", message}});
    else
        streams.error << "gatehouse: " << message << '\n';
    return failure;
}

std::optional<Settings> read_settings(Common const& common, Streams streams)
{
    auto loaded = load_settings(common.config);
    if (loaded.problems.empty())
        return std::move(loaded.settings);
    if (common.output == Output::json)
        write_json(streams, {{"ok", false}, {"error", "gatehouse.toml has errors"}, {"problems", to_json(loaded.problems)}});
    else
        for (auto const& problem : loaded.problems)
            streams.error << to_text(problem, loaded.source);
    return std::nullopt;
}

std::optional<policy::Policy> read_declarations(Common const& common, Settings const& settings, Streams streams)
{
    auto const sources = read_policy_sources(settings);
    auto parsed = policy::parse_policy(sources);
    if (parsed.ok())
        return std::move(parsed.policy);
    report_problems(common, parsed.problems, sources, streams);
    return std::nullopt;
}

} // namespace gatehouse::ctl
