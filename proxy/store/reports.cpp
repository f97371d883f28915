#include "proxy/store/reports.hpp"

#include "proxy/store/acting.hpp"
#include "proxy/store/report_routes.hpp"
#include "proxy/store/unblock_requests.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr std::array<std::string_view, 4> about_names{"site", "pupil", "staff", "headteacher"};
constexpr std::size_t text_limit = 4000;      // bytes
constexpr std::size_t letters_limit = 4000;   // of what a child tells; the form promises 2,000
constexpr std::int64_t reports_per_hour = 30; // from one address

// With the urgency as a number.
static_assert(1 + static_cast<int>(policy::Severity::urgent) == 3);

constexpr std::string_view select_report
    = "SELECT id, reference, at, about, about_person, url, text, user, device, network, address, decision,"
      " route, state, handled_by, outcome, handled_at, urgency, theme, taken_up_by, taken_up_at FROM reports ";

Report read_report_row(Statement const& row)
{
    Report report;
    report.id = row.id<ReportId>(0);
    report.reference = row.text(1);
    report.at = row.instant(2);
    auto& content = report.content;
    content.about = row.id<ReportAbout>(3);
    content.about_person = row.text(4);
    content.url = row.text(5);
    content.text = row.text(6);
    content.user = row.text(7);
    content.device = row.text(8);
    content.network = row.text(9);
    content.address = row.text(10);
    content.decision_id = row.text(11);
    report.route = row.id<ConsoleRole>(12);
    report.state = row.id<ReportState>(13);
    report.handled_by = row.text(14);
    report.outcome = row.text(15);
    report.handled_at = row.optional_instant(16);
    if (auto const urgency = row.integer(17); urgency > 0)
        content.severity = static_cast<policy::Severity>(urgency - 1);
    content.theme = row.text(18);
    report.taken_up_by = row.text(19);
    report.taken_up_at = row.optional_instant(20);
    return report;
}

std::string report_object(ReportId id)
{
    return fmt::format("report:{}", number(id));
}

bool is_valid(NewReport const& report)
{
    for (auto const* text : {&report.user, &report.device, &report.network, &report.address, &report.decision_id, &report.theme})
        if (!is_plain_text(*text, 256, Empty::allowed))
            return false;
    // A person need not be named: a child may know that somebody is hurt, and not who.
    return report.about <= ReportAbout::headteacher && is_plain_letters(report.text, letters_limit)
        && is_plain_letters(report.about_person, 256, Empty::allowed) && is_plain_text(report.url, 2048, Empty::allowed);
}

/// Nobody is named in it. Of all others neither words nor what was done stand in the audit, which more people read, and which outlives the report.
bool names_nobody(NewReport const& report)
{
    return report.about == ReportAbout::site && report.about_person.empty();
}

/// The reports that the reader sees, most urgent first, as much of each as brief_reports.
result<std::vector<Report>> reports_for(Ledger& ledger, ReportState state, AccountId reader, Instant now)
{
    auto const sight = report_sight(ledger, reader, now);
    if (!sight)
        return sight.error();
    auto all = ledger.database().collect(brief_reports, read_brief_report, state);
    if (!all)
        return all;
    std::erase_if(*all, [&](Report const& each) { return !sight->sees(each); });
    for (auto& each : *all)
        each.read_by = sight->read_by(each);
    return all;
}

result<Report> find_report(Ledger& ledger, ReportId id)
{
    static std::string const sql = fmt::format("{}WHERE id = ?", select_report);
    auto found = ledger.database().first(sql, read_report_row, id);
    if (!found)
        return found.error();
    return *found ? result<Report>{std::move(**found)} : result<Report>{errc::not_found};
}

/// The report, if it is the reader's business. Errors: `errc::not_permitted`, `conflict_of_interest`, `not_found`.
result<Report> load_for(Ledger& ledger, ReportId id, Actor const& reader, Instant now)
{
    auto report = find_report(ledger, id);
    if (!report)
        return report;
    auto const sight = report_sight(ledger, reader.account, now);
    if (!sight)
        return sight.error();
    report->read_by = sight->read_by(*report);
    if (sight->sees(*report))
        return report;
    return sight->is_turn(*report) ? errc::conflict_of_interest : errc::not_permitted;
}

result<void> check_report_flood(Database& database, std::string const& address, Instant now)
{
    if (address.empty())
        return {};
    auto const count = database.first(
        "SELECT count(*) FROM reports WHERE address = ? AND at > ?", [](Statement const& row) { return row.integer(0); }, address,
        now - std::chrono::hours{1});
    if (!count)
        return count.error();
    return count->value_or(0) >= reports_per_hour ? result<void>{errc::throttled} : result<void>{};
}

