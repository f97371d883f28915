// The first page after signing in: what waits for this role, most urgent first.
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/system_view.hpp"
#include "proxy/portal/menu.hpp"
#include "proxy/store/overrides.hpp"
#include "proxy/store/permissions.hpp"
#include "proxy/store/policy_changes.hpp"
#include "proxy/store/reports.hpp"
#include "proxy/store/restrictions.hpp"
#include "proxy/store/unblock_requests.hpp"

#include <algorithm>

namespace gatehouse::portal::console {

namespace {

using store::ConsoleRole;
using store::Ledger;

struct Counts {
    std::size_t submitted = 0, recommended = 0, reports = 0, grants = 0, overdue = 0, drafted = 0;
    std::size_t keys = 0;      ///< of this reader that are missing
    std::size_t proposals = 0; ///< of supervised use, on which this reader decides
    std::size_t unwell = 0;    ///< findings about the gateway
};

/// What waits of permissions and of supervised use.
result<void> count_people(Ledger& ledger, store::AccountId reader, store::Instant now, Counts& counts)
{
    auto const account = store::find_account(ledger, reader);
    auto const permissions = store::list_permissions(ledger);
    auto const restrictions = store::list_restrictions(ledger, reader);
    if (!account || !permissions || !restrictions)
        return !account ? account.error() : !permissions ? permissions.error() : restrictions.error();
    for (auto const& permission : *permissions) {
        auto const& mine = account->console_role == ConsoleRole::officer ? permission.officer : permission.headteacher;
        counts.keys += !permission.closed_at && (!mine || mine->until <= now) ? 1U : 0U;
    }
    for (auto const& row : *restrictions)
        counts.proposals += row.state == store::RestrictionState::proposed && row.decider == account->console_role ? 1U : 0U;
    return {};
}

result<Counts> count_work(Ledger& ledger, store::AccountId reader, policy::Moment const& now)
{
    Counts counts;
    auto const submitted = store::list_requests(ledger, store::RequestState::submitted);
    auto const recommended = store::list_requests(ledger, store::RequestState::recommended, reader);
    auto const reports = store::list_reports(ledger, store::ReportState::open, reader);
    auto const grants = store::current_overrides(ledger, now.instant);
    if (!submitted || !recommended || !grants)
        return !submitted ? submitted.error() : !recommended ? recommended.error() : grants.error();
    counts.submitted = submitted->size();
    counts.recommended = recommended->size();
    counts.reports = reports ? reports->size() : 0; // roles without a queue of reports are refused it
    counts.grants = grants->size();
    if (auto const counted = count_people(ledger, reader, now.instant, counts); !counted)
        return counted.error();
    auto const draft = store::read_draft(ledger);
    if (!draft)
        return draft.error();
    auto const rules = store::policy_changes_of(ledger, store::PublicationId::none);
    if (!rules)
        return rules.error();
    counts.drafted = draft->size() + rules->size();
    for (auto const list : store::all_school_lists) {
        auto const entries = store::list_school_entries(ledger, list);
        if (!entries)
            return entries.error();
        for (auto const& entry : *entries)
            counts.overdue += entry.review_by < now.local.date ? 1U : 0U;
    }
    return counts;
}

Task waiting(Words text, std::string href, Words hint, std::size_t count)
{
    if (count == 0)
        return {std::move(text), std::move(href), std::move(hint), "", "None waiting"};
    return {std::move(text), std::move(href), std::move(hint), "purple", words("{} waiting", count)};
}

std::vector<Task> tasks_of(ConsoleRole role, Counts const& counts)
{
    Task const triage = waiting("Look at requests", "/requests", "People who ask for a blocked site", counts.submitted);
    Task const decide
        = waiting("Decide on requests", "/requests", "The officer has recommended; you say yes or no", counts.recommended);
    Task const reports = waiting(
        "Read reports", "/reports", "What people told us, and searches that may mean somebody needs help", counts.reports);
    Task const incidents{"Look at incidents", "/incidents", "Attempts to get round the filter", "", ""};
    Task const grants{"See what is open", "/grants", "Sites that were approved for a time", "", words("{} open", counts.grants)};
    Task const log{"Search the access log", "/log", "Who opened what, when, and why it was decided so", "", ""};
    Task const check{"Check a site", "/check", "Would it open, for whom and when?", "", ""};
    Task status{"Status", "/status", "What runs, and whether it is well", "", ""};
    if (counts.unwell > 0) {
        status.tag = "red";
        status.tag_text = words("{} to look at", counts.unwell);
    }
    Task const audit{"Read the audit", "/audit", "Every decision about people and policy", "", ""};
    Task draft{"Publish the draft", "/draft", "Changes of lists, rules and timetable that are not live yet", "", "Empty"};
    if (counts.drafted > 0) {
        draft.tag = "purple";
        draft.tag_text = words(counts.drafted == 1 ? "{} change" : "{} changes", counts.drafted);
    }
    Task lists{"School lists", "/lists", "The school's own blocked and allowed sites", "", ""};
    if (counts.overdue > 0) {
        lists.tag = "yellow";
        lists.tag_text = words("{} to review", counts.overdue);
    }
    Task const permissions = waiting(
        "Permissions with two keys", "/permissions", "What pupils may use if you and somebody else say so", counts.keys);
    Task supervision{"Supervised use", "/supervision", "People who use the web with a member of staff beside them", "", ""};
    if (counts.proposals > 0)
        supervision = waiting(supervision.text, supervision.href, supervision.hint, counts.proposals);
    Task const privacy{"Privacy", "/privacy", "How long records are kept, and everything about one person", "", ""};
    Task const accounts{"Accounts", "/accounts", "Who may sign in, and as what", "", ""};
    switch (role) {
    case ConsoleRole::officer:
        return {triage, reports, permissions, draft, lists, incidents, supervision, grants, log, check, status};
    case ConsoleRole::headteacher:
        return {decide, reports, permissions, supervision, grants, incidents, lists, audit, check, status};
    case ConsoleRole::chief_executive: return {decide, reports, supervision, audit, check, status};
    case ConsoleRole::ict_lead: return {log, status, accounts, check, incidents, lists, grants, audit};
    case ConsoleRole::dsl: return {reports, incidents, supervision, log, check, status};
    case ConsoleRole::marketing: return {log, check, status};
    case ConsoleRole::dpo: return {audit, privacy, check, status};
    case ConsoleRole::auditor: return {audit, incidents, supervision, grants, permissions, lists, check, status};
    case ConsoleRole::supervisor: return {supervision, check};
    case ConsoleRole::none: return {};
    }
    return {};
}

/// Who can do something about a gateway that is not well.
bool sees_to_gateway(ConsoleRole role)
{
    return role == ConsoleRole::ict_lead || role == ConsoleRole::officer || role == ConsoleRole::headteacher;
}

/// What is red is before all else; the rest stays in the order of the role.
std::vector<Task> most_urgent_first(std::vector<Task> tasks)
{
    std::stable_partition(tasks.begin(), tasks.end(), [](Task const& task) { return task.tag == "red"; });
    return tasks;
}

} // namespace

task<Response> show_home(Visit const& visit)
{
    auto const work = [id = visit.session->account.id, now = visit.now](Ledger& ledger) { return count_work(ledger, id, now); };
    auto counts = co_await visit.site.services.store.call(work);
    if (!counts)
        co_return show_failure(visit, counts.error());
    if (sees_to_gateway(visit.session->account.console_role)) {
        auto const look = [&visit] { return examine_daemon(visit.site.services, visit.instant()).size(); };
        counts->unwell = co_await run_aside(visit.site, look);
    }
    Page page;
    page.title = "Start";
    page.parts = {heading("Your tasks", role_title(visit.session->account.console_role)),
        tasks(most_urgent_first(tasks_of(visit.session->account.console_role, *counts)))};
    co_return show(visit, page);
}

} // namespace gatehouse::portal::console
