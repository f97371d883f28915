#include "proxy/store/given_access.hpp"

#include "proxy/store/given_access_steps.hpp"
#include "proxy/store/role_grants.hpp"
#include "proxy/store/second_person.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr auto headteacher_only = {ConsoleRole::headteacher};
constexpr std::array<std::string_view, 3> kind_names{"password", "code-off", "sign-on"};

constexpr std::string_view select_given
    = "SELECT g.id, g.account, g.kind, g.given_at, coalesce(a.login, ''), coalesce(g.given_by, 0), g.confirmed_at"
      " FROM given_access g LEFT JOIN accounts a ON a.id = g.given_by ";

GivenAccess read_given(Statement const& row)
{
    return {row.id<GivenAccessId>(0), row.id<AccountId>(1), row.id<AccessKind>(2), row.instant(3), row.text(4),
        row.id<AccountId>(5), row.optional_instant(6)};
}

/// What holds the account, oldest first.
result<std::vector<GivenAccess>> given_to(Ledger& ledger, AccountId account, Instant now)
{
    static std::string const sql
        = fmt::format("{}WHERE g.account = ? AND g.confirmed_at IS NULL AND g.given_at > ? ORDER BY g.id", select_given);
    return ledger.database().collect(sql, read_given, account, now - settling_time);
}

/// Neither the person nor any who gave them something.
result<SecondPerson> second_person_for(Ledger& ledger, Account const& account, std::vector<GivenAccess> const& given)
{
    SecondPerson second;
    second.parties.push_back(account);
    for (auto const& each : given) {
        if (each.giver == AccountId::none) {
            second.roles = headteacher_only;
            continue;
        }
        auto giver = find_account(ledger, each.giver);
        if (!giver)
            return giver.error();
        if (giver->is_break_glass)
            second.roles = headteacher_only;
        second.parties.push_back(std::move(*giver));
    }
    return second;
}

/// An account that is held, with who may say that it is them.
struct Held {
    Account account;
    std::vector<GivenAccess> given; ///< oldest first, never empty
    SecondPerson second;
};

/// Errors: `errc::wrong_state` if it is not held.
result<Held> load_held(Ledger& ledger, AccountId id, Instant now)
{
    auto account = find_account(ledger, id);
    auto given = given_to(ledger, id, now);
    if (!account || !given)
        return !account ? account.error() : given.error();
    if (given->empty())
        return errc::wrong_state;
    auto second = second_person_for(ledger, *account, *given);
    if (!second)
        return second.error();
    return Held{std::move(*account), std::move(*given), std::move(*second)};
}

struct Turn {
    Account by;
    std::vector<GivenAccess> given;
};

/// Everything that confirming needs. Errors: as confirm_access.
result<Turn> take_turn(Ledger& ledger, AccessStep const& step)
{
    auto held = load_held(ledger, step.account, step.now);
    if (!held)
        return held.error();
    auto by = require_second_person(ledger, step.actor, held->second, step.now);
    if (!by)
        return by.error();
    if (held->given.back().id != step.newest)
        return errc::stale;
    return Turn{std::move(*by), std::move(held->given)};
}

std::string kinds_of(std::vector<GivenAccess> const& given)
{
    std::string text;
    for (auto const& each : given)
        text += fmt::format("{}{}", text.empty() ? "" : " ", to_text(each.kind));
    return text;
}

} // namespace

std::string_view to_text(AccessKind kind)
{
    auto const index = static_cast<std::size_t>(kind);
    return index < kind_names.size() ? kind_names[index] : kind_names.front();
}

result<void> note_given_access(Ledger& ledger, AccountId account, AccessKind kind, Actor const& actor, Instant now)
{
    auto const target = find_account(ledger, account);
    if (!target)
        return target.error();
    if (target->is_break_glass || !needs_second_person(target->console_role))
        return {};
    if (actor.account != AccountId::none) {
        auto const giver = find_account(ledger, actor.account);
        if (!giver)
            return giver.error();
        if (auto const known = require_known(*giver, now); !known)
            return known;
    }
    return ledger.database().execute(
        "INSERT INTO given_access (account, kind, given_at, given_by) VALUES (?, ?, ?, nullif(?, 0))", account, kind, now,
        actor.account);
}

result<AccessHold> find_access_hold(Ledger& ledger, AccountId id, Instant now)
{
    auto held = load_held(ledger, id, now);
    if (!held)
        return held.error();
    auto confirmers = second_people(ledger, held->second, now);
    if (!confirmers)
        return confirmers.error();
    auto const newest = std::max_element(held->given.begin(), held->given.end(),
        [](GivenAccess const& left, GivenAccess const& right) { return left.given_at < right.given_at; });
    auto const until = newest->given_at + settling_time;
    return AccessHold{std::move(held->account), std::move(held->given), until, std::move(*confirmers)};
}

result<std::vector<AccessHold>> list_access_holds(Ledger& ledger, Instant now)
{
    auto const accounts = list_accounts(ledger);
    if (!accounts)
        return accounts.error();
    std::vector<AccessHold> holds;
    for (auto const& account : *accounts) {
        if (!account.is_held(now) || account.disabled)
            continue;
        auto hold = find_access_hold(ledger, account.id, now);
        if (!hold)
            return hold.error();
        holds.push_back(std::move(*hold));
    }
    return holds;
}

result<void> confirm_access(Ledger& ledger, AccessStep const& step)
{
    Deed const deed{"account.confirm-access", fmt::format("account:{}", number(step.account)), step.actor, step.now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        auto const turn = take_turn(ledger, step);
        if (!turn)
            return turn.error();
        auto const confirmed = ledger.database().execute(
            "UPDATE given_access SET confirmed_at = ?1, confirmed_by = ?2 WHERE account = ?3 AND confirmed_at IS NULL"
            " AND given_at > ?4 AND id <= ?5",
            step.now, turn->by.id, step.account, step.now - settling_time, step.newest);
        if (!confirmed)
            return confirmed;
        return audit(ledger, deed, kinds_of(turn->given));
    });
}

result<void> check_access_turn(Ledger& ledger, AccessStep const& step)
{
    auto const turn = take_turn(ledger, step);
    return turn ? result<void>{} : result<void>{turn.error()};
}

result<std::size_t> count_holds_for(Ledger& ledger, Account const& reader, Instant now)
{
    if (!could_be_second(reader, {}))
        return std::size_t{0};
    auto const holds = list_access_holds(ledger, now);
    if (!holds)
        return holds.error();
    return static_cast<std::size_t>(std::count_if(holds->begin(), holds->end(), [&](AccessHold const& hold) {
        return std::any_of(
            hold.confirmers.begin(), hold.confirmers.end(), [&](Account const& each) { return each.id == reader.id; });
    }));
}

} // namespace gatehouse::store
