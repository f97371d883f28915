#include "proxy/store/supervisions.hpp"

#include "proxy/store/acting.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr std::string_view select_supervision
    = "SELECT s.id, s.restriction, r.user, s.device, a.login, s.starts_at, s.ends_at, s.ended_at FROM supervisions s"
      " JOIN restrictions r ON r.id = s.restriction JOIN accounts a ON a.id = s.account ";
constexpr auto supervisors = {ConsoleRole::supervisor, ConsoleRole::officer, ConsoleRole::dsl, ConsoleRole::headteacher};

SupervisionRow read_supervision(Statement const& row)
{
    return {row.id<SupervisionId>(0), row.id<RestrictionId>(1), row.text(2), row.text(3), row.text(4), row.instant(5),
        row.instant(6), row.optional_instant(7)};
}

/// May supervise, and is not the person. Errors: `errc::not_permitted`, `same_person`.
result<Account> require_supervisor(Ledger& ledger, Actor const& actor, std::string const& user)
{
    auto account = require_role(ledger, actor, supervisors);
    if (!account)
        return account;
    auto const names = names_of(ledger, *account);
    if (!names)
        return names.error();
    if (names->has_login(user))
        return errc::same_person;
    return account;
}

result<SupervisionRow> find_supervision(Ledger& ledger, SupervisionId id)
{
    static std::string const sql = fmt::format("{}WHERE s.id = ?", select_supervision);
    auto found = ledger.database().first(sql, read_supervision, id);
    if (!found)
        return found.error();
    if (!*found)
        return errc::not_found;
    return std::move(**found);
}

bool is_in_force(RestrictionRow const& row, Instant now)
{
    return (row.state == RestrictionState::active || row.state == RestrictionState::end_proposed) && now < row.until;
}

} // namespace

result<SupervisionRow> start_supervision(
    Ledger& ledger, RestrictionId restriction, std::string const& device, Instant until, Actor const& actor, Instant now)
{
    if (!is_plain_text(device, 64) || until <= now || until > now + longest_supervision)
        return errc::invalid_value;
    Deed const deed{"supervision.start", fmt::format("restriction:{}", number(restriction)), actor, now};
    return carry_out(ledger, deed, [&]() -> result<SupervisionRow> {
        auto const row = find_restriction(ledger, restriction);
        if (!row)
            return row.error();
        auto const account = require_supervisor(ledger, actor, row->user);
        if (!account)
            return account.error();
        if (!is_in_force(*row, now))
            return errc::wrong_state;
        auto const end = std::min(until, row->until);
        auto& database = ledger.database();
        if (auto const ended
            = database.execute("UPDATE supervisions SET ended_at = ? WHERE restriction = ? AND ended_at IS NULL AND ends_at > ?",
                now, restriction, now);
            !ended)
            return ended.error();
        if (auto const added = database.execute(
                "INSERT INTO supervisions (restriction, device, account, starts_at, ends_at) VALUES (?, ?, ?, ?, ?)", restriction,
                device, account->id, now, end);
            !added)
            return added.error();
        auto const id = static_cast<SupervisionId>(database.last_row_id());
        auto const detail
            = fmt::format("at {} until {:%Y-%m-%d %H:%M} UTC", device, fmt::gmtime(std::chrono::system_clock::time_point{end}));
        if (auto const audited = audit(ledger, deed, detail); !audited)
            return audited.error();
        return find_supervision(ledger, id);
    });
}

result<void> end_supervision(Ledger& ledger, SupervisionId id, Actor const& actor, Instant now)
{
    Deed const deed{"supervision.end", fmt::format("supervision:{}", number(id)), actor, now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        auto const row = find_supervision(ledger, id);
        if (!row)
            return row.error();
        if (auto const account = require_supervisor(ledger, actor, row->user); !account)
            return account.error();
        if (row->ended_at || row->until <= now)
            return errc::wrong_state;
        if (auto const ended = ledger.database().execute("UPDATE supervisions SET ended_at = ? WHERE id = ?", now, id); !ended)
            return ended;
        return audit(ledger, deed, "at " + row->device);
    });
}

result<std::vector<SupervisionRow>> list_supervisions(Ledger& ledger, RestrictionId restriction)
{
    static std::string const sql = fmt::format("{}WHERE s.restriction = ? ORDER BY s.id DESC", select_supervision);
    return ledger.database().collect(sql, read_supervision, restriction);
}

result<std::vector<SupervisionRow>> live_supervisions(Ledger& ledger, Instant now)
{
    static std::string const sql
        = fmt::format("{}WHERE s.ended_at IS NULL AND s.ends_at > ? ORDER BY s.id DESC", select_supervision);
    return ledger.database().collect(sql, read_supervision, now);
}

} // namespace gatehouse::store
