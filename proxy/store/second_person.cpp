#include "proxy/store/second_person.hpp"

#include "proxy/store/given_access_steps.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace gatehouse::store {
namespace {

constexpr std::chrono::hours counts_still{24}; // whoever was closed or lost the role is still a second person

bool is_apart(Account const& third, SecondPerson const& second)
{
    return !has_part(third.id, third.person, second) && !second.left_out.contains(third.id);
}

bool is_one_of(ConsoleRole role, std::initializer_list<ConsoleRole> roles)
{
    return std::find(roles.begin(), roles.end(), role) != roles.end();
}

result<Account> check_apart(result<Account> account, SecondPerson const& second)
{
    if (!account)
        return account;
    if (account->is_break_glass)
        return errc::not_permitted;
    if (has_part(account->id, account->person, second))
        return errc::same_person;
    return is_apart(*account, second) ? account : result<Account>{errc::way_in_unsaid};
}

/// Of what this one does with accounts nobody but `leaving` could be the second person.
bool is_only_confirmer(std::vector<Account> const& accounts, Account const& of, AccountId leaving)
{
    SecondPerson const second{with_chief, {of}};
    bool is_one = false, has_another = false;
    for (auto const& each : accounts)
        (each.id == leaving ? is_one : has_another) |= could_be_second(each, second);
    return is_one && !has_another;
}

/// What an account was until a moment ago; of one account there may be several.
struct Before {
    AccountId id = AccountId::none;
    ConsoleRole role = ConsoleRole::none;
};

/// Whom a no closed while they were one still: until somebody opens them, whoever gave them a way in on the machine may have said it in the console. Of who
/// had left before that, a late no makes nobody a second person again.
result<std::set<AccountId>> closed_by_no(Ledger& ledger)
{
    static std::string const sql = fmt::format(
        "SELECT id FROM accounts a WHERE access_refused = 1 AND disabled_at > (SELECT refused_at FROM given_access WHERE account"
        " = a.id AND refused_at IS NOT NULL ORDER BY id DESC LIMIT 1) - {}",
        std::chrono::seconds{counts_still}.count());
    auto const ids = ledger.database().collect(sql, [](Statement const& row) { return row.id<AccountId>(0); });
    if (!ids)
        return ids.error();
    return std::set<AccountId>(ids->begin(), ids->end());
}

/// Those whose account waits for longer than a day.
result<std::set<AccountId>> long_held(Ledger& ledger, Instant now)
{
    static std::string const sql
        = fmt::format("SELECT account FROM given_access WHERE {} GROUP BY account HAVING min(given_at) <= ?1", holds_still);
    auto const ids = ledger.database().collect(
        sql, [](Statement const& row) { return row.id<AccountId>(0); }, now - settling_time);
    if (!ids)
        return ids.error();
    return std::set<AccountId>(ids->begin(), ids->end());
}

} // namespace

bool has_part(AccountId id, std::string const& person, SecondPerson const& second)
{
    auto const& accounts = second.accounts;
    return std::find(accounts.begin(), accounts.end(), id) != accounts.end()
        || std::any_of(second.parties.begin(), second.parties.end(),
            [&](Account const& each) { return each.id == id || each.person == person; });
}

result<Parties> find_parties(Ledger& ledger, std::vector<AccountId> const& accounts)
{
    Parties parties;
    for (auto const id : accounts) {
        auto account = find_account(ledger, id);
        if (!account)
            return account.error();
        parties.push_back(std::move(*account));
    }
    return parties;
}

result<Instant> left_out_until(SecondPerson const& second, AccountId account)
{
    auto const found = second.left_out.find(account);
    return found == second.left_out.end() ? result<Instant>{errc::not_found} : result<Instant>{found->second.until};
}

result<Account> require_second_person(Ledger& ledger, Actor const& actor, SecondPerson const& second, Instant now)
{
    auto account = check_apart(require_settled_role(ledger, actor, second.roles, now), second);
    auto const left_out = second.left_out.find(actor.account);
    // The chief executive may be asked in their place, and they have a right to know why.
    bool const is_reason = left_out != second.left_out.end() && left_out->second.is_reason;
    return !account && account.error() == errc::not_permitted && is_reason ? result<Account>{errc::way_in_unsaid} : account;
}

