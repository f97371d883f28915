#include "policy/readers.hpp"
#include "policy/suggest.hpp"

#include <fmt/format.h>

namespace gatehouse::policy {
namespace {

/// Terms and closures: a name and days, both ends within.
template <class Span>
void read_span(TableReader& reader, std::vector<Span>& spans, Need last_needed)
{
    auto const name = reader.text("name", Need::required);
    auto const first = reader.date("first", Need::required);
    auto const last = reader.date("last", last_needed);
    if (!first)
        return;
    Span const span{name, *first, last.value_or(*first)};
    if (span.last < span.first)
        reader.complain(fmt::format("\"{}\" ends before it begins", name));
    spans.push_back(span);
}

std::uint8_t read_weekdays(TableReader& reader)
{
    if (!reader.has("weekdays")) {
        reader.words("weekdays");
        return Period{}.weekdays;
    }
    std::vector<std::string_view> names;
    for (unsigned day = 0; day < 7; ++day)
        names.push_back(weekday_to_text(day));
    unsigned days = 0;
    for (auto const& word : reader.words("weekdays", Need::required))
        if (reader.must_be_one_of(word, "weekday", names))
            days |= 1U << *parse_weekday(word.text);
    return static_cast<std::uint8_t>(days);
}

bool share_a_group(Period const& left, Period const& right)
{
    if (left.groups.empty() || right.groups.empty())
        return left.groups.empty() && right.groups.empty();
    for (auto const& group : left.groups)
        for (auto const& other : right.groups)
            if (group == other)
                return true;
    return false;
}

void must_not_overlap(TableReader const& reader, std::vector<Period> const& periods)
{
    auto const& last = periods.back();
    for (std::size_t i = 0; i + 1 < periods.size(); ++i) {
        auto const& other = periods[i];
        if (other.start < last.end && last.start < other.end && (other.weekdays & last.weekdays) != 0
            && share_a_group(other, last))
            reader.complain(fmt::format("\"{}\" overlaps \"{}\" ({} to {})", last.name, other.name, minute_to_text(other.start),
                minute_to_text(other.end)));
    }
}

void read_period(TableReader& reader, Policy& policy)
{
    Period period;
    period.name = reader.id("name");
    auto const kind = reader.word("kind", Need::required);
    static constexpr std::array<std::string_view, 4> kinds{"lesson", "break", "lunch", "outside"};
    if (!kind.text.empty() && reader.must_be_one_of(kind, "kind of period", kinds))
        period.kind = *parse_period_kind(kind.text);
    period.start = reader.minute("start");
    period.end = reader.minute("end", true);
    if (reader.has("start") && reader.has("end") && period.end <= period.start)
        reader.complain(fmt::format("\"{}\" ends before it begins", period.name));
    period.weekdays = read_weekdays(reader);
    period.groups = known_words(reader, reader.words("groups"), "group", ids_of(policy.groups));
    policy.timetable.periods.push_back(std::move(period));
    must_not_overlap(reader, policy.timetable.periods);
}

} // namespace

void read_timetable(TableReader& file, std::string const& name, Draft draft)
{
    auto const read_all = [&](std::string_view key, auto const& read_one) {
        for (auto const* table : file.tables(key)) {
            TableReader reader{*table, name, draft.problems};
            read_one(reader);
            reader.finish();
        }
    };
    auto& timetable = draft.policy.timetable;
    read_all("term", [&](TableReader& reader) { read_span(reader, timetable.terms, Need::required); });
    read_all("closure", [&](TableReader& reader) { read_span(reader, timetable.closures, Need::optional); });
    read_all("period", [&](TableReader& reader) { read_period(reader, draft.policy); });
}

} // namespace gatehouse::policy
