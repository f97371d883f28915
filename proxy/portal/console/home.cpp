// The first page after signing in: what waits for this role, most urgent first.
#include "proxy/portal/console/given_access_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/system_view.hpp"
#include "proxy/portal/menu.hpp"
#include "proxy/store/waiting.hpp"

#include <algorithm>

namespace gatehouse::portal::console {

namespace {

using store::ConsoleRole;
using store::Ledger;

struct Work : store::Waiting {
    std::size_t unwell = 0; ///< findings about the gateway
    std::size_t lists = 0;  ///< of the policy, whose day of review is over
    std::size_t rules = 0;  ///< likewise
};

std::size_t lists_to_review(policy::Policy const& policy, policy::Date const& today)
{
    auto const is_overdue = [&](policy::ListInfo const& list) { return list.review_by && *list.review_by < today; };
    return static_cast<std::size_t>(std::count_if(policy.lists.begin(), policy.lists.end(), is_overdue));
}

std::size_t rules_to_review(policy::Policy const& policy, policy::Date const& today)
{
    auto const is_overdue = [&](policy::Rule const& rule) { return rule.keeping.review_by && *rule.keeping.review_by < today; };
    return static_cast<std::size_t>(std::count_if(policy.rules.begin(), policy.rules.end(), is_overdue));
}

Words tag_of_draft(std::size_t changes)
{
    return words(changes == 1 ? "{} change" : "{} changes", changes);
}

/// What is red, what waits for the reader, and what they should look at again: in this order, and only what there is.
std::vector<Task> tasks_of(Work const& work)
{
    std::vector<Task> tasks;
    auto const add = [&](std::size_t count, Task task) {
        if (count > 0)
            tasks.push_back(std::move(task));
    };
    auto const waiting = [](std::size_t count) { return words("{} waiting", count); };
    std::size_t const calm = work.reports - work.urgent_reports;
    add(work.urgent_reports,
        {"Read urgent reports", "/reports", "Somebody may need help now", "red", waiting(work.urgent_reports)});
    add(work.unwell, {"Status", "/status", "What runs, and whether it is well", "red", words("{} to look at", work.unwell)});
    add(work.requests, {"Look at requests", "/requests", "People who ask for a blocked site", "purple", waiting(work.requests)});
    add(work.decisions,
        {"Decide on requests", "/requests", "The officer has recommended; you say yes or no", "purple", waiting(work.decisions)});
    add(calm,
        {"Read reports", "/reports", "What people told us, and what the gateway saw that may mean somebody needs help", "purple",
            waiting(calm)});
    add(work.cases,
        {"Supervised use", "/supervision", "It is proposed for somebody; you say yes or no", "purple", waiting(work.cases)});
    add(work.roles,
        {"Roles", "/roles", "Somebody is to have a role that decides; you say yes or no", "purple", waiting(work.roles)});
    add(work.holds,
        {"Is it really them?", "/roles", "Somebody got another way to sign in; you say whether it is them, once you know",
            "purple", waiting(work.holds)});
    add(work.confirmations,
        {"Sites that nobody looks into", "/history", "Somebody wants them left alone; you say yes or no", "purple",
            waiting(work.confirmations)});
    add(work.keys,
        {"Permissions with two keys", "/permissions", "What pupils may use if you and somebody else say so", "purple",
            waiting(work.keys)});
    add(work.incidents,
        {"Look at incidents", "/incidents", "Attempts to get round the filter since you last looked", "purple",
            words("{} new", work.incidents)});
    add(work.drafted,
        {"Publish the draft", "/draft", "Changes of lists, rules and timetable that are not live yet", "purple",
            tag_of_draft(work.drafted)});
    add(work.entries,
        {"School lists", "/lists?list=all&only=overdue", "Sites whose day of review is over: are they still right?", "yellow",
            words("{} to review", work.entries)});
    add(work.rules,
        {"Rules", "/rules", "Their day of review is over: are they still right?", "yellow", words("{} to review", work.rules)});
    add(work.lists,
        {"Lists of the policy", "/status", "Their day of review is over: are they still right?", "yellow",
            words("{} to review", work.lists)});
    if (work.review != store::ReviewState::done) // yellow: never before what waits for a person
        tasks.push_back({"Reviews", "/reviews", "When the policy and the filter were reviewed, and have to be again", "yellow",
            work.review == store::ReviewState::overdue ? "Overdue" : "Due soon"});
    return tasks;
}

/// To whom waits for a word themselves: that there is work which they do not see, and who sees to reports meanwhile.
void add_closed_work(Page& page, Work const& work)
{
    if (work.unread_reports > 0 && work.reports == 1)
        page.parts.push_back(
            warning("One report waits, and nobody else can read it. Have somebody confirm now that it is really you."));
    else if (work.unread_reports > 0)
        page.parts.push_back(
            warning(words("{} reports wait, and nobody else can read {} of them. Have somebody confirm now that it "
                          "is really you.",
                work.reports, work.unread_reports)));
    else if (work.reports > 0)
        page.parts.push_back(inset(work.reports == 1
                ? Words("One report waits. You do not see it now; meanwhile somebody else does.")
                : words("{} reports wait. You do not see them now; meanwhile somebody else does.", work.reports)));
    page.parts.push_back(paragraph("What waits for you comes back here once somebody has confirmed that it is really you."));
}

} // namespace

task<Response> show_home(Visit const& visit)
{
    auto const role = visit.session->account.console_role;
    co_await note_holds_seen(visit);
    auto const work
        = [id = visit.session->account.id, now = visit.now](Ledger& ledger) { return store::what_waits(ledger, id, now); };
    auto const waiting = co_await visit.site.services.store.call(work);
    if (!waiting)
        co_return show_failure(visit, waiting.error());
    Work all{*waiting};
    if (sees_to_gateway(role)) {
        auto const look = [&visit] { return examine_daemon(visit.site.services, visit.instant()).size(); };
        all.unwell = co_await run_aside(visit.site, look);
    }
    if (role == ConsoleRole::officer || role == ConsoleRole::ict_lead)
        all.lists = lists_to_review(*visit.site.services.current_policy(), visit.now.local.date);
    if (role == ConsoleRole::officer)
        all.rules = rules_to_review(*visit.site.services.current_policy(), visit.now.local.date);
    auto found = tasks_of(all);
    std::erase_if(found, [&](Task const& task) { return !opens(visit, task.href); }); // of an account that waits itself
    Page page;
    page.title = "Start";
    page.parts = {heading("What needs you now", role_title(role))};
    if (visit.is_held())
        add_closed_work(page, all);
    else if (found.empty())
        page.parts.push_back(paragraph("Nothing waits for you. The menu leads to everything else."));
    if (!found.empty())
        page.parts.push_back(tasks(found));
    co_return show(visit, page);
}

} // namespace gatehouse::portal::console
