#pragma once
// "Tell someone about this": inappropriate content, or a worry about a person. Routed by its subject (clause 11): a site -> officer, a pupil -> DSL, staff ->
// headteacher, the headteacher -> chief executive; to the next who may where those cannot read it. Nobody sees a report about themselves.

#include "proxy/detect/alert.hpp"
#include "proxy/store/accounts.hpp"

namespace gatehouse::store {

enum class ReportAbout : std::uint8_t { site, pupil, staff, headteacher };
std::string_view to_text(ReportAbout about);
std::optional<ReportAbout> parse_report_about(std::string_view text);
enum class ReportState : std::uint8_t { open, handled };

struct NewReport {
    ReportAbout about = ReportAbout::site;
    std::string about_person;                   ///< login or name, as typed; empty for a site
    std::string url;                            ///< may be empty
    std::string text;                           ///< plain words, at most 4,000 bytes
    std::string user, device, network, address; ///< of the reporter; empty where unknown
    std::string decision_id;
    std::optional<policy::Severity> severity{}; ///< how soon to look, of those that the gateway makes itself
    std::string theme{};                        ///< of those: title of the list that spoke of it
};

struct Report {
    ReportId id = ReportId::none;
    std::string reference; ///< "K7QF-3M9P"
    Instant at{};
    NewReport content;
    ConsoleRole route = ConsoleRole::officer; ///< whose queue
    ConsoleRole read_by = ConsoleRole::none;  ///< who reads it now: they, or the next who may; none: nobody can
    ReportState state = ReportState::open;
    std::string taken_up_by; ///< login of who has said that they look after it; empty: nobody yet
    std::optional<Instant> taken_up_at;
    std::string handled_by, outcome;
    std::optional<Instant> handled_at;
};

/// A worry about "staff" that names the headteacher goes to the chief executive all the same.
/// Errors: `errc::invalid_value`, `throttled` (more than 30 an hour from one address).
result<Report> submit_report(Ledger& ledger, NewReport const& report, Instant now);
/// What somebody has to look at, as a report by the gateway about whoever did it, routed like any other (clause 11). A person who
/// is not known is named by the place. Errors: those of the database.
result<Report> raise_alert(Ledger& ledger, detect::Alert const& alert, Instant now);
/// The queue of the reader's role, most urgent first, without reports about the reader; with those of others as long as everybody before the reader is
/// closed, waits (given_access.hpp) or is the person, and with what the reader took up or saw to the end then.
result<std::vector<Report>> list_reports(
    Ledger& ledger, ReportState state, AccountId reader, Instant now, std::size_t limit = 50, std::size_t skipped = 0);
result<std::size_t> count_reports(Ledger& ledger, ReportState state, AccountId reader, Instant now);
enum class Urgent : std::uint8_t { no, yes };
/// For the mail: the open ones of this role's queue, and those that it reads now in the place of others, of which it was not told yet; oldest first.
result<std::vector<ReportId>> untold_reports(Ledger& ledger, ConsoleRole role, Urgent urgent, Instant now);
/// The role was told of these. Inside a transaction.
result<void> note_reports_told(Ledger& ledger, ConsoleRole role, std::vector<ReportId> const& reports);
/// One report; reading one about a person is an audited event and needs a purpose.
/// Errors: `errc::not_found`, `not_permitted` (not this role's queue), `conflict_of_interest`, `invalid_value` (no purpose).
result<Report> read_report(Ledger& ledger, ReportId id, std::string const& purpose, Actor const& reader, Instant now);

/// What was done about it, step by step.
struct ReportNote {
    Instant at{};
    std::string by; ///< login
    std::string text;
};

/// "I look after it": so that nobody waits for the other. Errors: as read_report, `errc::wrong_state` (somebody does, or it is handled).
result<void> take_up_report(Ledger& ledger, ReportId id, Actor const& actor, Instant now);
/// Also once it is handled: what follows belongs to it. Errors: as read_report.
result<void> note_on_report(Ledger& ledger, ReportId id, std::string const& text, Actor const& actor, Instant now);
/// Oldest first, for whoever may read the report (read_report comes first). Errors: those of the database.
result<std::vector<ReportNote>> list_report_notes(Ledger& ledger, ReportId id);
/// Errors: as read_report, `errc::wrong_state`.
result<void> handle_report(Ledger& ledger, ReportId id, std::string const& outcome, Actor const& actor, Instant now);

} // namespace gatehouse::store
