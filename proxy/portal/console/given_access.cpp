// Accounts to which somebody else gave another way in: who could come in as that person, until when the account decides nothing, the word of the
// second person that it is really them or not, and what becomes of an account after a no.
#include "proxy/portal/console/account_view.hpp"
#include "proxy/portal/console/given_access_view.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/console/paging.hpp"
#include "proxy/portal/console/proof.hpp"
#include "proxy/portal/console/publication_view.hpp"
#include "proxy/portal/console/second_word.hpp"
#include "proxy/portal/menu.hpp"

#include <algorithm>
#include <variant>

namespace gatehouse::portal::console {

namespace {

using store::Ledger;

constexpr std::size_t most_shown = 50; ///< of what left the draft; the audit has all of it

struct FoundHold {
    store::AccessHold hold;
    error_code refused; ///< why this reader cannot confirm it
    bool may_refuse = false;
    bool is_late = false; ///< it decides again
    store::Instant left_out_until{};
};

store::AccountId held_account(Fields const& fields)
{
    return static_cast<store::AccountId>(parse_id(value_of(fields, "id")).value_or(0));
}

Part word_form(Visit const& visit, FoundHold const& found, std::vector<Problem> const& problems)
{
    WordChoice choice{"Ask them face to face or on the telephone: did they want this, and can they sign in with it? Confirm "
                      "nothing because of a mail or a message.",
        "Yes, it is really them",
        found.is_late ? "It is on record, and nobody can say no to it any more" : "The account decides again",
        "The account is closed at once: it is signed out, its keys end, no password and no code opens it, and what it drafted "
        "since leaves the draft and every publication that is not live yet",
        "No, it is not them", {}};
    choice.also = {{Field::Kind::hidden, "newest", "", "", std::to_string(store::number(found.hold.given.back().id))}};
    choice.only_refuse = static_cast<bool>(found.refused);
    return second_word_form(visit, "/roles/access", store::number(found.hold.account.id), std::move(choice), problems);
}

/// Why this reader cannot say yes.
Words why_no_yes(Visit const& visit, FoundHold const& found)
{
    auto const is = [&](store::errc code) { return found.refused == store::make_error_code(code); };
    if (is(store::errc::same_person))
        return "You gave it, or it is your own account: somebody else says whether it is really them.";
    if (is(store::errc::way_in_unsaid))
        return unsaid_text(visit, found.left_out_until);
    if (visit.session->account.is_break_glass)
        return "The account for emergencies confirms nothing.";
    if (is(store::errc::not_permitted))
        return words("Who could confirm it: {}. What was given at the command line of the machine or with the account for "
                     "emergencies an ICT lead does not confirm: nobody knows whose hands those were.",
            names_of_hold_confirmers(found.hold));
    return failure_text(found.refused);
}

bool says_yes_to_accounts(store::ConsoleRole role)
{
    return role == store::ConsoleRole::ict_lead || role == store::ConsoleRole::headteacher
        || role == store::ConsoleRole::chief_executive;
}

bool by_nobody_known(store::AccessHold const& hold)
{
    return std::any_of(hold.given.begin(), hold.given.end(),
        [](store::GivenAccess const& each) { return each.giver == store::AccountId::none; });
}

void add_turn(Page& page, Visit const& visit, FoundHold const& found, std::vector<Problem> const& problems)
{
    if (found.is_late)
        page.parts.push_back(
            inset(words("Nobody has said a word for 24 hours, so the account waits no longer. Until {} somebody can still say "
                        "whether it is really them, also if it was closed since or lost its role.",
                shown_time(visit.site, found.hold.refusable_until()))));
    if (found.is_late && says_yes_to_accounts(found.hold.account.console_role))
        page.parts.push_back(inset(by_nobody_known(found.hold)
                ? "Until then, or until a yes, the account confirms nothing that others do with accounts."
                : "Until then, or until a yes, neither this account nor whoever gave that confirms what the other does with "
                  "accounts."));
    if (found.refused)
        page.parts.push_back(inset(why_no_yes(visit, found)));
    if (found.refused && found.may_refuse)
        page.parts.push_back(paragraph("You can say no."));
    if (found.may_refuse && !add_way_to_sign_in(page, visit, address_of_hold(found.hold.account.id)))
        page.parts.push_back(word_form(visit, found, problems));
}

Response hold_shown(Visit const& visit, FoundHold const& found, std::vector<Problem> const& problems)
{
    auto const& hold = found.hold;
    Page page;
    page.title = "Is it really them?";
    page.back = "/roles";
    add_problems(page, problems);
    page.parts.push_back(heading(page.title, shown_person(hold.account)));
    page.parts.push_back(summary({{"Person", {shown_person(hold.account)}}, {"Role", {role_title(hold.account.console_role)}},
        {"School account", {shown_sign_on(hold.account)}}, {"What happened", {all_given(hold.given)}},
        {"When", {shown_time(visit.site, hold.given.back().given_at)}},
        {found.is_late ? "Decided nothing until" : "Decides nothing until", {end_of_hold(visit, hold)}},
        {"Who could confirm it", {names_of_hold_confirmers(hold)}}}));
    page.parts.push_back(
        paragraph("Whoever gives somebody another way to sign in could sign in as that person. So the account "
                  "decides nothing and shows nobody until a second person says that it is really them, or for 24 "
                  "hours from when one of those was told."));
    add_turn(page, visit, found, problems);
    return show(visit, page);
}

/// What there is to do about an account that was closed.
void add_way_back(Page& page, Visit const& visit, store::RefusedAccess const& refused, std::vector<Problem> const& problems)
{
    page.parts.push_back(subheading("What to do next"));
    page.parts.push_back(
        paragraph("Talk to the person, and to whoever gave it. The audit has all that was done with the account."));
    if (refused.openers.empty())
        page.parts.push_back(inset(words("Nobody in these pages could open it again. On the machine: gatehouse account "
                                         "new-password {}. That leaves a row in the audit, and the headteacher gets a mail.",
            refused.account.login)));
    else
        page.parts.push_back(paragraph(words("With a new password from one of these the account is open again, and waits until "
                                             "somebody confirms that: {}.",
            names_of(refused.openers))));
    if (!refused.may_open || add_way_to_sign_in(page, visit, address_of_hold(refused.account.id)))
        return;
    auto form = change_form(visit, refused.account, "/roles/access/password", "Give a first password");
    add_proof(form, visit, "password", problems);
    page.parts.push_back(portal::form(form));
}

/// What may be somebody else's and is in force.
void add_live(Page& page, Visit const& visit, std::vector<store::LiveInDoubt> const& live)
{
    if (live.empty())
        return;
    Table table;
    table.caption = "What is live: look at it, and let an officer take back what is not right";
    table.head = {"Publication", "By", "Changes that this account drafted"};
    for (std::size_t i = 0; i < std::min(live.size(), most_shown); ++i) {
        auto const& one = live[i].publication;
        auto const address = "/history/one?id=" + std::to_string(store::number(one.id));
        table.rows.push_back({{message_of(one), opens(visit, address) ? address : ""},
            {words("{}, {}", one.made_by, shown_time(visit.site, one.made_at))}, {std::to_string(live[i].changes)}});
    }
    page.parts.push_back(portal::table(table));
    if (live.size() > most_shown)
        page.parts.push_back(paragraph(more_lines(live.size() - most_shown)));
}

Part dropped_table(std::vector<std::string> const& dropped)
{
    Table table;
    table.caption = "What left the draft";
    table.head = {"Change"};
    table.empty = "Nothing of this account was in the draft since then.";
    for (std::size_t i = 0; i < std::min(dropped.size(), most_shown); ++i)
        table.rows.push_back({{shown_text(dropped[i], 500)}});
    return portal::table(table);
}

/// Of an account that somebody said no to; `dropped`: just now.
Response refused_shown(Visit const& visit, store::RefusedAccess const& refused, std::vector<std::string> const* dropped,
    std::vector<Problem> const& problems)
{
    auto const& newest = refused.given.back();
    Page page;
    page.title = "It is not them";
    page.back = "/roles";
    add_problems(page, problems);
    page.parts.push_back(heading(page.title, shown_person(refused.account)));
    page.parts.push_back(
        inset("The account is closed. It was signed out everywhere, its keys have ended, and no password, code or "
              "school account opens it."));
    page.parts.push_back(
        summary({{"Person", {shown_person(refused.account)}}, {"Role", {role_title(refused.account.console_role)}},
            {"What happened", {all_given(refused.given)}}, {"When", {shown_time(visit.site, newest.given_at)}},
            {"Who said no", {words("{}, {}", newest.refused_by, shown_time(visit.site, *newest.refused_at))}},
            {"Reason", {newest.refusal}}}));
    if (dropped != nullptr) {
        page.parts.push_back(dropped_table(*dropped));
        if (dropped->size() > most_shown)
            page.parts.push_back(paragraph(more_lines(dropped->size() - most_shown)));
    }
    add_live(page, visit, refused.live);
    add_way_back(page, visit, refused, problems);
    return show(visit, page);
}

/// Of an account that waits, or was closed. `dropped` as there.
task<Response> access_page(Visit const& visit, store::AccountId id, std::vector<Problem> problems,
    std::optional<std::vector<std::string>> dropped = std::nullopt)
{
    using Either = std::variant<FoundHold, store::RefusedAccess>;
    co_await note_holds_seen(visit);
    auto const work = [id, actor = visit.actor(), now = visit.instant()](Ledger& ledger) -> result<Either> {
        auto refused = store::find_refused_access(ledger, id, actor, now);
        if (refused)
            return Either{std::move(*refused)};
        auto hold = store::find_access_hold(ledger, id, now);
        bool const is_late = !hold && hold.error() == store::errc::wrong_state;
        if (is_late)
            hold = store::find_late_access(ledger, id, now);
        if (!hold)
            return hold.error();
        store::AccessStep const step{id, hold->given.back().id, actor, now};
        auto const turn = store::check_access_turn(ledger, step);
        bool const may_refuse = store::check_access_refusal(ledger, step).has_value();
        FoundHold one{std::move(*hold), turn ? error_code{} : turn.error(), may_refuse, is_late};
        if (one.refused == store::make_error_code(store::errc::way_in_unsaid)) {
            auto const until = store::access_left_out_until(ledger, step);
            if (!until)
                return until.error();
            one.left_out_until = *until;
        }
        return Either{std::move(one)};
    };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found && found.error() == store::errc::wrong_state)
        co_return show_message(visit, 409, "Nobody has to say a word now",
            "Somebody has said one already, or the time for one is over, or the account has no role that waits.");
    if (!found)
        co_return show_failure(visit, found.error());
    if (auto const* const refused = std::get_if<store::RefusedAccess>(&*found))
        co_return refused_shown(visit, *refused, dropped ? &*dropped : nullptr, problems);
    co_return hold_shown(visit, std::get<FoundHold>(*found), problems);
}

} // namespace

