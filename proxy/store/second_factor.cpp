#include "proxy/store/second_factor.hpp"

#include "proxy/store/acting.hpp"
#include "proxy/store/api_tokens.hpp"
#include "proxy/store/given_access_steps.hpp"
#include "proxy/store/sealed_secret.hpp"
#include "proxy/store/throttle.hpp"

#include <algorithm>
#include <cstdlib>
#include <fmt/format.h>
#include <liboath/oath.h>
#include <memory>
#include <sodium.h>

namespace gatehouse::store {
namespace {

constexpr unsigned step_seconds = 30;
constexpr std::size_t clocks_apart = 1; // steps before and behind ours that are taken too (RFC 6238 §5.2)
constexpr std::size_t digits = 6;

struct Factor {
    Account account;
    std::string secret; ///< base 32; empty: none, or one that this machine's key does not open
    bool is_on = false;
    std::int64_t last_step = 0; ///< of the last code that was taken
};

struct Free {
    void operator()(char* text) const { std::free(text); }
};
using OathText = std::unique_ptr<char, Free>;

/// Counted beside the passwords of the same login; a blank is in no login. Known addresses have it too: forgotten_accounts.cpp, subject_access.cpp.
std::string counted_name(std::string const& login)
{
    return login + " code";
}

result<Factor> find_factor(Ledger& ledger, AccountId id)
{
    auto account = find_account(ledger, id);
    if (!account)
        return account.error();
    auto found = ledger.database().first(
        "SELECT totp_secret, totp_step FROM accounts WHERE id = ?",
        [](Statement const& row) {
            return Factor{{}, row.text(0), !row.text(0).empty(), row.integer(1)};
        },
        id);
    if (!found)
        return found.error();
    if (!*found)
        return errc::not_found;
    auto& factor = **found;
    factor.account = std::move(*account);
    factor.secret = open_secret(ledger.chain(), id, factor.secret).value_or(std::string{});
    return std::move(factor);
}

std::string new_secret()
{
    std::array<char, totp_secret_size> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    char* text = nullptr;
    std::size_t size = 0;
    if (oath_base32_encode(bytes.data(), bytes.size(), &text, &size) != OATH_OK)
        return {};
    OathText const owned{text};
    return {text, size};
}

/// The step of the secret that the code belongs to, if it does to one near now.
std::optional<std::int64_t> step_of(std::string const& secret, std::string const& code, Instant now)
{
    char* text = nullptr;
    std::size_t size = 0;
    if (oath_base32_decode(secret.data(), secret.size(), &text, &size) != OATH_OK)
        return std::nullopt;
    OathText const owned{text};
    int place = 0;
    std::uint64_t counter = 0;
    auto const seconds = static_cast<::time_t>(now.time_since_epoch().count());
    if (oath_totp_validate3(text, size, seconds, step_seconds, 0, clocks_apart, &place, &counter, code.c_str()) < 0)
        return std::nullopt;
    return static_cast<std::int64_t>(counter);
}

/// Without what people put between the groups.
std::string typed_code(std::string_view text)
{
    std::string code;
    for (auto const c : text.substr(0, 64))
        if (c != ' ' && c != '-')
            code += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return code;
}

/// Takes a code of the secret, once. Errors: `errc::wrong_code`.
result<void> spend(Ledger& ledger, Factor const& factor, std::string const& secret, std::string const& code, Instant now)
{
    bool const is_number
        = code.size() == digits && std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
    auto const step = is_number && !secret.empty() ? step_of(secret, code, now) : std::nullopt; // no key has codes, too
    if (!step)
        return errc::wrong_code;
    auto const taken = ledger.database().execute(
        "UPDATE accounts SET totp_step = ?1 WHERE id = ?2 AND totp_step < ?1", *step, factor.account.id);
    if (!taken)
        return taken;
    return ledger.database().changed_rows() == 1 ? result<void>{} : result<void>{errc::wrong_code};
}

/// The same, or a code of the paper.
result<void> spend_any(Ledger& ledger, Factor const& factor, std::string const& code, Instant now)
{
    if (code.size() == digits)
        return spend(ledger, factor, factor.secret, code, now);
    auto const used
        = ledger.database().execute("UPDATE recovery_codes SET used_at = ? WHERE account = ? AND code = ? AND used_at IS NULL",
            now, factor.account.id, token_hash(code));
    if (!used)
        return used;
    return ledger.database().changed_rows() == 1 ? result<void>{} : result<void>{errc::wrong_code};
}

/// Counts the try, lets `work` take the code in a transaction, and forgives the try if it did.
template <class Work>
auto with_code(Ledger& ledger, Factor const& factor, std::string const& address, Instant now, Work work) -> decltype(work())
{
    auto const name = counted_name(factor.account.login);
    auto const wait = admit_attempt(ledger, name, address, now);
    if (!wait)
        return wait.error();
    if (*wait > std::chrono::seconds{0})
        return errc::throttled;
    auto outcome = ledger.transact([&]() -> decltype(work()) {
        auto done = work();
        if (!done)
            return done;
        if (auto const forgiven = forgive_attempt(ledger, name, address, now); !forgiven)
            return forgiven.error();
        return done;
    });
    if (outcome || outcome.error() != errc::wrong_code)
        return outcome;
    Actor const actor{factor.account.id, "", address};
    if (auto const noted = record_event(ledger, actor, "sign-in.code-refused", object_of(factor.account.id), "", now); !noted)
        return noted.error();
    return outcome;
}

result<std::vector<std::string>> new_recovery_codes(Ledger& ledger, AccountId account)
{
    if (auto const gone = ledger.database().execute("DELETE FROM recovery_codes WHERE account = ?", account); !gone)
        return gone.error();
    std::vector<std::string> codes;
    for (std::size_t i = 0; i < recovery_code_count; ++i) {
        constexpr std::size_t letters = 12; // 48 bits
        auto const code = random_token().substr(0, letters);
        auto const kept
            = ledger.database().execute("INSERT INTO recovery_codes (account, code) VALUES (?, ?)", account, token_hash(code));
        if (!kept)
            return kept.error();
        codes.push_back(fmt::format("{}-{}-{}", code.substr(0, 4), code.substr(4, 4), code.substr(8)));
    }
    return codes;
}

result<void> take_away(Ledger& ledger, AccountId account)
{
    if (auto const gone = ledger.database().execute("DELETE FROM recovery_codes WHERE account = ?", account); !gone)
        return gone;
    return ledger.database().execute("UPDATE accounts SET totp_secret = '', totp_step = 0 WHERE id = ?", account);
}

std::string percent_encoded(std::string_view text)
{
    std::string encoded;
    for (auto const c : text)
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_')
            encoded += c;
        else
            encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    return encoded;
}

} // namespace

result<std::string> begin_second_factor(Ledger& ledger, SessionId session, Actor const& actor, Instant now)
{
    Deed const deed{"account.second-factor-begin", object_of(actor.account), actor, now};
    return carry_out(ledger, deed, [&]() -> result<std::string> {
        auto const factor = find_factor(ledger, actor.account);
        if (!factor)
            return factor.error();
        if (factor->account.is_break_glass)
            return errc::not_permitted;
        if (factor->is_on)
            return errc::wrong_state;
        auto secret = new_secret();
        auto const kept = ledger.database().execute(
            "UPDATE sessions SET totp_waiting = ?, totp_waiting_since = ? WHERE id = ? AND account = ?",
            seal_secret(ledger.chain(), actor.account, secret), now, session, actor.account);
        if (!kept)
            return kept.error();
        if (ledger.database().changed_rows() != 1)
            return errc::no_session;
        if (auto const audited = audit(ledger, deed, ""); !audited)
            return audited.error();
        return secret;
    });
}

result<std::string> waiting_secret(Ledger& ledger, SessionId session, AccountId account, Instant now)
{
    auto const found = ledger.database().first(
        "SELECT totp_waiting FROM sessions WHERE id = ? AND account = ? AND totp_waiting_since > ?",
        [](Statement const& row) { return row.text(0); }, session, account, now - unconfirmed_secret_time);
    if (!found)
        return found.error();
    auto secret = open_secret(ledger.chain(), account, found->value_or(std::string{})).value_or(std::string{});
    return secret.empty() ? result<std::string>{errc::not_found} : result<std::string>{std::move(secret)};
}

result<std::vector<std::string>> confirm_second_factor(
    Ledger& ledger, std::string_view code, SessionId session, Actor const& actor, Instant now)
{
    auto const factor = find_factor(ledger, actor.account);
    if (!factor)
        return factor.error();
    if (factor->is_on)
        return errc::wrong_state;
    auto const waiting = waiting_secret(ledger, session, actor.account, now);
    if (!waiting)
        return waiting.error();
    return with_code(ledger, *factor, actor.address, now, [&]() -> result<std::vector<std::string>> {
        if (auto const spent = spend(ledger, *factor, *waiting, typed_code(code), now); !spent)
            return spent.error();
        auto& database = ledger.database();
        auto const kept = database.execute("UPDATE accounts SET totp_secret = ? WHERE id = ?",
            seal_secret(ledger.chain(), actor.account, *waiting), actor.account);
        auto const done = database.execute("UPDATE sessions SET totp_waiting = '' WHERE account = ?", actor.account);
        auto const ended = database.execute("DELETE FROM sessions WHERE account = ? AND id <> ?", actor.account, session);
        for (auto const* const step : {&kept, &done, &ended})
            if (!*step)
                return step->error();
        if (auto const audited = audit(ledger, {"account.second-factor-on", object_of(actor.account), actor, now}, ""); !audited)
            return audited.error();
        return new_recovery_codes(ledger, actor.account);
    });
}

result<void> remove_second_factor(Ledger& ledger, std::string_view code, Actor const& actor, Instant now)
{
    auto const factor = find_factor(ledger, actor.account);
    if (!factor)
        return factor.error();
    if (!factor->is_on)
        return errc::wrong_state;
    return with_code(ledger, *factor, actor.address, now, [&]() -> result<void> {
        if (auto const spent = spend_any(ledger, *factor, typed_code(code), now); !spent)
            return spent;
        if (auto const gone = take_away(ledger, actor.account); !gone)
            return gone;
        return audit(ledger, {"account.second-factor-off", object_of(actor.account), actor, now}, "");
    });
}

result<void> confirm_code(Ledger& ledger, AccountId account, std::string_view code, std::string const& address, Instant now)
{
    auto const factor = find_factor(ledger, account);
    if (!factor)
        return factor.error();
    return with_code(ledger, *factor, address, now, [&] { return spend_any(ledger, *factor, typed_code(code), now); });
}

result<void> clear_second_factor(Ledger& ledger, AccountId account, Actor const& actor, Instant now)
{
    Deed const deed{"account.second-factor-clear", object_of(account), actor, now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        if (auto const allowed = require_administrator(ledger, actor, account); !allowed)
            return allowed;
        auto const factor = find_factor(ledger, account);
        if (!factor)
            return factor.error();
        if (factor->account.forgotten_at || factor->account.access_refused)
            return errc::wrong_state;
        if (factor->is_on)
            if (auto const noted = note_given_access(ledger, account, AccessKind::code_off, actor, now); !noted)
                return noted;
        if (auto const gone = take_away(ledger, account); !gone)
            return gone;
        if (auto const ended = end_all_sessions(ledger, account); !ended)
            return ended;
        if (auto const ended = end_api_tokens(ledger, account, now); !ended)
            return ended;
        return audit(ledger, deed, "");
    });
}

