#include "tools/lists/report.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace gatehouse::lists {
namespace {

namespace json = boost::json;

json::array strings(std::vector<std::string> const& texts)
{
    json::array array;
    for (std::string const& text : texts)
        array.emplace_back(text);
    return array;
}

json::object to_json(ListReport const& list)
{
    json::array unsupported;
    for (UnsupportedLines const& lines : list.unsupported_lines) {
        unsupported.push_back(json::object{
            {"file", lines.file}, {"reason", lines.reason}, {"count", lines.count}, {"lines", json::value_from(lines.lines)}});
    }
    return {{"list", list.list}, {"state", to_text(list.state)}, {"why", list.why}, {"alias_of", list.alias_of},
        {"usage", list.usage}, {"entries", list.entries}, {"unique", list.unique()}, {"duplicates", list.duplicates},
        {"redundant", list.redundant}, {"unusable", list.unusable}, {"unsupported", list.unsupported},
        {"comments", list.comments}, {"unsupported_lines", std::move(unsupported)}};
}

std::string to_text(ListReport const& list)
{
    if (list.state == ListReport::State::alias)
        return fmt::format("{:28} the same as {}\n", list.list, list.alias_of);
    std::string text = fmt::format("{:28} {:>9} names  {:>7} twice  {:>7} covered  {:>6} not understood  {}\n", list.list,
        list.entries, list.duplicates, list.redundant, list.unsupported, list.usage);
    if (list.state != ListReport::State::fresh)
        text += fmt::format("    {}: {}\n", to_text(list.state), list.why);
    for (UnsupportedLines const& lines : list.unsupported_lines) {
        text += fmt::format("    {}: {} ({}): line {}{}\n", lines.file, lines.reason, lines.count, fmt::join(lines.lines, ", "),
            lines.count > lines.lines.size() ? ", ..." : "");
    }
    return text;
}

std::string to_text(SourceNotes const& notes)
{
    std::string text;
    for (auto const& [link, target] : notes.aliases)
        text += fmt::format("{}: {} is another name for {}\n", notes.path, link, target);
    if (!notes.unused.empty())
        text += fmt::format("{}: not asked for: {}\n", notes.path, fmt::join(notes.unused, ", "));
    if (!notes.ignored.empty())
        text += fmt::format("{}: ignored: {}\n", notes.path, fmt::join(notes.ignored, ", "));
    return text;
}

} // namespace

bool CompileReport::is_fresh() const
{
    return std::none_of(lists.begin(), lists.end(), [](ListReport const& list) {
        return list.state == ListReport::State::held_back || list.state == ListReport::State::missing;
    });
}

std::string_view to_text(ListReport::State state)
{
    switch (state) {
    case ListReport::State::fresh: return "fresh";
    case ListReport::State::held_back: return "held back";
    case ListReport::State::missing: return "missing";
    case ListReport::State::alias: return "alias";
    }
    return "unknown";
}

std::string to_text(CompileReport const& report)
{
    std::string text;
    for (ListReport const& list : report.lists)
        text += to_text(list);
    for (SourceNotes const& notes : report.notes)
        text += to_text(notes);
    for (std::string const& warning : report.warnings)
        text += "warning: " + warning + '\n';
    if (!report.is_written())
        return text + "no image was written: " + report.failure + '\n';
    return text
        + fmt::format(
            "{} names in {} bytes written to {} in {} ms\n", report.names, report.bytes, report.image, report.took.count());
}

json::value to_json(CompileReport const& report)
{
    json::array lists, notes;
    for (ListReport const& list : report.lists)
        lists.push_back(to_json(list));
    for (SourceNotes const& source : report.notes) {
        json::array aliases;
        for (auto const& [link, target] : source.aliases)
            aliases.push_back(json::object{{"alias", link}, {"of", target}});
        notes.push_back(json::object{{"source", source.path}, {"aliases", std::move(aliases)}, {"unused", strings(source.unused)},
            {"ignored", strings(source.ignored)}});
    }
    return json::object{{"written", report.is_written()}, {"fresh", report.is_fresh()}, {"failure", report.failure},
        {"image", report.image}, {"bytes", report.bytes}, {"names", report.names}, {"milliseconds", report.took.count()},
        {"lists", std::move(lists)}, {"sources", std::move(notes)}, {"warnings", strings(report.warnings)}};
}

} // namespace gatehouse::lists
