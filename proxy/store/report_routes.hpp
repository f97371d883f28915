#pragma once
// Whose business a report is (clause 11), and who reads it as long as those cannot. Private to this folder.

#include "proxy/store/acting.hpp"
#include "proxy/store/reports.hpp"

namespace gatehouse::store {

/// SQL of as much of the reports in a state as says who sees them, most urgent first: there are thousands of texts.
inline constexpr std::string_view brief_reports = "SELECT id, about, about_person, route, taken_up_by, handled_by FROM reports"
                                                  " WHERE state = ? ORDER BY urgency DESC, id DESC";
Report read_brief_report(Statement const& row);

/// Who could read reports now, with all names that they are known by. As of one moment; inside a transaction.
class ReportReaders {
public:
    static result<ReportReaders> load(Ledger& ledger, Instant now);

    /// Whose queue it belongs to: whose business it is, and who takes it if that is only the very person that it is about. A worry about the headteacher never
    /// lands on the headteacher's desk; the name decides over the box that was ticked. Whose account waits counts: they come back.
    ConsoleRole route_of(NewReport const& report) const;
    /// Who reads one of the queue `route` now: they, or the next who may where everybody with that role is closed, waits (given_access.hpp) or is the person
    /// that it is about. None: nobody can.
    ConsoleRole reader_of(NewReport const& report, ConsoleRole route) const;
    /// Whether this role is one of those, now or in their place.
    bool comes_next(NewReport const& report, ConsoleRole role) const;
    /// Whether this human being is a headteacher, with any account.
    bool is_head(PersonNames const& names) const;

private:
    struct Reader {
        ConsoleRole role = ConsoleRole::none;
        bool is_open = false, is_held = false;
        PersonNames names;
    };
    bool is_about_head(NewReport const& report) const;

    std::vector<Reader> readers_;
};

/// What one account sees of the reports. Whom they are about decides, and that only. Of a report nothing but whom it is about, its queue and who saw to it.
struct ReportSight {
    ReportReaders readers;
    Account account;
    PersonNames names;

    ConsoleRole read_by(Report const& report) const { return readers.reader_of(report.content, report.route); }
    bool is_turn(Report const& report) const;         ///< of the account's role
    bool sees(Report const& report) const;            ///< the person
    bool is_about_reader(Report const& report) const; ///< by name, or as the headteacher
};
/// Errors: `errc::not_permitted`.
result<ReportSight> report_sight(Ledger& ledger, AccountId reader, Instant now);

} // namespace gatehouse::store
