#include "proxy/store/sessions.hpp"

#include "proxy/store/acting.hpp"

#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr std::chrono::seconds session_touch_interval{30}; // activity is written at most this often: each write is a sync

struct OwnedSession {
    Session session;
    AccountId account = AccountId::none;
};

OwnedSession read_session(Statement const& row)
{
    OwnedSession read;
    read.session.id = row.id<SessionId>(0);
    read.account = row.id<AccountId>(1);
    read.session.created_at = row.instant(2);
    read.session.last_seen = row.instant(3);
    read.session.address = row.text(4);
    read.session.needs_code = row.flag(5);
    read.session.by_sign_on = row.flag(6);
    read.session.proved_at = row.instant(7);
    return read;
}

bool is_live(Session const& session, Instant now)
{
    return now < session.last_seen + session_idle && now < session.created_at + session_age;
}

} // namespace

result<std::string> create_session(Ledger& ledger, AccountId account, std::string const& address, Instant now, SessionStart start)
{
    auto token = random_token();
    auto const made = ledger.database().execute(
        "INSERT INTO sessions (account, token, created_at, last_seen, address, needs_code, by_sign_on, proved_at)"
        " VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6, ?7)",
        account, token_hash(token), now, address, start.needs_code, start.by_sign_on, start.proved_at.value_or(now));
    if (!made)
        return made.error();
    return token;
}

result<Session> find_session(Ledger& ledger, std::string_view token, Instant now)
{
    auto const found = ledger.database().first(
        "SELECT id, account, created_at, last_seen, address, needs_code, by_sign_on, proved_at FROM sessions WHERE token = ?",
        read_session, token_hash(token));
    if (!found)
        return found.error();
    if (!*found || !is_live((*found)->session, now))
        return errc::no_session;
    auto session = (*found)->session;
    auto account = find_account(ledger, (*found)->account);
    if (!account)
        return account.error();
    if (account->disabled || account->console_role == ConsoleRole::none)
        return errc::no_session;
    session.account = std::move(*account);
    if (now < session.last_seen + session_touch_interval)
        return session;
    if (auto const touched = ledger.database().execute("UPDATE sessions SET last_seen = ? WHERE id = ?", now, session.id);
        !touched)
        return touched.error();
    session.last_seen = now;
    return session;
}

result<void> check_session(Ledger& ledger, SessionId session, Instant now)
{
    auto const found = ledger.database().first(
        "SELECT id, account, created_at, last_seen, address, needs_code, by_sign_on, proved_at FROM sessions WHERE id = ?",
        read_session, session);
    if (!found)
        return found.error();
    if (!*found || !is_live((*found)->session, now) || (*found)->session.needs_code)
        return errc::no_session;
    auto const account = find_account(ledger, (*found)->account);
    if (!account)
        return account.error();
    return account->disabled ? result<void>{errc::no_session} : result<void>{};
}

result<std::vector<Session>> list_sessions(Ledger& ledger, AccountId account, Instant now)
{
    auto owner = find_account(ledger, account);
    if (!owner)
        return owner.error();
    auto rows = ledger.database().collect("SELECT id, account, created_at, last_seen, address, needs_code, by_sign_on, proved_at "
                                          "FROM sessions WHERE account = ? ORDER BY id",
        read_session, account);
    if (!rows)
        return rows.error();
    std::vector<Session> live;
    for (auto& row : *rows) {
        if (!is_live(row.session, now))
            continue;
        row.session.account = *owner;
        live.push_back(std::move(row.session));
    }
    return live;
}

result<void> end_session(Ledger& ledger, SessionId session)
{
    return ledger.database().execute("DELETE FROM sessions WHERE id = ?", session);
}

result<void> end_session_of(Ledger& ledger, SessionId session, Actor const& actor, Instant now)
{
    Deed const deed{"session.end", fmt::format("session:{}", number(session)), actor, now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        auto const owner = ledger.database().first(
            "SELECT account FROM sessions WHERE id = ?", [](Statement const& row) { return row.id<AccountId>(0); }, session);
        if (!owner)
            return owner.error();
        if (!*owner)
            return errc::not_found;
        if (**owner != actor.account)
            if (auto const may = require_known_lead(ledger, actor, now); !may)
                return may;
        if (auto const ended = end_session(ledger, session); !ended)
            return ended;
        return audit(ledger, deed, object_of(**owner));
    });
}

result<void> end_all_sessions(Ledger& ledger, AccountId account)
{
    return ledger.database().execute("DELETE FROM sessions WHERE account = ?", account);
}

result<void> end_all_sessions_of(Ledger& ledger, Actor const& actor, Instant now)
{
    Deed const deed{"session.end-all", object_of(actor.account), actor, now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        if (actor.account == AccountId::none)
            return errc::not_permitted;
        auto const ended = end_all_sessions(ledger, actor.account);
        return ended ? audit(ledger, deed, "") : ended;
    });
}

result<void> prune_sessions(Ledger& ledger, Instant now)
{
    return ledger.database().execute(
        "DELETE FROM sessions WHERE last_seen <= ? OR created_at <= ?", now - session_idle, now - session_age);
}

} // namespace gatehouse::store
