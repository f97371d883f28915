// `gatehouse timetable import`: term dates, INSET days and bank holidays of a calendar file, written into timetable.toml as a block of its
// own that the next import of the same file replaces.

#include "proxy/clock.hpp"
#include "proxy/ical/school_days.hpp"
#include "proxy/log/escape.hpp"
#include "proxy/policy_loader.hpp"
#include "tools/ctl/configuration.hpp"
#include "tools/lists/files.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <iostream>

namespace gatehouse::ctl {
namespace {

using ical::CalendarDays;
using policy::Date;

/// What is told of an import, and what is written.
struct Import {
    ical::Calendar calendar;
    ical::SchoolDays sorted;
    ical::Span span;
};

/// Nothing if a date of the command line cannot be read, which was then reported.
std::optional<ical::Span> span_of(
    Common const& common, TimetableImportOptions const& options, Settings const& settings, Streams streams)
{
    auto span = ical::usual_span(Clock{settings.time_zone}.now().local.date);
    for (auto const& [text, date] : {std::pair{&options.from, &span.from}, {&options.to, &span.to}}) {
        if (text->empty())
            continue;
        auto const parsed = Date::parse(*text);
        if (!parsed) {
            report_failure(common, streams, fmt::format("\"{}\" is no date; write it like 2026-09-01", *text));
            return std::nullopt;
        }
        *date = *parsed;
    }
    return span;
}

std::string toml_string(std::string_view name)
{
    log::LineBuffer out; // JSON's escapes are TOML's (TOML 1.0, basic strings)
    log::append_json(out, name);
    return fmt::format("\"{}\"", out.view());
}

void append_tables(std::string& out, std::string_view table, std::vector<CalendarDays> const& all)
{
    for (auto const& days : all) {
        out += fmt::format("\n[[{}]]\nname  = {}\nfirst = \"{}\"\n", table, toml_string(days.name), days.first.to_text());
        if (table == "term" || days.last != days.first)
            out += fmt::format("last  = \"{}\"\n", days.last.to_text());
    }
}

std::string block_of(Import const& import, std::string const& begin, std::string const& end)
{
    std::string out = begin + "\n# Written by `gatehouse timetable import`; the next import of this calendar replaces it.\n";
    append_tables(out, "term", import.sorted.terms);
    append_tables(out, "closure", import.sorted.closures);
    return out + "\n" + end + "\n";
}

std::size_t line_at(std::string const& text, std::string const& line, std::size_t from)
{
    for (auto at = text.find(line, from); at != std::string::npos; at = text.find(line, at + 1))
        if ((at == 0 || text[at - 1] == '\n') && (at + line.size() == text.size() || text[at + line.size()] == '\n'))
            return at;
    return std::string::npos;
}

/// The file with the block of that calendar replaced, or with it at the end.
std::string with_block(std::string text, Import const& import, std::filesystem::path const& source)
{
    log::LineBuffer name;
    log::append_visible(name, source.filename().string());
    auto const begin = fmt::format("# ---- begin of what was imported from {}", name.view());
    auto const end = fmt::format("# ---- end of what was imported from {}", name.view());
    auto const block = block_of(import, begin, end);
    auto const old = line_at(text, begin, 0);
    auto const last = old == std::string::npos ? old : line_at(text, end, old);
    if (last != std::string::npos)
        return text.replace(old, std::min(last + end.size() + 1, text.size()) - old, block);
    if (!text.empty() && text.back() != '\n')
        text += '\n';
    return text + "\n" + block;
}

/// True if the policy can be read with that timetable; otherwise its problems were reported.
bool is_fit(Settings const& settings, std::string const& timetable, Streams streams)
{
    auto sources = read_policy_sources(settings);
    sources.timetable.text = timetable;
    auto const parsed = policy::parse_policy(sources);
    for (auto const& problem : parsed.problems)
        streams.error << policy::to_text(problem, sources);
    return parsed.ok();
}

std::string to_text(CalendarDays const& days)
{
    return days.first == days.last ? fmt::format("{}             {}", days.first.to_text(), days.name)
                                   : fmt::format("{} {}  {}", days.first.to_text(), days.last.to_text(), days.name);
}

boost::json::array to_json(std::vector<CalendarDays> const& all)
{
    boost::json::array out;
    for (auto const& days : all)
        out.push_back({{"name", days.name}, {"first", days.first.to_text()}, {"last", days.last.to_text()}});
    return out;
}

void tell(Common const& common, Import const& import, bool written, std::filesystem::path const& file, Streams streams)
{
    if (common.output == Output::json) {
        boost::json::array skipped;
        for (auto const& event : import.calendar.skipped)
            skipped.push_back({{"name", event.name}, {"why", event.why}});
        write_json(streams,
            {{"ok", true}, {"written", written}, {"file", file.string()}, {"terms", to_json(import.sorted.terms)},
                {"closures", to_json(import.sorted.closures)}, {"left_out", to_json(import.sorted.left_out)},
                {"skipped", std::move(skipped)}});
        return;
    }
    for (auto const& days : import.sorted.terms)
        streams.out << "term      " << to_text(days) << '\n';
    for (auto const& days : import.sorted.closures)
        streams.out << "closed    " << to_text(days) << '\n';
    for (auto const& days : import.sorted.left_out)
        streams.out << "left out  " << to_text(days) << '\n';
    for (auto const& event : import.calendar.skipped)
        streams.out << fmt::format("skipped   {}{}{}\n", event.name, event.name.empty() ? "" : ": ", event.why);
    streams.out << (written
            ? fmt::format("Written to {}. Look at it, then put it into force with `gatehouse reload`.\n", file.string())
            : "Nothing was written (--dry-run).\n");
}

/// Everything but the file: the days, sorted out. Nothing if there are none to write, which was then reported.
std::optional<Import> read_import(
    Common const& common, TimetableImportOptions const& options, Settings const& settings, Streams streams)
{
    auto const span = span_of(common, options, settings, streams);
    if (!span)
        return std::nullopt;
    auto const name = options.calendar.string();
    auto const text = lists::read_file(options.calendar);
    if (!text) {
        report_failure(common, streams, fmt::format("{}: cannot be read: {}", name, text.error().message()));
        return std::nullopt;
    }
    Import import;
    import.span = *span;
    import.calendar = ical::read_calendar(*text, span->from, span->to);
    if (!import.calendar.error.empty()) {
        report_failure(common, streams, fmt::format("{}: {}", name, import.calendar.error));
        return std::nullopt;
    }
    import.sorted = ical::sort_out(import.calendar.days, {options.terms, options.only});
    if (import.sorted.terms.empty() && import.sorted.closures.empty()) {
        report_failure(common, streams,
            fmt::format("{}: no whole day between {} and {}{}; other days are read with --from and --to", name,
                span->from.to_text(), span->to.to_text(), options.only.empty() ? "" : " has such a name"));
        return std::nullopt;
    }
    return import;
}

} // namespace

int timetable_import(Common const& common, TimetableImportOptions const& options, Streams streams)
{
    auto const settings = read_settings(common, streams);
    if (!settings)
        return failure;
    auto const import = read_import(common, options, *settings, streams);
    if (!import)
        return failure;
    auto const file = settings->config_dir / "timetable.toml";
    auto const old = lists::read_file(file);
    if (!old)
        return report_failure(common, streams, fmt::format("{}: cannot be read: {}", file.string(), old.error().message()));
    auto const text = with_block(*old, *import, options.calendar);
    if (!is_fit(*settings, text, streams))
        return report_failure(common, streams, "the timetable would not be fit to run; nothing was written");
    if (options.dry_run) {
        tell(common, *import, false, file, streams);
        return success;
    }
    if (auto const written = lists::replace_file(file, text); !written)
        return report_failure(
            common, streams, fmt::format("{}: cannot be written: {}", file.string(), written.error().message()));
    tell(common, *import, true, file, streams);
    return success;
}

} // namespace gatehouse::ctl