result<std::string> pass_second_factor(
    Ledger& ledger, Session const& session, std::string_view code, std::string const& address, Instant now)
{
    auto const factor = find_factor(ledger, session.account.id);
    if (!factor)
        return factor.error();
    return with_code(ledger, *factor, address, now, [&]() -> result<std::string> {
        if (auto const spent = spend_any(ledger, *factor, typed_code(code), now); !spent)
            return spent.error();
        if (auto const ended = end_session(ledger, session.id); !ended)
            return ended.error();
        if (ledger.database().changed_rows() != 1)
            return errc::no_session;
        Actor const actor{session.account.id, "", address};
        if (auto const audited = audit(ledger, {"sign-in.code", object_of(session.account.id), actor, now}, "console"); !audited)
            return audited.error();
        return create_session(
            ledger, session.account.id, address, now, {.by_sign_on = session.by_sign_on, .proved_at = session.proved_at});
    });
}

result<std::int64_t> recovery_codes_left(Ledger& ledger, AccountId account)
{
    auto const count = ledger.database().first(
        "SELECT count(*) FROM recovery_codes WHERE account = ? AND used_at IS NULL",
        [](Statement const& row) { return row.integer(0); }, account);
    if (!count)
        return count.error();
    return count->value_or(0);
}

std::string totp_address(std::string_view school, std::string_view login, std::string_view secret)
{
    auto const issuer = percent_encoded(school);
    return fmt::format("otpauth://totp/{}:{}?secret={}&issuer={}", issuer, percent_encoded(login), secret, issuer);
}

} // namespace gatehouse::store
