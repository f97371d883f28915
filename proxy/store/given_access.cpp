#include "proxy/store/given_access.hpp"

#include "proxy/store/given_access_steps.hpp"
#include "proxy/store/role_grants.hpp"
#include "proxy/store/unconfirmed_access.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr std::array<std::string_view, 3> kind_names{"password", "code-off", "sign-on"};

GivenAccess read_given(Statement const& row)
{
    return {row.id<GivenAccessId>(0), row.id<AccountId>(1), row.id<AccessKind>(2), row.instant(3), row.text(4),
        row.id<AccountId>(5), row.optional_instant(6), row.optional_instant(7), row.text(8), row.text(9)};
}

struct Confirmation {
    AccountId by = AccountId::none; ///< none: the machine's owner
    std::vector<GivenAccess> given;
};

/// Also those whose yes would not count: who is left out, or waits themselves.
result<std::size_t> count_refusers(Ledger& ledger, Held const& held)
{
    auto const accounts = list_accounts(ledger);
    if (!accounts)
        return accounts.error();
    auto const refusers = refusers_of(held);
    return static_cast<std::size_t>(
        std::count_if(accounts->begin(), accounts->end(), [&](Account const& each) { return could_be_second(each, refusers); }));
}

/// The machine's owner may be whoever gave it, so only where nobody of the console could confirm; and after a day what was given on the machine, or what
/// somebody can say no to: they have that day to see it.
result<void> require_last_resort(Ledger& ledger, Actor const& actor, Held const& held, Instant now)
{
    auto const others = count_second_people(ledger, held.second, now, Waiters::a_day_only);
    if (!others)
        return others.error();
    if (actor.name.empty() || *others > 0)
        return errc::not_permitted;
    auto const& given = held.given;
    bool const by_machine
        = std::any_of(given.begin(), given.end(), [](GivenAccess const& each) { return each.giver == AccountId::none; });
    auto const refusers = count_refusers(ledger, held);
    if (!refusers)
        return refusers.error();
    bool const waits = (by_machine || *refusers > 0) && now < given.back().given_at + settling_time;
    return waits ? result<void>{errc::access_given_recently} : result<void>{};
}

result<AccountId> require_confirmer(Ledger& ledger, Actor const& actor, Held const& held, Instant now)
{
    if (actor.account == AccountId::none) {
        auto const allowed = require_last_resort(ledger, actor, held, now);
        return allowed ? result<AccountId>{AccountId::none} : result<AccountId>{allowed.error()};
    }
    auto const by = require_second_person(ledger, actor, held.second, now);
    return by ? result<AccountId>{by->id} : result<AccountId>{by.error()};
}

/// Held, or late. Errors: as load_late.
result<Held> load_unsaid(Ledger& ledger, AccountId id, Instant now)
{
    auto held = load_held(ledger, id, now);
    return !held && held.error() == errc::wrong_state ? load_late(ledger, id, now) : held;
}

/// Everything that confirming needs. Errors: as confirm_access.
result<Confirmation> take_confirmation(Ledger& ledger, AccessStep const& step)
{
    auto held = load_unsaid(ledger, step.account, step.now);
    if (!held)
        return held.error();
    auto const by = require_confirmer(ledger, step.actor, *held, step.now);
    if (!by)
        return by.error();
    if (held->given.back().id != step.newest)
        return errc::stale;
    return Confirmation{*by, std::move(held->given)};
}

/// Of accounts that are open, by user name.
result<std::vector<Held>> list_held(Ledger& ledger, Instant now)
{
    static std::string const sql = fmt::format("SELECT DISTINCT account FROM given_access JOIN accounts a ON a.id = account"
                                               " WHERE a.disabled = 0 AND {} AND {} ORDER BY a.login",
        role_is_held, holds_still);
    auto const ids = ledger.database().collect(
        sql, [](Statement const& row) { return row.id<AccountId>(0); }, now - settling_time);
    if (!ids)
        return ids.error();
    std::vector<Held> all;
    for (auto const id : *ids) {
        auto held = load_held(ledger, id, now);
        if (!held)
            return held.error();
        all.push_back(std::move(*held));
    }
    return all;
}

