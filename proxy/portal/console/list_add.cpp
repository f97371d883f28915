// Sites on their way to the school's lists, pasted or from a file, with a reason, a review date and somebody who answers for them: into the draft or
// at once.
#include "policy/self_check.hpp"
#include "proxy/portal/console/edit_view.hpp"
#include "proxy/portal/console/list_lines.hpp"
#include "proxy/portal/console/list_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/paging.hpp"
#include "proxy/portal/console/publication_view.hpp"
#include "proxy/portal/console/uploads.hpp"
#include "proxy/portal/limits.hpp"
#include "proxy/portal/test_site.hpp"

namespace gatehouse::portal::console {

namespace {

using store::Ledger;

constexpr std::size_t lines_told = 20; ///< of those that cannot be taken

/// What the form says. `text`: the sites as they came, which stand in the form again if it comes back: no browser sends a chosen file twice.
struct Import {
    store::NewChanges changes;
    std::vector<ListLine> lines; ///< one for each target
    std::string text;
};

/// Also in a line of a hosts file or a rule, which has no target then.
bool is_test_site(ListLine const& line)
{
    return names_test_site(line.target.empty() ? line.text : line.target)
        || (line.target.empty() && line.text.find(policy::self_check_zone) != std::string::npos);
}

Words fault_of(ListLine const& line, error_code const& why)
{
    auto const* const text = why == store::errc::already_exists ? "Line {}, {}, is on that list or in the draft already."
        : is_test_site(line)  ? "Line {}, {}, is a test page of the filter, which goes by the rules about its kind of site."
        : line.target.empty() ? "Line {}, {}, is a rule and not the name of a site."
                              : "Line {}, {}, is not the name of a site. Write it like example.org.";
    return words(text, line.number, shown_text(line.text, 100));
}

/// The first of the lines that cannot be taken, and how many more there are.
Part fault_list(Import const& import, std::vector<store::RefusedLine> const& refused)
{
    std::vector<Cell> faults;
    for (std::size_t i = 0; i < std::min(refused.size(), lines_told); ++i)
        faults.push_back({fault_of(import.lines[refused[i].number - 1], refused[i].why)});
    if (refused.size() > lines_told)
        faults.push_back({more_lines(refused.size() - lines_told)});
    return bullets(std::move(faults));
}

Words fault_text(Import const& import, std::vector<store::RefusedLine> const& refused)
{
    if (import.lines.size() > 1)
        return words("{} of {} lines cannot be taken. Put them right, or choose below to take the rest",
            shown_number(refused.size()), shown_number(import.lines.size()));
    if (is_test_site(import.lines.front()))
        return no_test_site;
    return refused.front().why == store::errc::already_exists ? "This is on that list or in the draft already."
                                                              : "This is not the name of a site. Write it like example.org.";
}

/// What comes back with the form.
struct Back {
    std::vector<Problem> problems;
    std::string text;           ///< sites
    std::optional<Part> faults; ///< of single lines
};

Part add_form(Visit const& visit, Back const& back)
{
    auto const& problems = back.problems;
    bool const typed = visit.request.method == Method::post;
    auto const value = [&](std::string_view name) { return std::string(typed ? visit.form(name) : visit.query(name)); };
    auto const error_of = [&](std::string_view name) { return problem_with(problems, name); };
    auto const list = chosen_list(value("list"));
    auto const review = visit.form("review").empty() ? visit.now.local.date.next_year().to_text() : value("review");
    Form form;
    form.action = "/lists/add";
    form.button = "Add";
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::radios, "list", "Which list?", "", std::string(store::to_text(list)),
                       {{"school-block", "Block it", "Closed for everyone the rules name"},
                           {"school-allow", "Allow it", "Open although another list names it"},
                           {"school-private", "Leave it alone",
                               "Nobody looks inside; the rules go by its name only. A second person confirms it first"}}},
        {Field::Kind::area, "target", "Sites, one on a line",
            "A name such as example.org, which covers everything below it, or a part such as example.org/games",
            typed ? back.text : value("target"), {}, error_of("target"), "", longest_upload},
        {Field::Kind::file, "file", "Or a file with them",
            "Plain text: one site on a line, a hosts file, or rules like ||example.org^. What stands behind # is a comment.", "",
            {}, error_of("file")},
        {Field::Kind::area, "reason", "Reason", "It stays on record.", value("reason"), {}, error_of("reason"), "", 500},
        review_field(review, problems), owner_field(typed ? value("owner") : visit.session->account.login, problems),
        reference_field(value("reference"), problems), when_field(visit)};
    if (back.faults)
        form.fields.push_back({Field::Kind::checkboxes, "rest", "What becomes of the lines that cannot be taken?", "", "",
            {{"yes", "Leave them out, and take the rest", ""}}, "", "", 500, values_of(visit.request.form, "rest")});
    return portal::form(form);
}

