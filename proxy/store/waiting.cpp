#include "proxy/store/waiting.hpp"

#include "proxy/store/given_access.hpp"
#include "proxy/store/incidents.hpp"
#include "proxy/store/permissions.hpp"
#include "proxy/store/publications.hpp"
#include "proxy/store/reports.hpp"
#include "proxy/store/restrictions.hpp"
#include "proxy/store/role_grants.hpp"
#include "proxy/store/school_lists.hpp"
#include "proxy/store/unblock_requests.hpp"

#include <algorithm>

namespace gatehouse::store {
namespace {

bool is_one_of(Account const& reader, std::initializer_list<ConsoleRole> roles)
{
    return std::find(roles.begin(), roles.end(), reader.console_role) != roles.end();
}

result<std::size_t> number_of(result<std::optional<std::int64_t>> const& found)
{
    if (!found)
        return found.error();
    return static_cast<std::size_t>(found->value_or(0));
}

std::int64_t first_column(Statement const& row)
{
    return row.integer(0);
}

constexpr std::size_t whole_queue = 100'000; ///< what waits is counted, not cut

result<void> count_requests(Ledger& ledger, Account const& reader, Waiting& waiting)
{
    if (is_one_of(reader, {ConsoleRole::officer})) {
        auto const count = number_of(ledger.database().first(
            "SELECT count(*) FROM unblock_requests WHERE state = ?", first_column, RequestState::submitted));
        if (!count)
            return count.error();
        waiting.requests = *count;
    }
    if (is_one_of(reader, {ConsoleRole::headteacher, ConsoleRole::chief_executive})) {
        auto const recommended = count_requests(ledger, RequestState::recommended, reader.id);
        if (!recommended)
            return recommended.error();
        waiting.decisions = *recommended;
    }
    return {};
}

result<void> count_reports(Ledger& ledger, Account const& reader, Instant now, Waiting& waiting)
{
    if (!is_one_of(reader, {ConsoleRole::officer, ConsoleRole::dsl, ConsoleRole::headteacher, ConsoleRole::chief_executive}))
        return {};
    auto const reports = list_reports(ledger, ReportState::open, reader.id, now, whole_queue);
    if (!reports)
        return reports.error();
    waiting.reports = reports->size();
    waiting.unread_reports = static_cast<std::size_t>(std::count_if(
        reports->begin(), reports->end(), [](Report const& report) { return report.read_by == ConsoleRole::none; }));
    waiting.urgent_reports = static_cast<std::size_t>(std::count_if(reports->begin(), reports->end(),
        [](Report const& report) { return report.content.severity == policy::Severity::urgent; }));
    return {};
}

result<void> count_incidents(Ledger& ledger, Account const& reader, Waiting& waiting)
{
    if (!is_one_of(reader, {ConsoleRole::officer, ConsoleRole::dsl}))
        return {};
    auto const unseen = count_new_incidents(ledger, reader);
    if (!unseen)
        return unseen.error();
    waiting.incidents = *unseen;
    return {};
}

result<void> count_keys(Ledger& ledger, Account const& reader, Instant now, Waiting& waiting)
{
    if (!is_one_of(reader, {ConsoleRole::officer, ConsoleRole::headteacher}))
        return {};
    auto const permissions = list_permissions(ledger, whole_queue);
    if (!permissions)
        return permissions.error();
    auto const lacks_key = [&](Permission const& permission) {
        auto const& mine = reader.console_role == ConsoleRole::officer ? permission.officer : permission.headteacher;
        return !permission.closed_at && !permission.is_over(now) && (!mine || mine->until <= now);
    };
    waiting.keys = static_cast<std::size_t>(std::count_if(permissions->begin(), permissions->end(), lacks_key));
    return {};
}

result<void> count_cases(Ledger& ledger, Account const& reader, Instant now, Waiting& waiting)
{
    if (!is_one_of(reader, {ConsoleRole::headteacher, ConsoleRole::chief_executive}))
        return {};
    auto const cases = list_restrictions(ledger, reader.id);
    if (!cases)
        return cases.error();
    waiting.cases = static_cast<std::size_t>(std::count_if(cases->begin(), cases->end(), [&](RestrictionRow const& row) {
        return row.state == RestrictionState::proposed && now < row.until && row.decider == reader.console_role;
    }));
    return {};
}

result<void> count_confirmations(Ledger& ledger, Account const& reader, Instant now, Waiting& waiting)
{
    auto const roles = count_roles_for(ledger, reader, now);
    auto const holds = count_holds_for(ledger, reader, now);
    if (!roles || !holds)
        return !roles ? roles.error() : holds.error();
    waiting.roles = *roles;
    waiting.holds = *holds;
    auto const asked = publications_for(ledger, reader, now);
    if (!asked)
        return asked.error();
    waiting.confirmations = asked->size();
    return {};
}

/// The officer's own: what is not published yet, and what has to be looked at again.
result<void> count_upkeep(Ledger& ledger, Account const& reader, policy::Date const& today, Waiting& waiting)
{
    if (!is_one_of(reader, {ConsoleRole::officer}))
        return {};
    auto& database = ledger.database();
    auto const drafted = number_of(database.first("SELECT (SELECT count(*) FROM list_changes WHERE publication IS NULL) + "
                                                  "(SELECT count(*) FROM policy_changes WHERE publication IS NULL)",
        first_column));
    auto const overdue = count_overdue_entries(ledger, today);
    if (!drafted || !overdue)
        return !drafted ? drafted.error() : overdue.error();
    waiting.drafted = *drafted;
    waiting.entries = *overdue;
    return {};
}

result<void> look_at_reviews(Ledger& ledger, Account const& reader, policy::Date const& today, Waiting& waiting)
{
    if (!is_one_of(reader, {ConsoleRole::officer, ConsoleRole::headteacher, ConsoleRole::auditor}))
        return {};
    auto const reviews = list_reviews(ledger);
    if (!reviews)
        return reviews.error();
    for (auto const kind : all_review_kinds)
        waiting.review = std::max(waiting.review, clock_of(kind, *reviews, today).state);
    return {};
}

} // namespace

result<Waiting> what_waits(Ledger& ledger, AccountId reader, policy::Moment const& now)
{
    auto const account = find_account(ledger, reader);
    if (!account)
        return account.error();
    Waiting waiting;
    result<void> counted = count_requests(ledger, *account, waiting);
    if (counted)
        counted = count_reports(ledger, *account, now.instant, waiting);
    if (counted)
        counted = count_incidents(ledger, *account, waiting);
    if (counted)
        counted = count_keys(ledger, *account, now.instant, waiting);
    if (counted)
        counted = count_cases(ledger, *account, now.instant, waiting);
    if (counted)
        counted = count_confirmations(ledger, *account, now.instant, waiting);
    if (counted)
        counted = count_upkeep(ledger, *account, now.local.date, waiting);
    if (counted)
        counted = look_at_reviews(ledger, *account, now.local.date, waiting);
    if (!counted)
        return counted.error();
    return waiting;
}

} // namespace gatehouse::store