/// Within a transaction: the row, and that there is one. The address it came from is in the report, and not in the audit, which more people read.
result<Report> keep_report(Ledger& ledger, NewReport const& report, Actor const& by, Instant now)
{
    auto const readers = ReportReaders::load(ledger, now);
    if (!readers)
        return readers.error();
    auto const route = readers->route_of(report);
    Report kept;
    kept.reference = random_reference();
    kept.at = now;
    kept.content = report;
    kept.route = route;
    kept.read_by = readers->reader_of(report, route);
    std::int64_t const urgency = report.severity ? 1 + static_cast<std::int64_t>(*report.severity) : 0;
    auto const added = ledger.database().execute("INSERT INTO reports (reference, at, about, about_person, url, text, user, "
                                                 "device, network, address, decision, route, urgency, theme)"
                                                 " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        kept.reference, now, report.about, report.about_person, report.url, report.text, report.user, report.device,
        report.network, report.address, report.decision_id, route, urgency, report.theme);
    if (!added)
        return added.error();
    kept.id = static_cast<ReportId>(ledger.database().last_row_id());
    // Neither the text nor the person: the audit log is read by more people than the report.
    auto const detail = fmt::format("about {}, to {}", to_text(report.about), to_text(route));
    if (auto const audited = audit(ledger, {"report.submit", report_object(kept.id), by, now}, detail); !audited)
        return audited.error();
    return kept;
}

/// Whoever sat there.
std::string subject_of(detect::Alert const& alert)
{
    if (!alert.user.empty())
        return alert.user;
    auto const& place = !alert.device.empty() ? alert.device : alert.network;
    return fmt::format("somebody at {}", place.empty() ? alert.client.to_text() : place);
}

/// Of a search its words; of what was written to a service only what it is about, since that is a conversation; of pages and visits the site.
std::string text_of(detect::Alert const& alert)
{
    using Kind = detect::AlertKind;
    std::string_view const unsure
        = alert.by_person ? "" : " It is not certain that a person opened it: a page may have done so by itself.";
    switch (alert.kind) {
    case Kind::search: break;
    case Kind::message:
        return fmt::format("The gateway read a message to {}. It is on the list: {}. {} Its words were not kept.", alert.site,
            alert.theme, alert.blocked ? "The message was not sent." : "The message was sent.");
    case Kind::page:
        return fmt::format("The gateway read a page of {}. What it says is about: {}. {}{}", alert.site, alert.theme,
            alert.blocked ? "The page was closed." : "The page was shown.", unsure);
    case Kind::visit:
        return fmt::format("The gateway saw a visit to {}. The site is on a list: {}. {}{}", alert.site, alert.theme,
            alert.blocked ? "It was not opened." : "It is open to them.", unsure);
    }
    return fmt::format("The gateway saw a search on {}: \"{}\". It is on the list: {}. {}", alert.site, alert.search, alert.theme,
        alert.blocked ? "A page that says where to find help was shown in the place of the results." : "The results were shown.");
}

} // namespace

std::string_view to_text(ReportAbout about)
{
    auto const index = static_cast<std::size_t>(about);
    return index < about_names.size() ? about_names[index] : "unknown";
}

std::optional<ReportAbout> parse_report_about(std::string_view text)
{
    auto const found = std::find(about_names.begin(), about_names.end(), text);
    if (found == about_names.end())
        return std::nullopt;
    return static_cast<ReportAbout>(found - about_names.begin());
}

result<Report> submit_report(Ledger& ledger, NewReport const& report, Instant now)
{
    if (!is_valid(report))
        return errc::invalid_value;
    Actor const portal{AccountId::none, "portal", ""};
    return ledger.transact([&]() -> result<Report> {
        if (auto const calm = check_report_flood(ledger.database(), report.address, now); !calm)
            return calm.error();
        return keep_report(ledger, report, portal, now);
    });
}

result<Report> raise_alert(Ledger& ledger, detect::Alert const& alert, Instant now)
{
    NewReport report;
    report.about = alert.people == policy::People::staff ? ReportAbout::staff : ReportAbout::pupil;
    report.about_person = subject_of(alert);
    report.text = text_of(alert);
    report.device = alert.device;
    report.network = alert.network;
    report.address = alert.client.to_text();
    report.decision_id = alert.decision_id;
    report.severity = alert.severity;
    report.theme = alert.theme;
    if (!is_valid(report))
        return errc::invalid_value;
    Actor const gateway{AccountId::none, "gateway", ""};
    return ledger.transact([&] { return keep_report(ledger, report, gateway, now); });
}