/// When somebody was told of the last of them; nothing: of one of them nobody was.
std::optional<Instant> told_of_all(std::vector<GivenAccess> const& given)
{
    std::optional<Instant> last;
    for (auto const& each : given) {
        if (!each.told_at)
            return std::nullopt;
        last = std::max(last.value_or(*each.told_at), *each.told_at);
    }
    return last;
}

result<AccessHold> hold_of(Ledger& ledger, Held held, Instant now)
{
    auto confirmers = second_people(ledger, held.second, now);
    if (!confirmers)
        return confirmers.error();
    auto const told = told_of_all(held.given);
    auto const until = told ? std::optional{*told + settling_time} : std::nullopt;
    bool const by_machine = require_last_resort(ledger, system_actor, held, now).has_value();
    return AccessHold{std::move(held.account), std::move(held.given), until, std::move(*confirmers), by_machine};
}

/// The mail went to a headteacher; to which of several nobody knows.
bool tells_by_mail(std::vector<Account> const& accounts, Held const& held, Instant now)
{
    bool is_told = false;
    for (auto const& each : accounts) {
        if (!could_be_second(each, {headteacher_only, {}}))
            continue;
        if (!could_be_second(each, {headteacher_only, held.second.parties}))
            return false;
        is_told = is_told || !each.is_held(now);
    }
    return is_told;
}

} // namespace

bool may_be_held(ConsoleRole role)
{
    return needs_second_person(role) || role == ConsoleRole::marketing || role == ConsoleRole::auditor;
}

std::string_view to_text(AccessKind kind)
{
    auto const index = static_cast<std::size_t>(kind);
    return index < kind_names.size() ? kind_names[index] : kind_names.front();
}

result<std::vector<GivenAccess>> given_to(Ledger& ledger, AccountId account, std::string_view where, Instant since)
{
    auto const sql
        = fmt::format("SELECT id, account, kind, given_at, coalesce((SELECT login FROM accounts a WHERE a.id = given_by), ''),"
                      " coalesce(given_by, 0), told_at, refused_at, coalesce((SELECT login FROM accounts a WHERE a.id = "
                      "refused_by), ''), refusal FROM given_access WHERE ?1 >= 0 AND account = ?2 AND {} ORDER BY id",
            where);
    return ledger.database().collect(sql, read_given, since, account);
}

namespace {

bool holds(GivenAccess const& given, Instant now)
{
    return !given.told_at || *given.told_at > now - settling_time;
}

/// When the first was given of those that hold the account; of all where none does.
Instant waits_since(std::vector<GivenAccess> const& given, Instant now)
{
    auto const first = std::find_if(given.begin(), given.end(), [now](GivenAccess const& each) { return holds(each, now); });
    return given.empty() ? now : first == given.end() ? given.front().given_at : first->given_at;
}

} // namespace

result<SecondPerson> second_person_for(Ledger& ledger, Account const& account, std::vector<GivenAccess> const& given, Instant now)
{
    SecondPerson second;
    second.parties.push_back(account);
    std::vector<AccountId> givers;
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
        givers.push_back(each.giver);
        second.parties.push_back(std::move(*giver));
    }
    if (auto const left_out = leave_out_given(ledger, second, givers, now); !left_out)
        return left_out.error();
    auto const others = count_second_people(ledger, second, now, Waiters::a_day_only);
    if (!others)
        return others.error();
    // Nobody: of one headteacher and one ICT lead, one gave it to the other.
    ask_chief(second, *others, waits_since(given, now), now);
    return second;
}

SecondPerson refusers_of(Held const& held)
{
    return {chief_may(held.second) ? with_chief : account_confirmers, held.second.parties};
}

