#include "proxy/store/given_access_steps.hpp"
#include "proxy/store/unconfirmed_access.hpp"

#include <algorithm>

namespace gatehouse::store {
namespace {

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

} // namespace

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

} // namespace gatehouse::store
