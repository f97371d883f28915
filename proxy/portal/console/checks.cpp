// The filter tried against what guidance asks of it: run on request, kept with its date, printable.
#include "proxy/portal/console/check_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/paging.hpp"
#include "proxy/settings.hpp"
#include "proxy/store/reviews.hpp"

namespace gatehouse::portal::console {

namespace {

using store::Ledger;

Cell state_cell(checks::State state)
{
    switch (state) {
    case checks::State::good: return {"Good", {}, "green"};
    case checks::State::look: return {"Look at it", {}, "yellow"};
    case checks::State::gap: break;
    }
    return {"Gap", {}, "red"};
}

std::string address_of(store::CheckRunId id)
{
    return "/checks/run?id=" + std::to_string(store::number(id));
}

std::chrono::sys_days day_of(policy::Date const& date)
{
    return std::chrono::year{date.year} / date.month / date.day;
}

/// When somebody looked before.
struct Before {
    std::optional<store::CheckRun> run;
    std::optional<store::Review> review; ///< of the filter, the newest
};

result<Before> kept_before(Ledger& ledger)
{
    auto runs = store::list_check_runs(ledger, 1);
    if (!runs)
        return runs.error();
    auto reviews = store::list_reviews(ledger);
    if (!reviews)
        return reviews.error();
    Before before;
    if (!runs->empty())
        before.run = std::move(runs->front());
    for (auto& review : *reviews)
        if (review.kind == store::ReviewKind::filtering && !before.review)
            before.review = std::move(review);
    return before;
}

/// What the checks look at beside the policy.
task<result<checks::Facts>> gather_facts(Visit const& visit)
{
    auto const& services = visit.site.services;
    auto const now = visit.instant();
    auto const look = [&services, now] {
        auto facts = checks::read_facts(services.settings, now);
        auto const health = services.policy_health();
        facts.failed_expectations = health.failed_expectations;
        if (health.lists_compiled_at)
            facts.lists_age = std::chrono::duration_cast<std::chrono::hours>(
                std::max(std::chrono::seconds{0}, now - *health.lists_compiled_at));
        return facts;
    };
    auto facts = co_await run_aside(visit.site, look);
    auto const ask = [&services, clock = visit.site.clock]() -> std::optional<checks::ProxyLook> {
        if (!services.proxy_listeners)
            return std::nullopt;
        auto const policy = services.current_policy();
        return checks::look_through_proxy({.listeners = services.proxy_listeners(),
                                              .own_addresses = services.own_addresses(),
                                              .current_policy = services.current_policy,
                                              .log_dir = services.settings.log_dir},
            checks::asked_categories(*policy), clock);
    };
    facts.look = co_await run_outside(visit.site, ask);
    auto const work = [](Ledger& ledger) { return kept_before(ledger); };
    auto const before = co_await services.store.call(work);
    if (!before)
        co_return before.error();
    auto const verify = [&watch = visit.site.audit_watch] { return watch.look(); };
    auto const chain = co_await run_gently(visit.site, verify);
    facts.audit_is_whole = chain ? std::optional{chain->intact} : std::nullopt;
    if (before->run)
        facts.last_checked = std::chrono::floor<std::chrono::days>(now - before->run->at);
    if (before->review)
        facts.last_reviewed = day_of(visit.now.local.date) - day_of(before->review->on);
    co_return facts;
}

store::CheckRun run_of(std::vector<checks::SelfCheck> const& found, store::Instant now)
{
    store::CheckRun run;
    run.at = now;
    for (auto const& check : found)
        ++(check.state == checks::State::good ? run.good : check.state == checks::State::look ? run.look : run.gaps);
    run.text = checks::to_json(found);
    return run;
}

Part run_form(Visit const& visit)
{
    Form form;
    form.action = "/checks/run";
    form.button = "Run the checks now";
    form.csrf = visit.csrf();
    return portal::form(form);
}

} // namespace

Table check_table(store::CheckRun const& run)
{
    Table table;
    table.caption = "What was found";
    table.head = {"Question", "Result", "What was found", "What to do"};
    table.empty = "This run cannot be read any more.";
    for (auto const& check : checks::from_json(run.text).value_or(std::vector<checks::SelfCheck>{})) {
        std::vector<Words> findings;
        for (auto const& sentence : check.findings)
            findings.push_back(Words::kept("checks", sentence));
        table.rows.push_back({{Words::kept("checks", check.question)}, state_cell(check.state),
            {joined(std::move(findings), " ")}, {check.advice.empty() ? Words("Nothing") : Words::kept("checks", check.advice)}});
    }
    return table;
}

Words check_counts(store::CheckRun const& run)
{
    return words(
        run.gaps == 1 ? "{} good, {} to look at, {} gap" : "{} good, {} to look at, {} gaps", run.good, run.look, run.gaps);
}

task<Response> show_checks(Visit const& visit)
{
    auto const work = [asked = std::string(visit.query("page"))](Ledger& ledger) {
        return read_page(
            asked, [&] { return store::count_check_runs(ledger); },
            [&](std::size_t limit, std::size_t skipped) { return store::list_check_runs(ledger, limit, skipped); });
    };
    auto const runs = co_await visit.site.services.store.call(work);
    if (!runs)
        co_return show_failure(visit, runs.error());
    Table table;
    table.caption = "Runs, newest first";
    table.head = {"When", "Who", "Result"};
    table.empty = "The checks were never run.";
    for (auto const& run : runs->rows)
        table.rows.push_back({{shown_time(visit.site, run.at), address_of(run.id)}, {run.by}, {check_counts(run)}});
    Page page;
    page.title = "Checks";
    page.parts = {heading(page.title),
        paragraph("What governors, the Department for Education and the UK Safer Internet Centre ask of a school's filter, tried "
                  "on the rules "
                  "that run now. Nothing changes by it, and no person is in it."),
        paragraph("The gateway asks itself for test pages of each kind of site, from every room in which it has an address. At a "
                  "computer of any other room, open this page and its links:"),
        link("Try the filter", visit.site.portal_url() + "/try"), run_form(visit), portal::table(table)};
    add_paging(page, visit, runs->paging, "/checks");
    co_return show(visit, page);
}

task<Response> show_check_run(Visit const& visit)
{
    auto const id = static_cast<store::CheckRunId>(parse_id(visit.query("id")).value_or(0));
    auto const work = [id](Ledger& ledger) { return store::find_check_run(ledger, id); };
    auto const run = co_await visit.site.services.store.call(work);
    if (!run)
        co_return show_failure(visit, run.error());
    Page page;
    page.title = words("Checks of {}", shown_time(visit.site, run->at));
    page.back = "/checks";
    page.parts = {heading(page.title, visit.site.school()), summary({{"Run by", {run->by}}, {"Result", {check_counts(*run)}}}),
        portal::table(check_table(*run))};
    co_return show(visit, page);
}

task<Response> take_check_run(Visit const& visit)
{
    auto const facts = co_await gather_facts(visit);
    if (!facts)
        co_return show_failure(visit, facts.error());
    auto const try_all = [&services = visit.site.services, &facts, now = visit.instant(), clock = visit.site.clock] {
        return checks::run(*services.current_policy(), services.settings, *facts, now, clock);
    };
    auto const found = co_await run_aside(visit.site, try_all);
    auto const run = run_of(found, visit.instant());
    auto const work = [run, actor = visit.actor()](Ledger& ledger) { return store::keep_check_run(ledger, run, actor); };
    auto const kept = co_await visit.site.services.store.call(work);
    co_return kept ? redirect_to(address_of(kept->id)) : show_failure(visit, kept.error());
}

} // namespace gatehouse::portal::console
