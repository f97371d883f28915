#include "proxy/store/log_purposes.hpp"

#include "proxy/store/acting.hpp"

#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr std::size_t purpose_limit = 500; // bytes
constexpr std::string_view select_purpose
    = "SELECT p.id, p.account, a.login, p.purpose, p.from_at, p.until, p.ended_at FROM log_purposes p"
      " JOIN accounts a ON a.id = p.account ";

LogPurpose read_purpose(Statement const& row)
{
    return {row.id<LogPurposeId>(0), row.id<AccountId>(1), row.text(2), row.text(3), row.instant(4), row.instant(5),
        row.optional_instant(6)};
}

std::string object_of(LogPurposeId id)
{
    return fmt::format("log-purpose:{}", number(id));
}

} // namespace

result<LogPurpose> begin_log_purpose(Ledger& ledger, std::string const& purpose, Instant until, Actor const& actor, Instant now)
{
    if (!is_plain_text(purpose, purpose_limit) || until <= now || until > now + longest_look)
        return errc::invalid_value;
    Deed const deed{"access-log.begin", "access-log", actor, now};
    return carry_out(ledger, deed, [&]() -> result<LogPurpose> {
        auto const account = require_role(ledger, actor, {ConsoleRole::marketing});
        if (!account)
            return account.error();
        auto& database = ledger.database();
        auto const over = database.execute(
            "UPDATE log_purposes SET ended_at = ?1 WHERE account = ?2 AND ended_at IS NULL AND until > ?1", now, account->id);
        if (!over)
            return over.error();
        auto const added = database.execute(
            "INSERT INTO log_purposes (account, purpose, from_at, until) VALUES (?, ?, ?, ?)", account->id, purpose, now, until);
        if (!added)
            return added.error();
        auto const id = static_cast<LogPurposeId>(database.last_row_id());
        Deed const named{deed.action, object_of(id), actor, now};
        if (auto const audited = audit(ledger, named, "purpose: " + purpose); !audited)
            return audited.error();
        return LogPurpose{id, account->id, account->login, purpose, now, until, {}};
    });
}

result<void> end_log_purpose(Ledger& ledger, LogPurposeId id, Actor const& actor, Instant now)
{
    Deed const deed{"access-log.end", object_of(id), actor, now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        auto const found = ledger.database().first(fmt::format("{}WHERE p.id = ?", select_purpose), read_purpose, id);
        if (!found)
            return found.error();
        if (!*found)
            return errc::not_found;
        if ((*found)->account != actor.account)
            if (auto const other = require_role(ledger, actor, {ConsoleRole::headteacher, ConsoleRole::dpo}); !other)
                return other.error();
        if ((*found)->ended_at || (*found)->until <= now)
            return errc::wrong_state;
        auto const ended = ledger.database().execute("UPDATE log_purposes SET ended_at = ? WHERE id = ?", now, id);
        return ended ? audit(ledger, deed, (*found)->purpose) : ended;
    });
}

result<std::optional<LogPurpose>> live_log_purpose(Ledger& ledger, AccountId account, Instant now)
{
    static std::string const sql = fmt::format(
        "{}WHERE p.account = ?1 AND p.ended_at IS NULL AND p.from_at <= ?2 AND p.until > ?2 ORDER BY p.id DESC LIMIT 1",
        select_purpose);
    return ledger.database().first(sql, read_purpose, account, now);
}

result<std::size_t> count_log_purposes(Ledger& ledger)
{
    return count_rows(ledger, "SELECT count(*) FROM log_purposes");
}

result<std::vector<LogPurpose>> list_log_purposes(Ledger& ledger, std::size_t limit, std::size_t skipped)
{
    static std::string const sql = fmt::format("{}ORDER BY p.id DESC LIMIT ? OFFSET ?", select_purpose);
    return ledger.database().collect(sql, read_purpose, static_cast<std::int64_t>(limit), static_cast<std::int64_t>(skipped));
}

} // namespace gatehouse::store