task<Response> show_access_hold(Visit const& visit)
{
    co_return co_await access_page(visit, held_account(visit.request.query), {});
}

task<Response> take_access_word(Visit const& visit)
{
    auto const id = held_account(visit.request.form);
    auto const word = co_await read_second_word(visit);
    if (!word.problems.empty())
        co_return co_await access_page(visit, id, word.problems);
    store::AccessStep const step{
        id, static_cast<store::GivenAccessId>(parse_id(visit.form("newest")).value_or(0)), visit.actor(), visit.instant()};
    if (word.confirms) {
        auto const work = [step](Ledger& ledger) { return store::confirm_access(ledger, step); };
        auto const done = co_await visit.site.services.store.call(work);
        co_return done ? redirect_to("/roles?done=known") : show_failure(visit, done.error());
    }
    auto const work = [step, reason = word.reason](Ledger& ledger) { return store::refuse_access(ledger, step, reason); };
    auto const dropped = co_await visit.site.services.store.call(work);
    if (!dropped)
        co_return show_failure(visit, dropped.error());
    co_return co_await access_page(visit, id, {}, *dropped);
}

task<Response> take_access_password(Visit const& visit)
{
    auto const id = held_account(visit.request.form);
    if (auto const wrong = co_await find_unproved(visit, "password"))
        co_return co_await access_page(visit, id, one_problem(wrong->field, wrong->text));
    // Where nobody said no, this form is nobody's: the ICT lead gives passwords under Accounts.
    auto const work = [id, actor = visit.actor(), now = visit.instant()](
                          Ledger& ledger) { return store::find_refused_access(ledger, id, actor, now); };
    auto const refused = co_await visit.site.services.store.call(work);
    if (!refused)
        co_return show_failure(visit, refused.error());
    auto const issued = co_await store::issue_new_password(visit.site.services.store, id, visit.actor(), visit.instant());
    co_return issued ? issued_password_page(visit, *issued, issued->account.console_role, "/roles")
                     : show_failure(visit, issued.error());
}

} // namespace gatehouse::portal::console
