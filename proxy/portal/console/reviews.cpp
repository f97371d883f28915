// When the policy and the filter were reviewed, and when they have to be again (clause 15).
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/review_view.hpp"

namespace gatehouse::portal::console {

using store::Ledger;

Words review_title(store::ReviewKind kind)
{
    return kind == store::ReviewKind::policy ? "The policy, every two years" : "Filtering and monitoring, every year";
}

Table review_table(std::vector<store::Review> const& reviews, policy::Date const& today)
{
    Table table;
    table.caption = "What has to be reviewed";
    table.head = {"What is reviewed", "Last reviewed", "Next by", "State of the review"};
    for (auto const kind : store::all_review_kinds) {
        auto const clock = store::clock_of(kind, reviews, today);
        bool const is_over = clock.state == store::ReviewState::overdue, is_due = clock.state == store::ReviewState::due;
        table.rows.push_back({{review_title(kind)}, {clock.last ? shown_date(clock.last->on) : "Never"},
            {clock.due ? shown_date(*clock.due) : "Now##review"},
            {is_over         ? "Overdue"
                    : is_due ? "Due soon"
                             : "Done##review",
                {},
                is_over      ? "red"
                    : is_due ? "yellow"
                             : "green"}});
    }
    return table;
}

namespace {

Table history_table(Visit const& visit, std::vector<store::Review> const& reviews)
{
    Table table;
    table.caption = "Reviews so far";
    table.head = {"When", "What is reviewed", "What came of it", "Written down by"};
    table.empty = "None was written down yet.";
    for (auto const& review : reviews)
        table.rows.push_back({{shown_date(review.on)}, {review_title(review.kind)}, {review.note},
            {words("{}, {}", review.by, shown_time(visit.site, review.at))}});
    return table;
}

Part review_form(Visit const& visit, std::vector<Problem> const& problems)
{
    using Kind = Field::Kind;
    Form form;
    form.action = "/reviews";
    form.button = "Write it down";
    form.csrf = visit.csrf();
    Field what{Kind::radios, "kind", "What was reviewed?", "", std::string(visit.form("kind"))};
    for (auto const kind : store::all_review_kinds)
        what.options.push_back({std::string{store::to_text(kind)}, review_title(kind), ""});
    what.error = problem_with(problems, "kind");
    form.fields
        = {std::move(what), {Kind::date, "on", "When?", "", std::string(visit.form("on")), {}, problem_with(problems, "on")},
            {Kind::text, "note", "What came of it?", "For example: agreed by the governors on 3 December, two rules changed.",
                std::string(visit.form("note")), {}, problem_with(problems, "note"), "off", 300}};
    return portal::form(form);
}

task<Response> reviews_page(Visit const& visit, std::vector<Problem> problems)
{
    auto const work = [](Ledger& ledger) { return store::list_reviews(ledger); };
    auto const reviews = co_await visit.site.services.store.call(work);
    if (!reviews)
        co_return show_failure(visit, reviews.error());
    Page page;
    page.title = "Reviews";
    add_problems(page, problems);
    page.parts.push_back(heading(page.title, "Clause 15"));
    page.parts.push_back(portal::table(review_table(*reviews, visit.now.local.date)));
    if (visit.has_role(store::ConsoleRole::headteacher)) {
        page.parts.push_back(subheading("A review that was done"));
        page.parts.push_back(review_form(visit, problems));
    } else
        page.parts.push_back(paragraph("The headteacher writes down when a review was done."));
    page.parts.push_back(portal::table(history_table(visit, *reviews)));
    co_return show(visit, page);
}

} // namespace

task<Response> show_reviews(Visit const& visit)
{
    co_return co_await reviews_page(visit, {});
}

task<Response> take_review(Visit const& visit)
{
    auto const kind = store::parse_review_kind(visit.form("kind"));
    auto const on = policy::Date::parse(trimmed_value(visit.request.form, "on"));
    auto const today = visit.now.local.date;
    auto const note = trimmed_value(visit.request.form, "note");
    std::vector<Problem> problems;
    if (!kind)
        problems.push_back({"kind", "Choose what was reviewed"});
    if (!on || today < *on)
        problems.push_back({"on", "Choose the day on which it was done, today or before"});
    if (note.empty())
        problems.push_back({"note", "Write what came of it"});
    if (!problems.empty())
        co_return co_await reviews_page(visit, problems);
    store::Review const review{*kind, *on, note, {}, {}};
    auto const work = [review, today, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::record_review(ledger, review, today, actor, now); };
    if (auto const done = co_await visit.site.services.store.call(work); !done)
        co_return show_failure(visit, done.error());
    co_return redirect_to("/reviews");
}

} // namespace gatehouse::portal::console
