#include "proxy/store/believed_time.hpp"

#include <fmt/chrono.h>

namespace gatehouse::store {

BelievedTime believe(BelievedTime before, Instant now)
{
    if (before.at == Instant{} || now <= before.at + longest_step)
        return {now, {}};
    constexpr std::chrono::hours put_right{1}; // what a time server may take back
    bool const leapt_again = now < before.leap_seen - put_right || now > before.leap_seen + longest_step;
    if (before.leap_seen == Instant{} || leapt_again)
        return {before.at, now};
    if (now - before.leap_seen >= leap_stands)
        return {now, {}};
    return before;
}

result<BelievedTime> keep_believed_time(Ledger& ledger, Instant now)
{
    auto& database = ledger.database();
    auto const found = database.first("SELECT at, leap_seen FROM believed_time", [](Statement const& row) {
        return BelievedTime{row.instant(0), row.instant(1)};
    });
    if (!found)
        return found.error();
    auto const before = found->value_or(BelievedTime{});
    auto const after = believe(before, now);
    bool const is_new_leap = after.leap_seen != before.leap_seen && after.leap_seen != Instant{};
    bool const is_worth_it
        = after.leap_seen != before.leap_seen || after.at < before.at || after.at - before.at >= std::chrono::hours{1};
    if (!is_worth_it)
        return after;
    return ledger.transact([&]() -> result<BelievedTime> {
        auto const kept = database.execute("INSERT INTO believed_time (one, at, leap_seen) VALUES (1, ?1, ?2) ON CONFLICT (one) "
                                           "DO UPDATE SET at = ?1, leap_seen = ?2",
            after.at, after.leap_seen);
        if (!kept)
            return kept.error();
        if (!is_new_leap)
            return after;
        auto const detail
            = fmt::format("from {:%Y-%m-%d %H:%M} to {:%Y-%m-%d %H:%M} UTC; no record goes by it for a day", after.at, now);
        if (auto const written = append_audit(ledger, {now, AccountId::none, "system", "", "clock.leap", "clock", detail});
            !written)
            return written.error();
        return after;
    });
}

} // namespace gatehouse::store