result<Account> require_refuser(Ledger& ledger, Actor const& actor, SecondPerson const& second)
{
    return check_apart(require_role(ledger, actor, second.roles), second);
}

bool chief_may(SecondPerson const& second)
{
    return is_one_of(ConsoleRole::chief_executive, second.roles);
}

void ask_chief(SecondPerson& second, std::size_t others, Instant since, Instant now)
{
    if (others == 0)
        second.roles = chief_only;
    else if (others == 1 && now >= since + settling_time)
        second.roles = is_one_of(ConsoleRole::ict_lead, second.roles) ? with_chief : head_or_chief;
}

bool could_be_second(Account const& account, SecondPerson const& second)
{
    return is_one_of(account.console_role, second.roles) && !account.disabled && !account.is_break_glass
        && is_apart(account, second);
}

result<std::vector<Account>> second_people(Ledger& ledger, SecondPerson const& second, Instant now)
{
    auto accounts = list_accounts(ledger);
    if (accounts)
        std::erase_if(*accounts, [&](Account const& each) {
            bool const is_new = each.role_changed_at && now < *each.role_changed_at + settling_time;
            return is_new || each.is_held(now) || !could_be_second(each, second);
        });
    return accounts;
}

result<std::size_t> count_second_people(Ledger& ledger, SecondPerson const& second, Instant now, Waiters waiters)
{
    auto const accounts = list_accounts(ledger);
    auto const before = ledger.database().collect(
        "SELECT account, role FROM former_roles WHERE lost_at > ?",
        [](Statement const& row) {
            return Before{row.id<AccountId>(0), row.id<ConsoleRole>(1)};
        },
        now - counts_still);
    if (!accounts || !before)
        return !accounts ? accounts.error() : before.error();
    auto const left_out = waiters == Waiters::count ? result<std::set<AccountId>>{std::set<AccountId>{}} : long_held(ledger, now);
    auto const refused = waiters == Waiters::count ? closed_by_no(ledger) : result<std::set<AccountId>>{std::set<AccountId>{}};
    if (!left_out || !refused)
        return !left_out ? left_out.error() : refused.error();
    auto const had_role = [&](AccountId id) {
        return std::any_of(before->begin(), before->end(),
            [&](Before const& each) { return each.id == id && is_one_of(each.role, second.roles); });
    };
    auto const is_second = [&](Account const& each) {
        bool const is_there
            = !each.disabled || refused->contains(each.id) || (each.disabled_at && *each.disabled_at > now - counts_still);
        bool const has_role = is_one_of(each.console_role, second.roles) || had_role(each.id);
        return is_there && has_role && !each.is_break_glass && !left_out->contains(each.id) && is_apart(each, second);
    };
    return static_cast<std::size_t>(std::count_if(accounts->begin(), accounts->end(), is_second));
}

result<void> require_another_confirmer(Ledger& ledger, Actor const& actor, AccountId leaving)
{
    if (actor.account == AccountId::none)
        return {};
    auto const accounts = list_accounts(ledger);
    if (!accounts)
        return accounts.error();
    for (auto const& each : *accounts)
        if (each.id == actor.account || (each.id != leaving && !each.disabled && each.console_role == ConsoleRole::ict_lead))
            if (is_only_confirmer(*accounts, each, leaving))
                return errc::last_confirmer;
    return {};
}

result<void> note_former_role(Ledger& ledger, AccountId account, Instant now)
{
    return ledger.database().execute("INSERT INTO former_roles (account, role, lost_at) SELECT id, console_role, ?1 FROM "
                                     "accounts WHERE id = ?2 AND console_role"
                                     " <> 0 ON CONFLICT (account, role) DO UPDATE SET lost_at = max(lost_at, ?1)",
        now, account);
}

} // namespace gatehouse::store
