#include "proxy/store/term_figures.hpp"

#include "proxy/detect/incident.hpp"
#include "proxy/store/reports.hpp"
#include "proxy/store/unblock_requests.hpp"

namespace gatehouse::store {
namespace {

result<std::vector<TopicFigures>> count_topics(Database& database, Instant from, Instant to)
{
    auto const read = [](Statement const& row) {
        auto const hours = row.is_null(5) ? std::nullopt : std::optional{row.integer(5)};
        return TopicFigures{row.text(0), row.integer(1), row.integer(2), row.integer(3), row.integer(4), hours};
    };
    return database.collect(
        "SELECT CASE category WHEN '' THEN 'none' ELSE category END AS topic, count(*), sum(state = ?3), sum(state = ?4), "
        "sum(state IN (?5, ?6)),"
        " round(avg(CASE WHEN decided_at IS NOT NULL AND state NOT IN (?8, ?9) THEN (decided_at - submitted_at) / 3600.0 END))"
        " FROM unblock_requests WHERE submitted_at >= ?1 AND submitted_at < ?2 AND state <> ?7 GROUP BY topic ORDER BY count(*) "
        "DESC, topic",
        read, from, to, RequestState::approved, RequestState::refused, RequestState::submitted, RequestState::recommended,
        RequestState::merged, RequestState::withdrawn, RequestState::expired); // the last two are no answer
}

template <class NameOf>
result<std::vector<CountOf>> count_kinds(
    Database& database, std::string_view sql, Instant from, Instant to, NameOf const& name_of)
{
    auto const read = [&](Statement const& row) { return CountOf{std::string{name_of(row)}, row.integer(1)}; };
    return database.collect(sql, read, from, to);
}

result<std::int64_t> count(Database& database, std::string_view sql, Instant from, Instant to)
{
    auto const found = database.first(
        sql, [](Statement const& row) { return row.integer(0); }, from, to);
    if (!found)
        return found.error();
    return found->value_or(0);
}

struct Single {
    std::int64_t TermFigures::*into;
    std::string_view sql;
};
constexpr Single singles[] = {{&TermFigures::reports_open, "SELECT count(*) FROM reports WHERE at >= ? AND at < ? AND state = 0"},
    {&TermFigures::supervised, "SELECT count(*) FROM audit WHERE at >= ? AND at < ? AND action = 'restriction.confirm'"},
    {&TermFigures::supervised_refused, "SELECT count(*) FROM audit WHERE at >= ? AND at < ? AND action = 'restriction.refuse'"},
    {&TermFigures::supervised_in_force,
        "SELECT count(*) FROM restrictions WHERE min(ends_at, coalesce(ended_at, ends_at)) > ? AND starts_at < ? AND state IN "
        "(1, 2, 3)"},
    {&TermFigures::supervised_ended_early,
        "SELECT count(*) FROM restrictions WHERE ended_at >= ? AND ended_at < ? AND state = 3 AND ended_at < ends_at"},
    {&TermFigures::permissions, "SELECT count(*) FROM permissions WHERE made_at >= ? AND made_at < ?"},
    {&TermFigures::publications, "SELECT count(*) FROM publications WHERE due_at >= ? AND due_at < ? AND state = 1"},
    {&TermFigures::records_read,
        "SELECT count(*) FROM audit WHERE at >= ? AND at < ? AND action IN ('access-log.read', 'log.read', 'report.read', "
        "'incidents.read', 'subject.read')"},
    {&TermFigures::downloads,
        "SELECT count(*) FROM audit WHERE at >= ? AND at < ? AND action IN ('access-log.export', 'subject.export')"}};

} // namespace

result<TermFigures> term_figures(Ledger& ledger, Instant from, Instant to)
{
    auto& database = ledger.database();
    TermFigures figures;
    auto topics = count_topics(database, from, to);
    auto incidents = count_kinds(database,
        "SELECT kind, sum(count) FROM incidents WHERE at >= ? AND at < ? GROUP BY kind ORDER BY sum(count) DESC, kind", from, to,
        [](Statement const& row) { return detect::to_text(row.id<detect::IncidentKind>(0)); });
    auto reports
        = count_kinds(database, "SELECT about, count(*) FROM reports WHERE at >= ? AND at < ? GROUP BY about ORDER BY about",
            from, to, [](Statement const& row) { return to_text(row.id<ReportAbout>(0)); });
    if (!topics || !incidents || !reports)
        return !topics ? topics.error() : !incidents ? incidents.error() : reports.error();
    figures.topics = std::move(*topics);
    figures.incidents = std::move(*incidents);
    figures.reports = std::move(*reports);
    for (auto const& single : singles) {
        auto const number = count(database, single.sql, from, to);
        if (!number)
            return number.error();
        figures.*single.into = *number;
    }
    return figures;
}

} // namespace gatehouse::store
