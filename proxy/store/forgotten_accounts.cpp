#include "proxy/store/forgotten_accounts.hpp"

#include "proxy/digest.hpp"
#include "proxy/store/acting.hpp"

#include <array>
#include <fmt/format.h>
#include <sodium.h>
#include <unordered_set>

namespace gatehouse::store {
namespace {

/// Something that is not over names the account: taking the person out of it would hide who must not take the next step. One with a role that was closed
/// less than a day ago counts as a second person still, and may be opened again; one that decided stays for `forgetting_time`, in which what waits for two
/// people and a late no are over (role_grants.hpp, given_access.hpp). ?1: account, ?2: now, ?3: `forgetting_time` ago.
constexpr std::string_view is_needed_sql
    = "SELECT EXISTS (SELECT 1 FROM unblock_requests WHERE state IN (0, 1) AND (account = ?1 OR reviewer = ?1 OR approver = ?1"
      " OR lower(user) IN (SELECT login FROM account_logins WHERE account = ?1)))"
      " OR EXISTS (SELECT 1 FROM restrictions WHERE state NOT IN (3, 4) AND ends_at > ?2 AND (proposer = ?1 OR confirmer = ?1"
      " OR end_proposer = ?1 OR user IN (SELECT login FROM account_logins WHERE account = ?1)))"
      " OR EXISTS (SELECT 1 FROM permissions WHERE closed_at IS NULL AND max(head_until, officer_until) > ?2 AND (head = ?1"
      " OR officer = ?1 OR who IN (SELECT 'user:' || login FROM account_logins WHERE account = ?1)))"
      " OR EXISTS (SELECT 1 FROM role_grants WHERE state = 0 AND (account = ?1 OR asked_by = ?1))"
      " OR EXISTS (SELECT 1 FROM given_access g JOIN accounts a ON a.id = g.account WHERE g.given_by = ?1 AND a.disabled = 0"
      " AND a.console_role BETWEEN 1 AND 8 AND g.confirmed_at IS NULL AND g.refused_at IS NULL AND (g.told_at IS NULL OR "
      "g.told_at > ?2 - 86400))"
      " OR EXISTS (SELECT 1 FROM given_access WHERE account = ?1 AND confirmed_at IS NULL AND refused_at IS NULL AND told_at > "
      "?3)"
      " OR EXISTS (SELECT 1 FROM publications WHERE state = 4 AND asked_by = ?1)"
      " OR EXISTS (SELECT 1 FROM accounts a WHERE a.id = ?1 AND a.disabled_at > ?2 - 86400 AND (a.console_role <> 0"
      " OR EXISTS (SELECT 1 FROM former_roles f WHERE f.account = ?1 AND f.lost_at > ?2 - 86400)))"
      " OR EXISTS (SELECT 1 FROM accounts a WHERE a.id = ?1 AND a.disabled_at > ?3 AND (a.console_role BETWEEN 1 AND 6"
      " OR EXISTS (SELECT 1 FROM former_roles f WHERE f.account = ?1 AND f.role BETWEEN 1 AND 6 AND f.lost_at > ?3)))";
static_assert(static_cast<int>(ConsoleRole::officer) == 1 && static_cast<int>(ConsoleRole::chief_executive) == 6);

/// What belongs to the account alone; known addresses, also those from which codes were typed (second_factor.hpp), before the names by which they are
/// found. ?1: account.
constexpr std::array<std::string_view, 8> removals{
    "DELETE FROM known_addresses WHERE login IN (SELECT login FROM account_logins WHERE account = ?1 UNION SELECT login || ' "
    "code' FROM account_logins WHERE account = ?1)",
    "DELETE FROM recovery_codes WHERE account = ?1", "DELETE FROM sessions WHERE account = ?1",
    "DELETE FROM api_tokens WHERE account = ?1", "DELETE FROM role_grants WHERE account = ?1",
    "DELETE FROM given_access WHERE account = ?1", "DELETE FROM former_roles WHERE account = ?1",
    "DELETE FROM log_views WHERE account = ?1"};

/// Errors: `errc::wrong_state`.
result<void> require_unneeded(Ledger& ledger, AccountId id, Instant now)
{
    auto const found = ledger.database().first(
        is_needed_sql, [](Statement const& row) { return row.integer(0); }, id, now, now - forgetting_time);
    if (!found)
        return found.error();
    return *found == 0 ? result<void>{} : result<void>{errc::wrong_state};
}

/// Every user name that it had becomes its digest.
result<void> hide_logins(Ledger& ledger, AccountId id)
{
    auto& database = ledger.database();
    auto const logins = database.collect(
        "SELECT login FROM account_logins WHERE account = ?", [](Statement const& row) { return row.text(0); }, id);
    if (!logins)
        return logins.error();
    for (auto const& login : *logins)
        if (auto const hidden
            = database.execute("UPDATE account_logins SET login = ? WHERE login = ?", login_digest(ledger.chain(), login), login);
            !hidden)
            return hidden;
    return {};
}

/// Inside a transaction.
result<void> empty_account(Ledger& ledger, AccountId id, Instant now)
{
    auto& database = ledger.database();
    for (auto const sql : removals)
        if (auto const removed = database.execute(sql, id); !removed)
            return removed;
    if (auto const hidden = hide_logins(ledger, id); !hidden)
        return hidden;
    return database.execute(
        "UPDATE accounts SET login = ?1, person = ?1, display_name = '', console_role = ?2, subject_role = '',"
        " groups = '', password = '', must_change = 0, role_changed_at = NULL, last_sign_in = NULL,"
        " totp_secret = '', totp_step = 0, sign_on = '', break_glass = 0,"
        " incidents_seen = 0, access_refused = 0, forgotten_at = ?3 WHERE id = ?4",
        forgotten_login(id), ConsoleRole::none, now, id);
}

} // namespace

std::string forgotten_login(AccountId id)
{
    return fmt::format("closed account {}", number(id));
}

namespace {

AuditDigest login_key(AuditChain const& chain)
{
    return chain.derived_key("user names of forgotten accounts");
}

std::string digest_with(AuditDigest const& key, std::string_view login)
{
    AuditDigest digest{};
    std::vector<unsigned char> const bytes(login.begin(), login.end());
    crypto_generichash(digest.data(), digest.size(), bytes.data(), bytes.size(), key.data(), key.size());
    return "closed:" + hex_of(digest);
}

} // namespace

std::string login_digest(AuditChain const& chain, std::string_view login)
{
    return digest_with(login_key(chain), login);
}

result<void> forget_account(Ledger& ledger, AccountId id, std::string const& reason, Actor const& actor, Instant now)
{
    if (!is_plain_text(reason, reason_limit))
        return errc::invalid_value;
    Deed const deed{"account.forget", object_of(id), actor, now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        if (auto const allowed = require_administrator(ledger, actor, id); !allowed)
            return allowed;
        auto const account = find_account(ledger, id);
        if (!account)
            return account.error();
        if (!account->disabled || account->forgotten_at)
            return errc::wrong_state;
        if (account->access_refused
            && actor.account != AccountId::none) // a second person's "no", which may speak of who acts here
            return errc::wrong_state;
        if (auto const unneeded = require_unneeded(ledger, id, now); !unneeded)
            return unneeded;
        if (auto const emptied = empty_account(ledger, id, now); !emptied)
            return emptied;
        if (account->console_role == ConsoleRole::none)
            return audit(ledger, deed, reason);
        return audit(ledger, deed, fmt::format("role {}: {}", to_text(account->console_role), reason)); // for the notices
    });
}

