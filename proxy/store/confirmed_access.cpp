#include "proxy/store/given_access_steps.hpp"

#include <algorithm>

namespace gatehouse::store {
namespace {

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

} // namespace

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

namespace {

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

} // namespace

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

} // namespace gatehouse::store