namespace {

/// With the ways in that these are. Errors: `errc::wrong_state` if there is none.
result<Held> held_by(Ledger& ledger, AccountId id, result<std::vector<GivenAccess>> given, Instant now)
{
    auto account = find_account(ledger, id);
    if (!account || !given)
        return !account ? account.error() : given.error();
    if (given->empty())
        return errc::wrong_state;
    auto second = second_person_for(ledger, *account, *given, now);
    if (!second)
        return second.error();
    return Held{std::move(*account), std::move(*given), std::move(*second)};
}

/// Whether it has such a role, or lost one since: whoever gave the way in may have taken that.
result<std::size_t> count_held_roles(Ledger& ledger, Held const& held)
{
    auto const since = given_since(ledger, held.given.front().id);
    if (!since)
        return since.error();
    static std::string const sql
        = fmt::format("SELECT (SELECT count(*) FROM accounts a WHERE a.id = ?1 AND {}) + (SELECT count(*) FROM former_roles WHERE"
                      " account = ?1 AND role BETWEEN 1 AND 8 AND lost_at >= ?2)",
            role_is_held);
    return count_rows(ledger, sql, held.account.id, *since);
}

} // namespace

result<Held> load_held(Ledger& ledger, AccountId id, Instant now)
{
    // A word is of all before it: so whoever says it sees them, and is none who gave one.
    static std::string const sql = fmt::format("(({} AND told_at > ?1 - {}) OR {})", nobody_said,
        std::chrono::seconds{second_person_time - settling_time}.count(), holds_still);
    auto held = held_by(ledger, id, given_to(ledger, id, sql, now - settling_time), now);
    if (!held)
        return held;
    bool const is_held
        = std::any_of(held->given.begin(), held->given.end(), [now](GivenAccess const& each) { return holds(each, now); });
    return is_held && may_be_held(held->account.console_role) ? std::move(held) : result<Held>{errc::wrong_state};
}

result<Held> load_late(Ledger& ledger, AccountId id, Instant now)
{
    static std::string const sql = fmt::format("{} AND told_at > ?1", nobody_said);
    auto held = held_by(ledger, id, given_to(ledger, id, sql, now - second_person_time), now);
    if (!held)
        return held;
    auto const& account = held->account;
    if (account.access_refused || (account.is_held(now) && !account.disabled))
        return errc::wrong_state;
    auto const roles = count_held_roles(ledger, *held);
    if (!roles || *roles == 0)
        return roles ? make_error_code(errc::wrong_state) : roles.error();
    return held;
}

std::string kinds_of(std::vector<GivenAccess> const& given)
{
    std::string text;
    for (auto const& each : given)
        text += fmt::format("{}{}", text.empty() ? "" : " ", to_text(each.kind));
    return text;
}

result<void> note_given_access(Ledger& ledger, AccountId account, AccessKind kind, Actor const& actor, Instant now)
{
    auto const target = find_account(ledger, account);
    if (!target)
        return target.error();
    if (target->is_break_glass)
        return {};
    if (actor.account != AccountId::none) {
        auto const giver = find_account(ledger, actor.account);
        if (!giver)
            return giver.error();
        if (auto const known = require_known(*giver, now); !known)
            return known;
    }
    return ledger.database().execute("INSERT INTO given_access (account, kind, given_at, given_by, audited)"
                                     " VALUES (?, ?, ?, nullif(?, 0), (SELECT coalesce(max(sequence), 0) FROM audit))",
        account, kind, now, actor.account);
}

result<void> note_holds_mailed(Ledger& ledger, std::int64_t sequence, Instant now)
{
    auto const all = list_held(ledger, now);
    auto const accounts = list_accounts(ledger);
    if (!all || !accounts)
        return !all ? all.error() : accounts.error();
    for (auto const& held : *all) {
        if (!tells_by_mail(*accounts, held, now))
            continue;
        auto const noted = ledger.database().execute(
            "UPDATE given_access SET told_at = ? WHERE account = ? AND told_at IS NULL AND audited < ?", now, held.account.id,
            sequence);
        if (!noted)
            return noted;
    }
    return {};
}

result<AccessHold> find_access_hold(Ledger& ledger, AccountId id, Instant now)
{
    auto held = load_held(ledger, id, now);
    return held ? hold_of(ledger, std::move(*held), now) : result<AccessHold>{held.error()};
}

result<AccessHold> find_late_access(Ledger& ledger, AccountId id, Instant now)
{
    auto late = load_late(ledger, id, now);
    return late ? hold_of(ledger, std::move(*late), now) : result<AccessHold>{late.error()};
}

