// The steps of supervised use: proposing it, deciding, sitting beside somebody, ending it. Each is in force when its page answers.
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/request_view.hpp"
#include "proxy/portal/console/supervision_view.hpp"
#include "proxy/portal/form_data.hpp"

namespace gatehouse::portal::console {

namespace {

using store::Ledger;

store::RestrictionStep restriction_step(Visit const& visit)
{
    return {restriction_id_of(visit.request.form), parse_id(visit.form("version")).value_or(0), visit.actor(), visit.instant()};
}

std::string page_of(store::RestrictionId id, std::string_view done)
{
    return "/supervision/one?id=" + std::to_string(store::number(id)) + "&done=" + std::string(done);
}

Page proposal_page(Visit const& visit, std::vector<Problem> const& problems)
{
    auto const typed = [&](std::string_view name) {
        auto const given = visit.form(name);
        return std::string(given.empty() ? visit.query(name) : given);
    };
    Form form;
    form.action = "/supervision/propose";
    form.button = "Propose it";
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::text, "user", "Person", "The user name, as the access log shows it.", typed("user"), {},
                       problem_with(problems, "user"), "off", 128},
        {Field::Kind::area, "reason", "What happened?", "The person reads this on the blocked page. Write facts, and be fair.",
            typed("reason"), {}, problem_with(problems, "reason"), "", 1000},
        {Field::Kind::area, "against", "What speaks against it?",
            "Could it have been somebody else, a mistake, or a program by itself? You can leave this empty.", typed("against"),
            {}, "", "", 1000},
        {Field::Kind::radios, "weeks", "For how long?", "", typed("weeks"),
            {{"1", "One week"}, {"2", "Two weeks"}, {"6", "Half a term"}}, problem_with(problems, "weeks")}};
    Page page;
    page.title = "Propose supervised use";
    page.back = "/supervision";
    add_problems(page, problems);
    page.parts.push_back(heading(page.title));
    page.parts.push_back(paragraph("It begins when the headteacher has confirmed it. The gateway only shows what it saw; what it "
                                   "means is for people to say."));
    page.parts.push_back(portal::form(form));
    return page;
}

std::optional<store::NewRestriction> proposal_of(Visit const& visit, std::vector<Problem>& problems)
{
    store::NewRestriction made;
    made.user = trimmed_value(visit.request.form, "user");
    made.reason = trimmed_value(visit.request.form, "reason");
    made.against = trimmed_value(visit.request.form, "against");
    auto const weeks = parse_id(visit.form("weeks")).value_or(0);
    made.from = visit.instant();
    made.until = visit.instant() + std::chrono::days(7 * weeks);
    if (made.user.empty())
        problems.push_back({"user", "Write whom it is about"});
    if (made.reason.empty())
        problems.push_back({"reason", "Write what happened"});
    if (weeks < 1 || weeks > 6)
        problems.push_back({"weeks", "Choose how long"});
    return problems.empty() ? std::optional{std::move(made)} : std::nullopt;
}

/// Publishes what a step of the store changed, and shows its page.
task<Response> put_in_force(Visit const& visit, store::RestrictionId id, std::string cause, std::string_view done)
{
    auto const published = co_await publish_now(visit.site, std::move(cause));
    co_return after_publication(visit, published, page_of(id, done));
}

} // namespace

task<Response> show_supervision_proposal(Visit const& visit)
{
    co_return show(visit, proposal_page(visit, {}));
}

task<Response> take_supervision_proposal(Visit const& visit)
{
    std::vector<Problem> problems;
    auto const made = proposal_of(visit, problems);
    if (!made)
        co_return show(visit, proposal_page(visit, problems));
    auto const work = [made, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::propose_restriction(ledger, *made, actor, now); };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done && done.error() == store::errc::already_exists)
        co_return show(visit, proposal_page(visit, {{"user", "It is proposed or in force for this person already"}}));
    if (!done)
        co_return show_failure(visit, done.error());
    co_return redirect_to(page_of(done->id, "proposed"));
}

