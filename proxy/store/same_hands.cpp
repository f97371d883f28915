// Who may be in the same hands (second_person.hpp): ways in that somebody gave an account, that hold it no more, and of which nobody has said a word.
#include "proxy/store/given_access_steps.hpp"
#include "proxy/store/second_person.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace gatehouse::store {
namespace {

/// Whoever gave it may be in the account, until a word is said of it or it is too late for one.
struct WayIn {
    AccountId account = AccountId::none;
    AccountId giver = AccountId::none; ///< none: at the command line
    std::string giver_person;
    bool is_from_anybody = false; ///< from there, or with the account for emergencies
    bool is_held = false;         ///< a newer one holds the account, so it decides nothing now
    Instant until{};
};

result<std::vector<WayIn>> find_unsaid(Ledger& ledger, Instant now)
{
    static std::string const sql
        = fmt::format("SELECT g.account, coalesce(g.given_by, 0), coalesce(b.person, ''), g.given_by IS NULL OR b.break_glass,"
                      " EXISTS (SELECT 1 FROM given_access WHERE account = g.account AND {}), g.told_at FROM given_access g LEFT"
                      " JOIN accounts b ON b.id = g.given_by WHERE g.told_at > ?2 AND g.told_at <= ?1 AND g.id > (SELECT"
                      " coalesce(max(id), 0) FROM given_access WHERE account = g.account AND"
                      " coalesce(refused_at, confirmed_at) IS NOT NULL)",
            holds_still);
    return ledger.database().collect(
        sql,
        [](Statement const& row) {
            return WayIn{row.id<AccountId>(0), row.id<AccountId>(1), row.text(2), row.flag(3), row.flag(4),
                row.instant(5) + second_person_time};
        },
        now - settling_time, now - second_person_time);
}

/// Accounts and people that may be the same hands, and until when: as long as every step on the way to them.
class Hands {
public:
    /// What one reaches through another; false if that is known already.
    bool reach(AccountId id, Instant until) { return id != AccountId::none && later(accounts_[id], until); }
    bool reach(std::string const& person, Instant until) { return !person.empty() && later(people_[person], until); }

    Instant of(AccountId id) const { return found(accounts_, id); }
    Instant of(AccountId id, std::string const& person) const { return std::max(of(id), found(people_, person)); }

private:
    static bool later(Instant& known, Instant until)
    {
        bool const is_later = until > known;
        known = std::max(known, until);
        return is_later;
    }
    template <class Map>
    static Instant found(Map const& map, typename Map::key_type const& key)
    {
        auto const at = map.find(key);
        return at == map.end() ? Instant{} : at->second;
    }
    std::map<AccountId, Instant> accounts_;
    std::map<std::string, Instant> people_;
};

/// Who may have been behind an account: whoever gave it a way in, and whoever gave them one before.
void add_behind(Hands& hands, std::vector<WayIn> const& ways)
{
    for (bool goes_on = true; goes_on;) {
        goes_on = false;
        for (auto const& way : ways) {
            if (way.is_from_anybody)
                continue;
            auto const until = std::min(hands.of(way.account), way.until);
            goes_on |= hands.reach(way.giver, until);
            goes_on |= hands.reach(way.giver_person, until);
        }
    }
}

/// Where those hands have a way in.
void add_reached(Hands& hands, std::vector<WayIn> const& ways)
{
    for (bool goes_on = true; goes_on;) {
        goes_on = false;
        for (auto const& way : ways) {
            auto const from = way.is_from_anybody ? way.until : hands.of(way.giver, way.giver_person);
            goes_on |= !way.is_held && hands.reach(way.account, std::min(from, way.until));
        }
    }
}

} // namespace

result<void> leave_out_given(Ledger& ledger, SecondPerson& second, std::vector<AccountId> const& actors, Instant now)
{
    auto const ways = find_unsaid(ledger, now);
    if (!ways)
        return ways.error();
    if (ways->empty())
        return {};
    Hands hands;
    for (auto const id : actors)
        hands.reach(id, Instant::max());
    add_behind(hands, *ways);
    for (auto const& party : second.parties)
        hands.reach(party.person, Instant::max());
    add_reached(hands, *ways);
    auto const accounts = list_accounts(ledger);
    if (!accounts)
        return accounts.error();
    for (auto const& each : *accounts) {
        auto const until = hands.of(each.id, each.person);
        if (until <= now || has_part(each.id, each.person, second))
            continue;
        auto const roles = second.roles;
        bool const is_reason = std::find(roles.begin(), roles.end(), each.console_role) != roles.end();
        second.left_out[each.id] = {until, is_reason};
    }
    return {};
}

} // namespace gatehouse::store