result<std::size_t> count_reports(Ledger& ledger, ReportState state, AccountId reader, Instant now)
{
    auto const seen = reports_for(ledger, state, reader, now);
    if (!seen)
        return seen.error();
    return seen->size();
}

result<std::vector<Report>> list_reports(
    Ledger& ledger, ReportState state, AccountId reader, Instant now, std::size_t limit, std::size_t skipped)
{
    auto const seen = reports_for(ledger, state, reader, now);
    if (!seen)
        return seen;
    std::vector<Report> reports;
    for (auto at = std::min(skipped, seen->size()); at < seen->size() && reports.size() < limit; ++at) {
        auto report = find_report(ledger, (*seen)[at].id);
        if (!report)
            return report.error();
        report->read_by = (*seen)[at].read_by;
        reports.push_back(std::move(*report));
    }
    return reports;
}

result<Report> read_report(Ledger& ledger, ReportId id, std::string const& purpose, Actor const& reader, Instant now)
{
    Deed const deed{"report.read", report_object(id), reader, now};
    return carry_out(ledger, deed, [&]() -> result<Report> {
        auto report = load_for(ledger, id, reader, now);
        if (!report)
            return report;
        if (names_nobody(report->content))
            return report;
        if (!is_plain_text(purpose, 500))
            return errc::invalid_value;
        if (auto const audited = audit(ledger, deed, purpose); !audited)
            return audited.error();
        return report;
    });
}

result<void> take_up_report(Ledger& ledger, ReportId id, Actor const& actor, Instant now)
{
    Deed const deed{"report.take-up", report_object(id), actor, now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        if (auto const report = load_for(ledger, id, actor, now); !report)
            return report.error();
        auto const account = find_account(ledger, actor.account);
        if (!account)
            return account.error();
        auto const taken = ledger.database().execute(
            "UPDATE reports SET taken_up_by = ?, taken_up_at = ? WHERE id = ? AND state = ? AND taken_up_at IS NULL",
            account->login, now, id, ReportState::open);
        if (!taken)
            return taken;
        if (ledger.database().changed_rows() != 1)
            return errc::wrong_state;
        return audit(ledger, deed, "");
    });
}

result<void> note_on_report(Ledger& ledger, ReportId id, std::string const& text, Actor const& actor, Instant now)
{
    if (!is_plain_text(text, text_limit))
        return errc::invalid_value;
    Deed const deed{"report.note", report_object(id), actor, now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        if (auto const report = load_for(ledger, id, actor, now); !report)
            return report.error();
        auto const account = find_account(ledger, actor.account);
        if (!account)
            return account.error();
        auto const noted = ledger.database().execute(
            "INSERT INTO report_notes (report, at, made_by, text) VALUES (?, ?, ?, ?)", id, now, account->login, text);
        return noted ? audit(ledger, deed, "") : noted; // not its words: the audit is read by more people
    });
}

result<std::vector<ReportNote>> list_report_notes(Ledger& ledger, ReportId id)
{
    auto const read = [](Statement const& row) { return ReportNote{row.instant(0), row.text(1), row.text(2)}; };
    return ledger.database().collect("SELECT at, made_by, text FROM report_notes WHERE report = ? ORDER BY id", read, id);
}

result<void> handle_report(Ledger& ledger, ReportId id, std::string const& outcome, Actor const& actor, Instant now)
{
    if (!is_plain_text(outcome, text_limit))
        return errc::invalid_value;
    Deed const deed{"report.handle", report_object(id), actor, now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        auto const report = load_for(ledger, id, actor, now);
        if (!report)
            return report.error();
        auto const account = find_account(ledger, actor.account);
        if (!account)
            return account.error();
        auto const handled = ledger.database().execute(
            "UPDATE reports SET state = ?, handled_by = ?, outcome = ?, handled_at = ? WHERE id = ? AND state = ?",
            ReportState::handled, account->login, outcome, now, id, ReportState::open);
        if (!handled)
            return handled;
        if (ledger.database().changed_rows() != 1)
            return errc::wrong_state;
        return audit(ledger, deed, names_nobody(report->content) ? outcome : "handled");
    });
}

} // namespace gatehouse::store
