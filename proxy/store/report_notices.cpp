// Of which reports a role has to be told by mail (reports.hpp). Each role is told of each once, whenever it comes to read it: a mark at the newest would hide an
// older one that comes to it because whoever read it cannot any more.
#include "proxy/store/report_routes.hpp"

namespace gatehouse::store {

static_assert(1 + static_cast<int>(policy::Severity::urgent) == 3); // `urgency`

result<std::vector<ReportId>> untold_reports(Ledger& ledger, ConsoleRole role, Urgent urgent, Instant now)
{
    auto const untold = ledger.database().collect(
        "SELECT id, about, about_person, route FROM reports r WHERE state = ?1 AND (urgency = 3) = ?2 AND NOT EXISTS (SELECT 1"
        " FROM reports_told WHERE report = r.id AND role = ?3) ORDER BY id",
        [](Statement const& row) {
            Report report;
            report.id = row.id<ReportId>(0);
            report.content.about = row.id<ReportAbout>(1);
            report.content.about_person = row.text(2);
            report.route = row.id<ConsoleRole>(3);
            return report;
        },
        ReportState::open, urgent == Urgent::yes, role);
    if (!untold)
        return untold.error();
    std::vector<ReportId> due;
    if (untold->empty())
        return due;
    auto const readers = ReportReaders::load(ledger, now);
    if (!readers)
        return readers.error();
    for (auto const& each : *untold)
        if (each.route == role || readers->reader_of(each.content, each.route) == role)
            due.push_back(each.id);
    return due;
}

result<void> note_reports_told(Ledger& ledger, ConsoleRole role, std::vector<ReportId> const& reports)
{
    for (auto const id : reports)
        // Only what is there still: it may have been handled and be over its time meanwhile.
        if (auto const noted
            = ledger.database().execute("INSERT OR IGNORE INTO reports_told SELECT id, ?2 FROM reports WHERE id = ?1", id, role);
            !noted)
            return noted;
    return {};
}

} // namespace gatehouse::store
