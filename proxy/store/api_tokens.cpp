#include "proxy/store/api_tokens.hpp"

#include "proxy/store/acting.hpp"

#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr std::string_view key_mark = "gatehouse_"; // so that searches for lost secrets know one
constexpr std::chrono::seconds key_touch_interval{60};
constexpr std::string_view select_token
    = "SELECT id, account, name, may_change, created_at, ends_at, last_used, ended_at FROM api_tokens ";

ApiToken read_token(Statement const& row)
{
    ApiToken token;
    token.id = row.id<ApiTokenId>(0);
    token.account = row.id<AccountId>(1);
    token.name = row.text(2);
    token.may_change = row.flag(3);
    token.created_at = row.instant(4);
    token.ends_at = row.instant(5);
    token.last_used = row.optional_instant(6);
    token.ended_at = row.optional_instant(7);
    return token;
}

result<std::optional<ApiToken>> first_token(Ledger& ledger, std::string_view where, auto const& value)
{
    return ledger.database().first(fmt::format("{}WHERE {} = ?", select_token, where), read_token, value);
}

bool is_fit(NewApiToken const& token, Instant now)
{
    bool const is_line = token.name.find_first_of("\n\t") == std::string::npos; // it stands in the address of audit rows
    return is_line && is_plain_text(token.name, 100) && now < token.ends_at && token.ends_at <= now + longest_token_life;
}

} // namespace

result<std::string> create_api_token(Ledger& ledger, NewApiToken const& token, Actor const& actor, Instant now)
{
    if (!is_fit(token, now))
        return errc::invalid_value;
    Deed const deed{"token.create", object_of(actor.account), actor, now};
    return carry_out(ledger, deed, [&]() -> result<std::string> {
        auto const account = find_account(ledger, actor.account);
        if (!account || account->disabled || account->console_role == ConsoleRole::none || account->must_change_password)
            return errc::not_permitted;
        auto const others = list_api_tokens(ledger, actor.account);
        if (!others)
            return others.error();
        std::size_t live = 0;
        for (auto const& other : *others)
            live += other.is_live(now) ? 1U : 0U;
        if (live >= most_live_tokens)
            return errc::invalid_value;
        auto text = std::string(key_mark) + random_token();
        auto const made = ledger.database().execute(
            "INSERT INTO api_tokens (account, name, token, may_change, created_at, ends_at) VALUES (?, ?, ?, ?, ?, ?)",
            actor.account, token.name, token_hash(text), token.may_change, now, token.ends_at);
        if (!made)
            return made.error();
        if (auto const audited = audit(ledger, deed, token.name + (token.may_change ? ", may change" : ", reads only")); !audited)
            return audited.error();
        return text;
    });
}

result<void> end_api_token(Ledger& ledger, ApiTokenId id, Actor const& actor, Instant now)
{
    Deed const deed{"token.end", fmt::format("token:{}", number(id)), actor, now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        auto const token = first_token(ledger, "id", id);
        if (!token)
            return token.error();
        if (!*token)
            return errc::not_found;
        if ((*token)->account != actor.account)
            if (auto const may = require_known_lead(ledger, actor, now); !may)
                return may;
        if (!(*token)->is_live(now))
            return errc::wrong_state;
        if (auto const ended = ledger.database().execute("UPDATE api_tokens SET ended_at = ? WHERE id = ?", now, id); !ended)
            return ended;
        return audit(ledger, deed, fmt::format("account:{}, {}", number((*token)->account), (*token)->name));
    });
}

result<std::vector<ApiToken>> list_api_tokens(Ledger& ledger, AccountId account)
{
    return ledger.database().collect(fmt::format("{}WHERE account = ? ORDER BY id DESC", select_token), read_token, account);
}

result<void> end_api_tokens(Ledger& ledger, AccountId account, Instant now)
{
    return ledger.database().execute("UPDATE api_tokens SET ended_at = ? WHERE account = ? AND ended_at IS NULL", now, account);
}

result<ApiCaller> find_api_caller(Ledger& ledger, std::string_view token, Instant now)
{
    if (!token.starts_with(key_mark))
        return errc::no_session;
    auto const found = first_token(ledger, "token", token_hash(token));
    if (!found)
        return found.error();
    if (!*found || !(*found)->is_live(now))
        return errc::no_session;
    auto account = find_account(ledger, (*found)->account);
    if (!account)
        return account.error();
    if (account->disabled || account->console_role == ConsoleRole::none || account->must_change_password)
        return errc::no_session;
    bool const is_fresh = (*found)->last_used && now < *(*found)->last_used + key_touch_interval;
    if (!is_fresh)
        if (auto const noted = ledger.database().execute("UPDATE api_tokens SET last_used = ? WHERE id = ?", now, (*found)->id);
            !noted)
            return noted.error();
    return ApiCaller{std::move(*account), **found};
}

} // namespace gatehouse::store
