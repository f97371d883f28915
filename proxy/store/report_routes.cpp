#include "proxy/store/report_routes.hpp"

#include <algorithm>
#include <array>

namespace gatehouse::store {
namespace {

using Chain = std::array<ConsoleRole, 3>;

/// Whose business it is, and who comes next. About the headteacher the officer is the last: the only other role that takes reports. Neither a DPO nor an
/// auditor does, and the page Status asks for a chief executive.
constexpr Chain chain_of(ReportAbout about)
{
    using enum ConsoleRole;
    switch (about) {
    case ReportAbout::pupil: return {dsl, headteacher, chief_executive};
    case ReportAbout::staff: return {headteacher, chief_executive, dsl};
    case ReportAbout::headteacher: return {chief_executive, dsl, officer};
    case ReportAbout::site: break;
    }
    return {officer, headteacher, chief_executive};
}

bool takes_reports(ConsoleRole role)
{
    using enum ConsoleRole;
    return role == officer || role == headteacher || role == dsl || role == chief_executive;
}

} // namespace

Report read_brief_report(Statement const& row)
{
    Report report;
    report.id = row.id<ReportId>(0);
    report.content.about = row.id<ReportAbout>(1);
    report.content.about_person = row.text(2);
    report.route = row.id<ConsoleRole>(3);
    report.taken_up_by = row.text(4);
    report.handled_by = row.text(5);
    return report;
}

result<ReportReaders> ReportReaders::load(Ledger& ledger, Instant now)
{
    auto const accounts = list_accounts(ledger);
    if (!accounts)
        return accounts.error();
    ReportReaders readers;
    for (auto const& account : *accounts) {
        if (!takes_reports(account.console_role))
            continue;
        auto names = names_of(ledger, account);
        if (!names)
            return names.error();
        readers.readers_.push_back({account.console_role, !account.disabled, account.is_held(now), std::move(*names)});
    }
    return readers;
}

bool ReportReaders::is_about_head(NewReport const& report) const
{
    return report.about == ReportAbout::headteacher || std::any_of(readers_.begin(), readers_.end(), [&](Reader const& each) {
        return each.role == ConsoleRole::headteacher && each.names.has_any_name(report.about_person);
    });
}

bool ReportReaders::is_head(PersonNames const& names) const
{
    return std::any_of(readers_.begin(), readers_.end(),
        [&](Reader const& each) { return each.role == ConsoleRole::headteacher && each.names.person == names.person; });
}

ConsoleRole ReportReaders::route_of(NewReport const& report) const
{
    auto const chain = chain_of(is_about_head(report) ? ReportAbout::headteacher : report.about);
    auto const has_reader = [&](ConsoleRole role) {
        return std::any_of(readers_.begin(), readers_.end(), [&](Reader const& each) {
            return each.role == role && each.is_open && !each.names.has_any_name(report.about_person);
        });
    };
    auto const found = std::find_if(chain.begin(), chain.end(), has_reader);
    return found == chain.end() ? chain.front() : *found;
}

bool ReportReaders::comes_next(NewReport const& report, ConsoleRole role) const
{
    auto const chain = chain_of(is_about_head(report) ? ReportAbout::headteacher : report.about);
    return std::find(chain.begin(), chain.end(), role) != chain.end();
}

ConsoleRole ReportReaders::reader_of(NewReport const& report, ConsoleRole route) const
{
    auto const chain = chain_of(is_about_head(report) ? ReportAbout::headteacher : report.about);
    auto const reads_now = [&](ConsoleRole role) {
        return std::any_of(readers_.begin(), readers_.end(), [&](Reader const& each) {
            return each.role == role && each.is_open && !each.is_held && !each.names.has_any_name(report.about_person);
        });
    };
    if (reads_now(route))
        return route;
    auto const own = std::find(chain.begin(), chain.end(), route);
    // Whom it is about may have become the headteacher since, or be it no more: then it is as one that comes today.
    auto const next = std::find_if(own == chain.end() ? chain.begin() : own + 1, chain.end(), reads_now);
    return next == chain.end() ? ConsoleRole::none : *next;
}

bool ReportSight::is_turn(Report const& report) const
{
    return report.route == account.console_role || read_by(report) == account.console_role;
}

bool ReportSight::sees(Report const& report) const
{
    if (names.has_any_name(report.content.about_person))
        return false;
    if (is_turn(report))
        return true;
    // What they began to look after, or saw to the end, while others could not read it.
    return (names.has_login(report.taken_up_by) || names.has_login(report.handled_by))
        && readers.comes_next(report.content, account.console_role);
}

bool ReportSight::is_about_reader(Report const& report) const
{
    return names.has_any_name(report.content.about_person)
        || (report.content.about == ReportAbout::headteacher && readers.is_head(names));
}

result<ReportSight> report_sight(Ledger& ledger, AccountId reader, Instant now)
{
    auto account = find_account(ledger, reader);
    if (!account)
        return account.error() == errc::not_found ? make_error_code(errc::not_permitted) : account.error();
    if (account->disabled || account->console_role == ConsoleRole::none)
        return errc::not_permitted;
    auto readers = ReportReaders::load(ledger, now);
    auto names = names_of(ledger, *account);
    if (!readers || !names)
        return !readers ? readers.error() : names.error();
    return ReportSight{std::move(*readers), std::move(*account), std::move(*names)};
}

} // namespace gatehouse::store
