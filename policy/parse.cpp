#include "policy/parse.hpp"

#include "policy/readers.hpp"
#include "policy/toml_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace gatehouse::policy {
namespace {

/// An empty table if the text is no TOML.
toml::table parse_toml(SourceText const& source, std::vector<Problem>& problems)
{
    if (auto const fault = find_fault(source.text)) {
        auto const [line, column] = fault->place;
        problems.push_back({Problem::Severity::error, source.name, line, column, std::string(fault->message), {}});
        return {};
    }
    auto parsed = toml::parse(source.text, source.name);
    if (parsed)
        return std::move(parsed).table();
    auto const& error = parsed.error();
    auto const place = error.source().begin;
    problems.push_back({Problem::Severity::error, source.name, place.line, place.column, std::string(error.description()), {}});
    return {};
}

void read_sealed(TableReader& file, std::string const& name, Draft draft)
{
    draft.policy.sealed_reason = "This content is against the law. It cannot be opened here.";
    auto const* table = file.table("sealed");
    if (!table)
        return;
    TableReader reader{*table, name, draft.problems};
    draft.policy.sealed_clause = reader.text("clause");
    draft.policy.sealed_reason = reader.text("reason", Need::required);
    reader.finish();
}

void read_all(PolicySources const& sources, Draft draft)
{
    auto const policy_table = parse_toml(sources.policy, draft.problems);
    auto const timetable_table = parse_toml(sources.timetable, draft.problems);
    auto const lists_table = parse_toml(sources.lists, draft.problems);
    auto const content_table = parse_toml(sources.content, draft.problems);
    if (!draft.problems.empty())
        return; // a file that is no TOML would be followed by a hundred complaints about what it does not define
    TableReader policy_file{policy_table, sources.policy.name, draft.problems};
    TableReader timetable_file{timetable_table, sources.timetable.name, draft.problems};
    TableReader lists_file{lists_table, sources.lists.name, draft.problems};
    TableReader content_file{content_table, sources.content.name, draft.problems};
    draft.policy.school = policy_file.text("school", Need::required);
    read_sealed(policy_file, sources.policy.name, draft);
    read_people(policy_file, sources.policy.name, draft);
    read_topics(policy_file, sources.policy.name, draft);
    read_lists(lists_file, sources.lists.name, draft);
    read_timetable(timetable_file, sources.timetable.name, draft);
    read_content(content_file, sources.content.name, sources.phrases, draft);
    draft.policy.prepare();
    read_rules(policy_file, sources.policy.name, draft);
    read_content_rules(content_file, sources.content.name, draft);
    policy_file.finish();
    timetable_file.finish();
    lists_file.finish();
    content_file.finish();
}

/// The line of that number, without its end; empty if there is none.
std::string_view line_of(std::string_view text, std::uint32_t number)
{
    for (std::uint32_t line = 1; line < number; ++line) {
        auto const end = text.find('\n');
        if (end == text.npos)
            return {};
        text.remove_prefix(end + 1);
    }
    text = text.substr(0, text.find('\n'));
    return text.ends_with('\r') ? text.substr(0, text.size() - 1) : text;
}

/// Blanks up to the column, which counts characters, not bytes; tabs stay so that the caret stands below its place.
std::string indent_to(std::string_view line, std::uint32_t column)
{
    std::string indent;
    std::uint32_t at = 1;
    for (char const c : line) {
        if (at >= column)
            break;
        bool const continues = (static_cast<unsigned char>(c) & 0xc0) == 0x80; // UTF-8 (RFC 3629)
        if (continues)
            continue;
        indent += c == '\t' ? '\t' : ' ';
        ++at;
    }
    return indent;
}

} // namespace

bool ParsedPolicy::ok() const
{
    return std::none_of(
        problems.begin(), problems.end(), [](Problem const& problem) { return problem.severity == Problem::Severity::error; });
}

ParsedPolicy parse_policy(PolicySources const& sources)
{
    ParsedPolicy parsed;
    read_all(sources, {parsed.policy, parsed.problems});
    auto const rank = [&](std::string const& file) {
        return file == sources.policy.name ? 0 : file == sources.timetable.name ? 1 : file == sources.lists.name ? 2 : 3;
    };
    std::stable_sort(parsed.problems.begin(), parsed.problems.end(), [&](Problem const& left, Problem const& right) {
        return std::tuple{rank(left.file), left.line, left.column} < std::tuple{rank(right.file), right.line, right.column};
    });
    return parsed;
}

std::string to_text(Problem const& problem, PolicySources const& sources)
{
    auto const severity = problem.severity == Problem::Severity::error ? "error" : "warning";
    auto text = problem.line == 0
        ? fmt::format("{}: {}: {}\n", problem.file, severity, problem.message)
        : fmt::format("{}:{}:{}: {}: {}\n", problem.file, problem.line, std::max(problem.column, 1U), severity, problem.message);
    for (auto const* source : {&sources.policy, &sources.timetable, &sources.lists, &sources.content}) {
        auto const line
            = source->name == problem.file && problem.line != 0 ? line_of(source->text, problem.line) : std::string_view{};
        if (!line.empty())
            text += fmt::format("    {}\n    {}^\n", line, indent_to(line, problem.column));
    }
    if (!problem.suggestion.empty())
        text += fmt::format("    {}\n", problem.suggestion);
    return text;
}

} // namespace gatehouse::policy