task<Response> take_supervision_decision(Visit const& visit)
{
    auto const step = restriction_step(visit);
    bool const confirms = visit.form("decision") == "confirm";
    auto const reason = trimmed_value(visit.request.form, "reason");
    std::vector<Problem> problems;
    if (!confirms && visit.form("decision") != "refuse")
        problems.push_back({"decision", "Choose what you decide"});
    else if (!confirms && reason.empty())
        problems.push_back({"reason", "Write why you refuse"});
    if (!problems.empty())
        co_return co_await supervision_page(visit, step.id, problems);
    auto const work = [step, confirms, reason](Ledger& ledger) {
        return confirms ? store::confirm_restriction(ledger, step) : store::refuse_restriction(ledger, step, reason);
    };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done)
        co_return show_failure(visit, done.error());
    if (!confirms)
        co_return redirect_to(page_of(step.id, "refused"));
    co_return co_await put_in_force(visit, step.id, "supervised use begins", "confirmed");
}

task<Response> take_supervision_end_proposal(Visit const& visit)
{
    auto const step = restriction_step(visit);
    auto const reason = trimmed_value(visit.request.form, "reason");
    if (reason.empty())
        co_return co_await supervision_page(visit, step.id, one_problem("reason", "Write why it should end"));
    auto const work = [step, reason](Ledger& ledger) { return store::propose_restriction_end(ledger, step, reason); };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done)
        co_return show_failure(visit, done.error());
    co_return redirect_to(page_of(step.id, "end-proposed"));
}

task<Response> take_supervision_end(Visit const& visit)
{
    auto const step = restriction_step(visit);
    bool const ends = visit.form("decision") == "end";
    auto const reason = trimmed_value(visit.request.form, "reason");
    if (!ends && visit.form("decision") != "keep")
        co_return co_await supervision_page(visit, step.id, one_problem("decision", "Choose whether it ends"));
    if (!ends && reason.empty())
        co_return co_await supervision_page(visit, step.id, one_problem("reason", "Write why it goes on"));
    auto const work = [step, ends, reason](Ledger& ledger) {
        return ends ? store::confirm_restriction_end(ledger, step) : store::refuse_restriction_end(ledger, step, reason);
    };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done)
        co_return show_failure(visit, done.error());
    if (!ends)
        co_return redirect_to(page_of(step.id, "kept"));
    co_return co_await put_in_force(visit, step.id, "supervised use ends", "ended");
}

task<Response> take_supervision_start(Visit const& visit)
{
    auto const id = restriction_id_of(visit.request.form);
    auto const device = trimmed_value(visit.request.form, "device");
    auto const minutes = parse_id(visit.form("length")).value_or(0);
    std::vector<Problem> problems;
    if (device.empty())
        problems.push_back({"device", "Write which computer it is"});
    if (minutes < 1 || minutes > 120)
        problems.push_back({"length", "Choose how long"});
    if (!problems.empty())
        co_return co_await supervision_page(visit, id, problems);
    auto const until = visit.instant() + std::chrono::minutes(minutes);
    auto const work = [id, device, until, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::start_supervision(ledger, id, device, until, actor, now); };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done && done.error() == store::errc::invalid_value)
        co_return co_await supervision_page(visit, id, one_problem("device", "Write the computer's name or address only"));
    if (!done)
        co_return show_failure(visit, done.error());
    co_return co_await put_in_force(visit, id, "a member of staff supervises", "started");
}

task<Response> take_supervision_stop(Visit const& visit)
{
    auto const id = restriction_id_of(visit.request.form);
    auto const live = static_cast<store::SupervisionId>(parse_id(visit.form("supervision")).value_or(0));
    auto const work = [live, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::end_supervision(ledger, live, actor, now); };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done)
        co_return show_failure(visit, done.error());
    co_return co_await put_in_force(visit, id, "a supervision ends", "stopped");
}

} // namespace gatehouse::portal::console
