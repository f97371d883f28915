// One entry of the school's lists: why it is there and who answers for it, looking at it again, and taking it off.
#include "proxy/portal/console/account_view.hpp"
#include "proxy/portal/console/edit_view.hpp"
#include "proxy/portal/console/list_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/publication_view.hpp"
#include "proxy/portal/console/seen_part.hpp"

#include <fmt/format.h>

namespace gatehouse::portal::console {

namespace {

using store::ConsoleRole;
using store::Ledger;

/// An entry with what its page shows beside it.
struct EntryCase {
    store::SchoolEntry entry;
    std::optional<store::Account> owner; ///< none: a name, not an account
    std::optional<store::Referred> referred;
};

result<EntryCase> read_entry_case(Ledger& ledger, store::ListEntryId id, ConsoleRole reader)
{
    auto entry = store::find_school_entry(ledger, id);
    if (!entry)
        return entry.error();
    EntryCase found;
    found.entry = std::move(*entry);
    if (auto account = store::find_account(ledger, std::string_view(found.entry.owner)))
        found.owner = std::move(*account);
    auto referred = store::find_referred(ledger, found.entry.reference, reader);
    if (!referred)
        return referred.error();
    found.referred = *referred;
    return found;
}

Cell owner_cell(EntryCase const& found)
{
    if (!found.owner)
        return {found.entry.owner};
    if (found.owner->disabled)
        return {words("{}: this account is closed", shown_person(*found.owner)), {}, "yellow"};
    return {shown_person(*found.owner)};
}

std::vector<SummaryRow> entry_rows(Visit const& visit, EntryCase const& found)
{
    auto const& entry = found.entry;
    bool const overdue = entry.review_by < visit.now.local.date && !entry.removed_at;
    auto const review = shown_date(entry.review_by);
    std::vector<SummaryRow> rows{{"Reason", {entry.reason}}, {"Answers for it", owner_cell(found)},
        {"Review by", {overdue ? words("{}, overdue", review) : review, {}, overdue ? "yellow" : ""}}};
    if (!entry.reference.empty())
        rows.push_back({"Comes from", reference_cell(entry.reference, found.referred)});
    rows.push_back({"Added", {words("{} by {}", shown_time(visit.site, entry.added_at), entry.added_by)}});
    if (entry.reviewed_at)
        rows.push_back({"Looked at again",
            {words("{} by {}: {}", shown_time(visit.site, *entry.reviewed_at), entry.reviewed_by, entry.review_note)}});
    if (entry.removed_at)
        rows.push_back({"Removed",
            {words("{} by {}: {}", shown_time(visit.site, *entry.removed_at), entry.removed_by, entry.remove_reason)}});
    return rows;
}

Part review_form(Visit const& visit, store::SchoolEntry const& entry, std::vector<Problem> const& problems)
{
    bool const typed = visit.request.method == Method::post;
    auto const value
        = [&](std::string_view name, std::string const& stands) { return typed ? std::string(visit.form(name)) : stands; };
    Form form;
    form.action = "/lists/review";
    form.button = "It stays";
    form.is_secondary = true;
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::hidden, "id", "", "", std::to_string(store::number(entry.id))},
        {Field::Kind::text, "why", "Why does it stay?", "It stays on record.", value("why", ""), {},
            problem_with(problems, "why"), "", 500},
        review_field(value("review", visit.now.local.date.next_year().to_text()), problems),
        owner_field(value("owner", entry.owner), problems), reference_field(value("reference", entry.reference), problems)};
    return portal::form(form);
}

/// What the page shows of it that a review changes: whoever takes it off has read that.
std::string standing_entry(store::SchoolEntry const& entry)
{
    return fmt::format("{}\n{}\n{}\n{}", entry.reason, entry.owner, entry.reference, entry.review_by.to_text());
}

Part removal_form(Visit const& visit, store::SchoolEntry const& entry)
{
    Form form;
    form.action = "/lists/remove";
    form.button = "Remove";
    form.is_warning = true;
    form.csrf = visit.csrf();
    form.fields = {{Field::Kind::hidden, "id", "", "", std::to_string(store::number(entry.id))},
        {Field::Kind::hidden, "list", "", "", std::string(store::to_text(entry.list))}, stood_field(standing_entry(entry)),
        {Field::Kind::text, "reason", "Why does it go?", "", "", {}, "", "", 500}, when_field(visit)};
    return portal::form(form);
}

