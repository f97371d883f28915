#include "proxy/store/given_access.hpp"

#include "proxy/store/given_access_steps.hpp"
#include "proxy/store/role_grants.hpp"

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

} // namespace gatehouse::store