result<std::vector<AccessHold>> list_late_access(Ledger& ledger, Instant now)
{
    auto const ids = ledger.database().collect(
        "SELECT a.id FROM accounts a WHERE EXISTS (SELECT 1 FROM given_access WHERE account = a.id AND"
        " confirmed_at IS NULL AND refused_at IS NULL AND told_at > ?) ORDER BY a.login",
        [](Statement const& row) { return row.id<AccountId>(0); }, now - second_person_time);
    if (!ids)
        return ids.error();
    std::vector<AccessHold> all;
    for (auto const id : *ids) {
        auto late = find_late_access(ledger, id, now);
        if (!late && late.error() != errc::wrong_state)
            return late.error();
        if (late)
            all.push_back(std::move(*late));
    }
    return all;
}

result<std::vector<GivenAccess>> unconfirmed_access(Ledger& ledger, AccountId account, Instant now)
{
    return given_to(ledger, account, holds_still, now - settling_time);
}

result<std::vector<AccessHold>> list_access_holds(Ledger& ledger, Instant now)
{
    auto all = list_held(ledger, now);
    if (!all)
        return all.error();
    std::vector<AccessHold> holds;
    for (auto& each : *all) {
        auto hold = hold_of(ledger, std::move(each), now);
        if (!hold)
            return hold.error();
        holds.push_back(std::move(*hold));
    }
    return holds;
}

result<void> confirm_access(Ledger& ledger, AccessStep const& step)
{
    Deed const deed{"account.confirm-access", object_of(step.account), step.actor, step.now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        auto const turn = take_confirmation(ledger, step);
        if (!turn)
            return turn.error();
        for (auto const& each : turn->given)
            if (auto const confirmed
                = ledger.database().execute("UPDATE given_access SET confirmed_at = ?, confirmed_by = nullif(?, 0) WHERE id = ?",
                    step.now, turn->by, each.id);
                !confirmed)
                return confirmed;
        return audit(ledger, deed, kinds_of(turn->given));
    });
}

result<void> check_access_turn(Ledger& ledger, AccessStep const& step)
{
    auto const turn = take_confirmation(ledger, step);
    return turn ? result<void>{} : result<void>{turn.error()};
}

result<Instant> access_left_out_until(Ledger& ledger, AccessStep const& step)
{
    auto const held = load_unsaid(ledger, step.account, step.now);
    return held ? left_out_until(held->second, step.actor.account) : result<Instant>{held.error()};
}

result<std::size_t> count_holds_for(Ledger& ledger, Account const& reader, Instant now)
{
    if (!could_be_second(reader, {with_chief, {}}))
        return std::size_t{0};
    auto const all = list_held(ledger, now);
    if (!all)
        return all.error();
    return static_cast<std::size_t>(
        std::count_if(all->begin(), all->end(), [&](Held const& held) { return could_be_second(reader, refusers_of(held)); }));
}

result<GivenAccessId> newest_hold_for_chief(Ledger& ledger, Instant now)
{
    auto const all = list_held(ledger, now);
    if (!all)
        return all.error();
    auto newest = GivenAccessId::none;
    for (auto const& held : *all)
        if (chief_may(held.second))
            newest = std::max(newest, held.given.back().id);
    return newest;
}

result<void> note_holds_seen(Ledger& ledger, AccountId id, Instant now)
{
    auto const reader = find_account(ledger, id);
    if (!reader || reader->is_held(now) || !could_be_second(*reader, {with_chief, {}}))
        return reader ? result<void>{} : result<void>{reader.error()};
    auto const all = list_held(ledger, now);
    if (!all)
        return all.error();
    static std::string const sql = fmt::format(
        "UPDATE given_access SET told_at = ?2, told_by = ?3 WHERE account = ?4 AND told_at IS NULL AND {}", holds_still);
    for (auto const& held : *all) {
        if (held.account.access_told_at || !could_be_second(*reader, held.second))
            continue;
        auto const noted
            = ledger.transact([&] { return ledger.database().execute(sql, now - settling_time, now, id, held.account.id); });
        if (!noted)
            return noted;
    }
    return {};
}

} // namespace gatehouse::store
