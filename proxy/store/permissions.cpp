#include "proxy/store/permissions.hpp"

#include "proxy/store/acting.hpp"
#include "proxy/store/override_steps.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr std::size_t selector_limit = 300;
constexpr auto key_holders = {ConsoleRole::headteacher, ConsoleRole::officer};

struct PermissionRow {
    Permission permission;
    AccountId head = AccountId::none, officer = AccountId::none;
};

constexpr std::string_view select_permission
    = "SELECT p.id, p.version, p.who, p.what_column, p.where_column, p.clause, p.reason, p.made_at, p.made_by, coalesce(h.login, "
      "''), p.head_at,"
      " p.head_until, coalesce(o.login, ''), p.officer_at, p.officer_until, p.measures, coalesce(p.granted, 0), p.closed_at, "
      "p.closed_by,"
      " p.close_reason, coalesce(p.head, 0), coalesce(p.officer, 0), g.ended_at IS NOT NULL FROM permissions p"
      " LEFT JOIN accounts h ON h.id = p.head LEFT JOIN accounts o ON o.id = p.officer LEFT JOIN overrides g ON g.id = "
      "p.granted ";

std::optional<GivenKey> read_key(Statement const& row, int first)
{
    GivenKey key{row.text(first), row.instant(first + 1), row.instant(first + 2)};
    return key.by.empty() ? std::nullopt : std::optional{std::move(key)};
}

PermissionRow read_permission(Statement const& row)
{
    PermissionRow read;
    auto& permission = read.permission;
    permission.id = row.id<PermissionId>(0);
    permission.version = row.integer(1);
    permission.who = row.text(2);
    permission.what = row.text(3);
    permission.where = row.text(4);
    permission.clause = row.text(5);
    permission.reason = row.text(6);
    permission.made_at = row.instant(7);
    permission.made_by = row.text(8);
    permission.headteacher = read_key(row, 9);
    permission.officer = read_key(row, 12);
    permission.measures = row.text(15);
    permission.grant = row.id<OverrideId>(16);
    permission.closed_at = row.optional_instant(17);
    permission.closed_by = row.text(18);
    permission.close_reason = row.text(19);
    read.head = row.id<AccountId>(20);
    read.officer = row.id<AccountId>(21);
    permission.grant_ended = row.integer(22) != 0;
    return read;
}

std::string permission_object(PermissionId id)
{
    return fmt::format("permission:{}", number(id));
}

result<PermissionRow> load(Ledger& ledger, PermissionId id)
{
    static std::string const sql = fmt::format("{}WHERE p.id = ?", select_permission);
    auto found = ledger.database().first(sql, read_permission, id);
    if (!found)
        return found.error();
    if (!*found)
        return errc::not_found;
    return std::move(**found);
}

/// Errors: `errc::stale`, `wrong_state`.
result<PermissionRow> load_for_step(Ledger& ledger, PermissionStep const& step)
{
    auto row = load(ledger, step.id);
    if (!row)
        return row;
    if (row->permission.version != step.version)
        return errc::stale;
    if (row->permission.closed_at)
        return errc::wrong_state;
    return row;
}

/// Nobody permits themselves anything, and one human being never holds both keys. Errors: `errc::same_person`.
result<void> check_people(Ledger& ledger, Account const& account, std::string_view who, AccountId other_holder)
{
    auto const names = names_of(ledger, account);
    if (!names)
        return names.error();
    constexpr std::string_view one_person = "user:";
    if (who.starts_with(one_person) && names->has_login(who.substr(one_person.size())))
        return errc::same_person;
    if (other_holder == AccountId::none)
        return {};
    auto const other = find_account(ledger, other_holder);
    if (!other)
        return other.error();
    return other->id == account.id || other->person == account.person ? result<void>{errc::same_person} : result<void>{};
}

result<void> end_grant(
    Ledger& ledger, Permission const& permission, std::string const& who, std::string const& reason, Instant now)
{
    if (permission.grant == OverrideId::none)
        return {};
    auto const grant = find_override(ledger, permission.grant);
    if (!grant)
        return grant.error();
    if (grant->ended_at || grant->until <= now)
        return {};
    return end_override(ledger, *grant, who, reason, now);
}

/// The grant of both keys, in place of the one before. Nothing happens while one is missing.
result<void> open_grant(Ledger& ledger, Permission const& permission, Instant now)
{
    auto const until = permission.both_until(now);
    if (!until)
        return {};
    if (auto const ended = end_grant(ledger, permission, permission.headteacher->by, "a key was given anew", now); !ended)
        return ended;
    OverrideRow row;
    row.clause = permission.clause;
    row.reason = permission.reason;
    row.who = {permission.who};
    row.what = {permission.what};
    if (!permission.where.empty())
        row.where = {permission.where};
    row.from = now;
    row.until = *until;
    row.created_at = now;
    row.approved_by = permission.headteacher->by + ", " + permission.officer->by;
    auto const made = insert_override(ledger, row);
    if (!made)
        return made.error();
    return ledger.database().execute("UPDATE permissions SET granted = ? WHERE id = ?", *made, permission.id);
}

bool is_permission_selector(std::string_view text, Empty empty = Empty::refused)
{
    return is_plain_text(text, selector_limit, empty) && text.find('\n') == text.npos;
}

constexpr std::string_view give_head_key
    = "UPDATE permissions SET head = ?, head_at = ?, head_until = ?, version = version + 1 WHERE id = ?";
