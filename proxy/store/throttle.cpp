#include "proxy/store/throttle.hpp"

#include <algorithm>
#include <array>

namespace gatehouse::store {
namespace {

struct Counter {
    std::string key;
    int free = free_tries;
};

/// The counters that an attempt touches. From an address where this login has signed in before, only the pair is counted.
struct Counters {
    Counter pair;
    std::optional<Counter> address, login;
};

result<Counters> counters_of(Database& database, std::string const& login, std::string const& address)
{
    auto const known = database.first(
        "SELECT 1 FROM known_addresses WHERE login = ? AND address = ?", [](Statement const& row) { return row.integer(0); },
        login, address);
    if (!known)
        return known.error();
    // The separator occurs in no login and in no address.
    Counters counters{{"pair\n" + login + "\n" + address, free_tries}, {}, {}};
    if (*known)
        return counters;
    counters.address = Counter{"address\n" + address, free_tries};
    counters.login = Counter{"login\n" + login, free_tries_per_login};
    return counters;
}

struct Tries {
    int wrong = 0;
    Instant last_at{};
};

result<Tries> read_tries(Database& database, std::string const& key, Instant now)
{
    auto const found = database.first(
        "SELECT wrong, last_at FROM throttles WHERE key = ?",
        [](Statement const& row) {
            return Tries{static_cast<int>(row.integer(0)), row.instant(1)};
        },
        key);
    if (!found)
        return found.error();
    auto const tries = found->value_or(Tries{});
    return tries.last_at + throttle_memory < now ? Tries{} : tries;
}

/// Seconds to wait before this counter lets the next try through.
result<std::chrono::seconds> wait_of(Database& database, Counter const& counter, Instant now)
{
    auto const tries = read_tries(database, counter.key, now);
    if (!tries)
        return tries.error();
    auto const over_at = tries->last_at + delay_after(tries->wrong, counter.free);
    // A clock that was set back must not lock anybody out for longer than the delay itself.
    if (tries->last_at > now || over_at <= now)
        return std::chrono::seconds{0};
    return over_at - now;
}

result<void> count(Database& database, Counter const& counter, Instant now)
{
    auto const tries = read_tries(database, counter.key, now);
    if (!tries)
        return tries.error();
    return database.execute("INSERT INTO throttles (key, wrong, last_at) VALUES (?1, ?2, ?3)"
                            " ON CONFLICT (key) DO UPDATE SET wrong = ?2, last_at = ?3",
        counter.key, std::int64_t{tries->wrong + 1}, now);
}

} // namespace

std::chrono::seconds delay_after(int wrong_tries, int free)
{
    if (wrong_tries < free)
        return std::chrono::seconds{0};
    int const doublings = std::min(wrong_tries - free, 10);
    return std::min(std::chrono::seconds{1LL << doublings}, longest_delay);
}

result<std::chrono::seconds> admit_attempt(Ledger& ledger, std::string const& login, std::string const& address, Instant now)
{
    auto& database = ledger.database();
    return ledger.transact([&]() -> result<std::chrono::seconds> {
        auto const counters = counters_of(database, login, address);
        if (!counters)
            return counters.error();
        std::vector<Counter> touched{counters->pair};
        if (counters->address)
            touched.push_back(*counters->address);
        if (counters->login)
            touched.push_back(*counters->login);
        std::chrono::seconds longest{0};
        for (auto const& counter : touched) {
            auto const wait = wait_of(database, counter, now);
            if (!wait)
                return wait.error();
            longest = std::max(longest, *wait);
        }
        if (longest > std::chrono::seconds{0})
            return longest;
        for (auto const& counter : touched)
            if (auto const counted = count(database, counter, now); !counted)
                return counted.error();
        // Forgotten counters go here, so that guessing at many names cannot fill the disk for longer than a day.
        if (auto const pruned = database.execute("DELETE FROM throttles WHERE last_at < ?", now - throttle_memory); !pruned)
            return pruned.error();
        return longest;
    });
}

result<void> forgive_attempt(Ledger& ledger, std::string const& login, std::string const& address, Instant now)
{
    auto& database = ledger.database();
    auto const counters = counters_of(database, login, address);
    if (!counters)
        return counters.error();
    if (auto const forgiven = database.execute("DELETE FROM throttles WHERE key = ?", counters->pair.key); !forgiven)
        return forgiven;
    if (counters->login)
        if (auto const forgiven = database.execute("DELETE FROM throttles WHERE key = ?", counters->login->key); !forgiven)
            return forgiven;
    // One back only: with an account of one's own nobody wipes out the count of guesses at others'.
    if (counters->address)
        if (auto const forgiven
            = database.execute("UPDATE throttles SET wrong = max(wrong - 1, 0) WHERE key = ?", counters->address->key);
            !forgiven)
            return forgiven;
    return database.execute("INSERT INTO known_addresses (login, address, last_at) VALUES (?1, ?2, ?3)"
                            " ON CONFLICT (login, address) DO UPDATE SET last_at = ?3",
        login, address, now);
}

} // namespace gatehouse::store