result<std::int64_t> forget_old_accounts(Ledger& ledger, Instant before, Instant now)
{
    auto const old = ledger.database().collect(
        "SELECT id FROM accounts WHERE disabled = 1 AND forgotten_at IS NULL AND disabled_at < ? ORDER BY id",
        [](Statement const& row) { return row.id<AccountId>(0); }, before);
    if (!old)
        return old.error();
    std::int64_t count = 0;
    for (auto const id : *old) {
        auto const unneeded = require_unneeded(ledger, id, now);
        if (!unneeded && unneeded.error() == errc::wrong_state)
            continue;
        if (!unneeded)
            return unneeded.error();
        if (auto const emptied = empty_account(ledger, id, now); !emptied)
            return emptied.error();
        Deed const deed{"account.forget-old", object_of(id), system_actor, now};
        if (auto const audited = audit(ledger, deed, "it was closed for the time that the settings say"); !audited)
            return audited.error();
        ++count;
    }
    return count;
}

result<Account> find_forgotten(Ledger& ledger, std::string_view login)
{
    auto const canonical = canonical_login(login);
    if (!canonical)
        return errc::not_found;
    auto const id = ledger.database().first(
        "SELECT account FROM account_logins WHERE login = ?", [](Statement const& row) { return row.id<AccountId>(0); },
        login_digest(ledger.chain(), *canonical));
    if (!id)
        return id.error();
    return *id ? find_account(ledger, **id) : result<Account>{errc::not_found};
}

result<std::function<bool(std::string_view login)>> forgotten_logins(Ledger& ledger, AccountId but)
{
    auto digests = ledger.database().collect(
        "SELECT l.login FROM account_logins l JOIN accounts a ON a.id = l.account"
        " WHERE a.forgotten_at IS NOT NULL AND a.id <> ?",
        [](Statement const& row) { return row.text(0); }, but);
    if (!digests)
        return digests.error();
    std::function<bool(std::string_view)> tells;
    if (!digests->empty())
        tells = [known = std::unordered_set<std::string>(digests->begin(), digests->end()), key = login_key(ledger.chain())](
                    std::string_view login) { return known.contains(digest_with(key, login)); };
    return tells;
}

} // namespace gatehouse::store