Page add_page(Visit const& visit, Back const& back)
{
    bool const typed = visit.request.method == Method::post;
    auto const list = chosen_list(typed ? visit.form("list") : visit.query("list"));
    Page page;
    page.title = "Add sites";
    page.back = "/lists?list=" + std::string(store::to_text(list));
    add_problems(page, back.problems);
    page.parts.push_back(heading("Add sites to the school's list"));
    if (back.faults)
        page.parts.push_back(*back.faults);
    page.parts.push_back(add_form(visit, back));
    return page;
}

/// What is wrong with it stands in `problems`.
Import import_of(Visit const& visit, std::vector<Problem>& problems)
{
    Import import;
    auto& changes = import.changes;
    changes.list = chosen_list(visit.form("list"));
    changes.reason = trimmed_value(visit.request.form, "reason");
    changes.owner = trimmed_value(visit.request.form, "owner");
    changes.reference = trimmed_value(visit.request.form, "reference");
    changes.without_refused = visit.form("rest") == "yes";
    import.text = visit.form("target");
    if (auto const file = uploaded_text(visit, "file", problems); file && !file->empty())
        import.text += (import.text.empty() || import.text.ends_with('\n') ? "" : "\n") + *file;
    import.lines = read_list_lines(import.text);
    for (auto const& line : import.lines)
        changes.targets.push_back(line.target);
    if (changes.targets.empty() && problems.empty())
        problems.push_back({"target", "Write the name of a site"});
    if (changes.targets.size() > most_list_lines)
        problems.push_back({"target", "These are too many at once. Add 10,000 sites at most, then the next ones"});
    if (changes.reason.empty())
        problems.push_back({"reason", "Write the reason"});
    changes.review_by = review_of(visit, problems).value_or(policy::Date{});
    return import;
}

struct Taken {
    bool is_refused = false; ///< nothing was taken
    std::vector<store::RefusedLine> refused;
    std::optional<store::Publication> proposed; ///< nothing: it is in the draft
};

} // namespace

task<Response> show_list_add(Visit const& visit)
{
    Back const nothing;
    co_return show(visit, add_page(visit, nothing));
}

task<Response> take_list_add(Visit const& visit)
{
    Back back;
    auto const read = [&visit, &back] { return import_of(visit, back.problems); };
    auto const import = co_await run_aside(visit.site, read); // up to a megabyte of lines
    back.text = import.text;
    if (!back.problems.empty())
        co_return show(visit, add_page(visit, back));
    auto const& changes = import.changes;
    auto const work = [&changes, at_once = wants_at_once(visit), actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) -> result<Taken> {
        Taken taken;
        error_code failure;
        if (at_once) {
            auto proposed = store::propose_additions(ledger, changes, taken.refused, actor, now);
            if (proposed)
                taken.proposed = std::move(*proposed);
            else
                failure = proposed.error();
        } else if (auto const drafted = store::draft_additions(ledger, changes, taken.refused, actor, now); !drafted) {
            failure = drafted.error();
        }
        if (failure && taken.refused.empty())
            return failure;
        taken.is_refused = bool(failure);
        return taken;
    };
    auto const taken = co_await visit.site.services.store.call(work);
    if (!taken)
        co_return show_failure(visit, taken.error());
    if (taken->is_refused) {
        back.problems = one_problem("target", fault_text(import, taken->refused));
        if (import.lines.size() > 1)
            back.faults = fault_list(import, taken->refused);
        co_return show(visit, add_page(visit, back));
    }
    if (!taken->proposed)
        co_return after_drafting(visit);
    co_return co_await after_proposal(
        visit, *taken->proposed, "/lists?done=added&list=" + std::string(store::to_text(changes.list)));
}

} // namespace gatehouse::portal::console