constexpr std::string_view give_officer_key
    = "UPDATE permissions SET officer = ?, officer_at = ?, officer_until = ?, version = version + 1 WHERE id = ?";

result<void> write_key(
    Ledger& ledger, Account const& account, PermissionStep const& step, Instant until, std::string const& measures)
{
    bool const is_officer = account.console_role == ConsoleRole::officer;
    auto& database = ledger.database();
    if (auto const given = database.execute(is_officer ? give_officer_key : give_head_key, account.id, step.now, until, step.id);
        !given)
        return given;
    return is_officer ? database.execute("UPDATE permissions SET measures = ? WHERE id = ?", measures, step.id) : result<void>{};
}

} // namespace

std::optional<Instant> Permission::both_until(Instant now) const
{
    if (closed_at || !headteacher || !officer)
        return std::nullopt;
    auto const end = std::min(headteacher->until, officer->until);
    return now < end ? std::optional{end} : std::nullopt;
}

result<Permission> propose_permission(Ledger& ledger, NewPermission const& permission, Actor const& actor, Instant now)
{
    if (!is_permission_selector(permission.who) || !is_permission_selector(permission.what)
        || !is_permission_selector(permission.where, Empty::allowed) || !is_plain_text(permission.reason, reason_limit)
        || !is_plain_text(permission.clause, 64))
        return errc::invalid_value;
    Deed const deed{"permission.propose", permission.who, actor, now};
    return carry_out(ledger, deed, [&]() -> result<Permission> {
        auto const account = require_role(ledger, actor, key_holders);
        if (!account)
            return account.error();
        if (auto const others = check_people(ledger, *account, permission.who, AccountId::none); !others)
            return others.error();
        auto& database = ledger.database();
        auto const added = database.execute("INSERT INTO permissions (who, what_column, where_column, clause, reason, made_at, "
                                            "made_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
            permission.who, permission.what, permission.where, permission.clause, permission.reason, now, account->login);
        if (!added)
            return added.error();
        auto const id = static_cast<PermissionId>(database.last_row_id());
        auto const detail
            = fmt::format("{}: {} {}: {}", permission_object(id), permission.what, permission.where, permission.reason);
        if (auto const audited = audit(ledger, deed, detail); !audited)
            return audited.error();
        return find_permission(ledger, id);
    });
}

result<Permission> give_key(Ledger& ledger, PermissionStep const& step, Instant until, std::string const& measures)
{
    if (until <= step.now || until > step.now + longest_key)
        return errc::invalid_value;
    Deed const deed{"permission.key", permission_object(step.id), step.actor, step.now};
    return carry_out(ledger, deed, [&]() -> result<Permission> {
        auto const row = load_for_step(ledger, step);
        if (!row)
            return row.error();
        auto const account = require_settled_role(ledger, step.actor, key_holders, step.now);
        if (!account)
            return account.error();
        bool const is_officer = account->console_role == ConsoleRole::officer;
        if (is_officer && !is_plain_text(measures, reason_limit))
            return errc::invalid_value;
        if (auto const others = check_people(ledger, *account, row->permission.who, is_officer ? row->head : row->officer);
            !others)
            return others.error();
        if (auto const written = write_key(ledger, *account, step, until, measures); !written)
            return written.error();
        auto const given = find_permission(ledger, step.id);
        if (!given)
            return given;
        if (auto const opened = open_grant(ledger, *given, step.now); !opened)
            return opened.error();
        if (auto const audited = audit(ledger, deed, is_officer ? "measures: " + measures : "the headteacher's"); !audited)
            return audited.error();
        return find_permission(ledger, step.id);
    });
}

result<Permission> close_permission(Ledger& ledger, PermissionStep const& step, std::string const& reason)
{
    if (!is_plain_text(reason, reason_limit))
        return errc::invalid_value;
    Deed const deed{"permission.close", permission_object(step.id), step.actor, step.now};
    return carry_out(ledger, deed, [&]() -> result<Permission> {
        auto const row = load_for_step(ledger, step);
        if (!row)
            return row.error();
        auto const account = require_role(ledger, step.actor, key_holders); // closing is safe at any time
        if (!account)
            return account.error();
        if (auto const ended = end_grant(ledger, row->permission, account->login, reason, step.now); !ended)
            return ended.error();
        if (auto const closed = ledger.database().execute(
                "UPDATE permissions SET closed_at = ?, closed_by = ?, close_reason = ?, version = version + 1 WHERE id = ?",
                step.now, account->login, reason, step.id);
            !closed)
            return closed.error();
        if (auto const audited = audit(ledger, deed, reason); !audited)
            return audited.error();
        return find_permission(ledger, step.id);
    });
}

result<Permission> find_permission(Ledger& ledger, PermissionId id)
{
    auto row = load(ledger, id);
    if (!row)
        return row.error();
    return std::move(row->permission);
}

result<std::size_t> count_permissions(Ledger& ledger)
{
    return count_rows(ledger, "SELECT count(*) FROM permissions");
}

result<std::vector<Permission>> list_permissions(Ledger& ledger, std::size_t limit, std::size_t skipped)
{
    static std::string const sql = fmt::format("{}ORDER BY p.id DESC LIMIT ? OFFSET ?", select_permission);
    return ledger.database().collect(
        sql, [](Statement const& row) { return read_permission(row).permission; }, static_cast<std::int64_t>(limit),
        static_cast<std::int64_t>(skipped));
}

} // namespace gatehouse::store
