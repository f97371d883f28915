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
        auto const linked
            = ledger.database().execute("UPDATE accounts SET person = ? WHERE person = ?", two->person, one->person);
        return linked ? audit(ledger, deed, "with " + two->login) : linked;
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
        // The user name may be what the others are known by.
        auto const alone = fmt::format("{}#{}", found->login, number(account));
        auto const parted = ledger.database().execute("UPDATE accounts SET person = ? WHERE id = ?", alone, account);
        return parted ? audit(ledger, deed, "") : parted;
    });
}

} // namespace gatehouse::store
