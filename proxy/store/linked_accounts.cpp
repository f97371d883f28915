#include "proxy/store/linked_accounts.hpp"

#include "proxy/store/acting.hpp"

#include <fmt/format.h>

namespace gatehouse::store {
namespace {

/// An account with somebody in it, for the machine's owner.
result<Account> require_living(Ledger& ledger, AccountId id, Actor const& actor)
{
    if (actor.account != AccountId::none)
        return errc::not_permitted;
    auto account = find_account(ledger, id);
    if (account && account->forgotten_at)
        return errc::wrong_state;
    return account;
}

/// How many other accounts are of this human being.
result<std::int64_t> count_others(Ledger& ledger, std::string const& person, AccountId but)
{
    auto const count = ledger.database().first(
        "SELECT count(*) FROM accounts WHERE person = ? AND id <> ?", [](Statement const& row) { return row.integer(0); }, person,
        but);
    return count ? result<std::int64_t>{count->value_or(0)} : result<std::int64_t>{count.error()};
}

/// "role officer, headteacher", or nothing: what any account of these two has, for the notices. Whose number the row has may have none itself.
result<std::string> roles_of(Ledger& ledger, std::string const& person, std::string const& other)
{
    auto const roles = ledger.database().collect(
        "SELECT DISTINCT console_role FROM accounts WHERE person IN (?, ?) AND console_role <> 0 ORDER BY console_role",
        [](Statement const& row) { return row.id<ConsoleRole>(0); }, person, other);
    if (!roles)
        return roles.error();
    std::string text;
    for (auto const role : *roles)
        text += fmt::format("{}{}", text.empty() ? "role " : ", ", to_text(role));
    return text;
}

/// The others are known by a user name of the one that is parted, or by what it was known by when it was alone: they get a key of their own.
result<void> rename_others(Ledger& ledger, Account const& parted)
{
    auto const is_theirs
        = count_rows(ledger, "SELECT count(*) FROM account_logins WHERE account = ?1 AND (login = ?2 OR ?2 LIKE '%#' || ?1)",
            parted.id, parted.person);
    if (!is_theirs || *is_theirs == 0)
        return is_theirs ? result<void>{} : result<void>{is_theirs.error()};
    auto const key = ledger.database().first(
        "SELECT login || '#' || id FROM accounts WHERE person = ? AND id <> ? ORDER BY id LIMIT 1",
        [](Statement const& row) { return row.text(0); }, parted.person, parted.id);
    if (!key || !*key)
        return key ? result<void>{} : result<void>{key.error()};
    return ledger.database().execute(
        "UPDATE accounts SET person = ? WHERE person = ? AND id <> ?", **key, parted.person, parted.id);
}

} // namespace

result<void> link_accounts(Ledger& ledger, AccountId account, AccountId other, Actor const& actor, Instant now)
{
    Deed const deed{"account.link", object_of(account), actor, now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        auto const one = require_living(ledger, account, actor);
        auto const two = one ? require_living(ledger, other, actor) : one;
        if (!two)
            return two.error();
        if (one->person == two->person)
            return {};
        auto const roles = roles_of(ledger, one->person, two->person);
        if (!roles)
            return roles.error();
        auto const linked
            = ledger.database().execute("UPDATE accounts SET person = ? WHERE person = ?", two->person, one->person);
        if (!linked)
            return linked;
        return audit(ledger, deed, (roles->empty() ? std::string{} : *roles + ": ") + "with " + two->login);
    });
}

result<void> unlink_account(Ledger& ledger, AccountId account, Actor const& actor, Instant now)
{
    Deed const deed{"account.unlink", object_of(account), actor, now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        auto const found = require_living(ledger, account, actor);
        if (!found)
            return found.error();
        auto const others = count_others(ledger, found->person, account);
        if (!others || *others == 0)
            return others ? result<void>{} : result<void>{others.error()};
        auto const roles = roles_of(ledger, found->person, found->person);
        if (!roles)
            return roles.error();
        if (auto const renamed = rename_others(ledger, *found); !renamed)
            return renamed;
        // The user name may be what others were known by once.
        auto const alone = fmt::format("{}#{}", found->login, number(account));
        auto const parted = ledger.database().execute("UPDATE accounts SET person = ? WHERE id = ?", alone, account);
        return parted ? audit(ledger, deed, *roles) : parted;
    });
}

} // namespace gatehouse::store