task<Response> entry_page(Visit const& visit, store::ListEntryId id, std::vector<Problem> problems)
{
    auto const work
        = [id, reader = visit.session->account.console_role](Ledger& ledger) { return read_entry_case(ledger, id, reader); };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found)
        co_return show_failure(visit, found.error());
    auto const& entry = found->entry;
    Page page;
    page.title = entry.host + entry.path;
    page.back = "/lists?list=" + std::string(store::to_text(entry.list));
    add_problems(page, problems);
    if (visit.query("done") == "reviewed")
        page.parts.push_back(notice("Done", "It stays on the list. When it is looked at again is on record."));
    page.parts.push_back(heading(page.title, list_title(entry.list)));
    page.parts.push_back(summary(entry_rows(visit, *found)));
    if (auto const text = entry_warning(visit, entry.host, entry.path); !text.empty() && !entry.removed_at)
        page.parts.push_back(warning(text));
    if (visit.has_role(ConsoleRole::officer) && !entry.removed_at) {
        if (!visit.is_held()) { // the banner says why
            page.parts.push_back(subheading("Review it"));
            page.parts.push_back(review_form(visit, entry, problems));
        }
        page.parts.push_back(subheading("Take it off the list"));
        page.parts.push_back(removal_form(visit, entry));
    }
    co_return show(visit, page);
}

store::ListEntryId asked_entry(std::string_view text)
{
    return static_cast<store::ListEntryId>(parse_id(text).value_or(0));
}

} // namespace

task<Response> show_list_entry(Visit const& visit)
{
    co_return co_await entry_page(visit, asked_entry(visit.query("id")), {});
}

task<Response> take_list_review(Visit const& visit)
{
    auto const id = asked_entry(visit.form("id"));
    store::EntryReview review;
    review.why = trimmed_value(visit.request.form, "why");
    review.owner = trimmed_value(visit.request.form, "owner");
    review.reference = trimmed_value(visit.request.form, "reference");
    std::vector<Problem> problems;
    if (review.why.empty())
        problems.push_back({"why", "Write why it stays"});
    review.review_by = review_of(visit, problems).value_or(policy::Date{});
    if (review.owner.empty())
        problems.push_back({"owner", "Write who answers for it"});
    if (!problems.empty())
        co_return co_await entry_page(visit, id, std::move(problems));
    auto const work = [id, review, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::review_school_entry(ledger, id, review, actor, now); };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done)
        co_return show_failure(visit, done.error());
    co_return redirect_to("/lists/entry?id=" + std::to_string(store::number(id)) + "&done=reviewed");
}

task<Response> take_list_remove(Visit const& visit)
{
    auto const id = asked_entry(visit.form("id"));
    auto const reason = trimmed_value(visit.request.form, "reason");
    auto const work = [id, reason, at_once = wants_at_once(visit), mark = std::string(visit.form("stood")), actor = visit.actor(),
                          now = visit.instant()](Ledger& ledger) -> result<std::optional<store::Publication>> {
        auto const entry = store::find_school_entry(ledger, id);
        if (!entry)
            return entry.error();
        if (is_mark_of_another(mark, standing_entry(*entry)))
            return store::errc::stale;
        if (!at_once) {
            auto const drafted = store::draft_removal(ledger, id, reason, actor, now);
            return drafted ? result<std::optional<store::Publication>>{std::nullopt} : drafted.error();
        }
        auto proposed = store::propose_removal(ledger, id, reason, actor, now);
        return proposed ? result<std::optional<store::Publication>>{std::move(*proposed)} : proposed.error();
    };
    auto const done = co_await visit.site.services.store.call(work);
    if (!done && done.error() == store::errc::invalid_value)
        co_return show_message(visit, 422, "Write a reason",
            "The record needs to say why the site went off the list. Go back and write a sentence.");
    if (!done)
        co_return show_failure(visit, done.error());
    if (!*done)
        co_return after_drafting(visit);
    co_return co_await after_proposal(
        visit, **done, "/lists?done=removed&list=" + std::string(store::to_text(chosen_list(visit.form("list")))));
}

} // namespace gatehouse::portal::console
