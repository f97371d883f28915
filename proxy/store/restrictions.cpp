#include "proxy/store/restrictions.hpp"

#include "proxy/store/acting.hpp"

#include <array>
#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr std::array<std::string_view, 6> restriction_states{"proposed", "active", "end-proposed", "ended", "refused", "expired"};
constexpr auto deciders = {ConsoleRole::headteacher, ConsoleRole::chief_executive};
constexpr auto enders = {ConsoleRole::officer, ConsoleRole::dsl, ConsoleRole::headteacher, ConsoleRole::chief_executive};

struct FullRestriction {
    RestrictionRow restriction;
    AccountId proposer = AccountId::none, end_proposer = AccountId::none;
};

constexpr std::string_view select_restriction
    = "SELECT r.id, r.user, r.clause, r.reason, r.starts_at, r.ends_at, r.state, r.version, coalesce(p.login, ''), "
      "coalesce(c.login, ''),"
      " coalesce(e.login, ''), coalesce(f.login, ''), r.end_reason, r.proposer, coalesce(r.end_proposer, 0), r.against, "
      "r.ended_at FROM "
      "restrictions r"
      " LEFT JOIN accounts p ON p.id = r.proposer LEFT JOIN accounts c ON c.id = r.confirmer"
      " LEFT JOIN accounts e ON e.id = r.end_proposer LEFT JOIN accounts f ON f.id = r.ender ";

FullRestriction read_full_restriction(Statement const& row)
{
    FullRestriction read;
    auto& restriction = read.restriction;
    restriction.id = row.id<RestrictionId>(0);
    restriction.user = row.text(1);
    restriction.clause = row.text(2);
    restriction.reason = row.text(3);
    restriction.from = row.instant(4);
    restriction.until = row.instant(5);
    restriction.state = row.id<RestrictionState>(6);
    restriction.version = row.integer(7);
    restriction.proposed_by = row.text(8);
    restriction.confirmed_by = row.text(9);
    restriction.end_proposed_by = row.text(10);
    restriction.ended_by = row.text(11);
    restriction.end_reason = row.text(12);
    read.proposer = row.id<AccountId>(13);
    read.end_proposer = row.id<AccountId>(14);
    restriction.against = row.text(15);
    restriction.ended_at = row.optional_instant(16);
    return read;
}

std::string restriction_object(RestrictionId id)
{
    return fmt::format("restriction:{}", number(id));
}

result<FullRestriction> load(Ledger& ledger, RestrictionId id)
{
    static std::string const sql = fmt::format("{}WHERE r.id = ?", select_restriction);
    auto found = ledger.database().first(sql, read_full_restriction, id);
    if (!found)
        return found.error();
    if (!*found)
        return errc::not_found;
    return std::move(**found);
}

/// Errors: `errc::stale`, `wrong_state`.
result<FullRestriction> load_for_step(Ledger& ledger, RestrictionStep const& step, RestrictionState state)
{
    auto row = load(ledger, step.id);
    if (!row)
        return row;
    if (row->restriction.version != step.version)
        return errc::stale;
    if (row->restriction.state != state)
        return errc::wrong_state;
    return row;
}

/// The account is neither the person concerned nor the first of the two. Errors: `errc::same_person`.
result<void> check_two_people(Ledger& ledger, Account const& account, std::string const& user, AccountId first)
{
    auto const names = names_of(ledger, account);
    if (!names)
        return names.error();
    if (names->has_login(user))
        return errc::same_person;
    if (first == AccountId::none)
        return {};
    auto const other = find_account(ledger, first);
    if (!other)
        return other.error();
    return other->id == account.id || other->person == account.person ? result<void>{errc::same_person} : result<void>{};
}

/// The chief executive sees what they decide, and nothing of anybody else.
bool is_shown_to(ConsoleRole reader, RestrictionRow const& row)
{
    return reader != ConsoleRole::chief_executive || row.decider == reader;
}

/// What one step does to the row.
struct Move {
    RestrictionState from, to;
    std::string_view sql; ///< sets state ?1 and version, with account ?3 and reason ?4, where id ?2
};

/// What is over is over now, and nobody sits beside the person because of it any more.
result<void> note_end(Database& database, RestrictionStep const& step, RestrictionState state)
{
    if (state != RestrictionState::ended && state != RestrictionState::refused)
        return {};
    if (auto const noted = database.execute("UPDATE restrictions SET ended_at = ? WHERE id = ?", step.now, step.id); !noted)
        return noted;
    return database.execute(
        "UPDATE supervisions SET ended_at = ?1 WHERE restriction = ?2 AND ended_at IS NULL AND ends_at > ?1", step.now, step.id);
}

result<RestrictionRow> take_step(Ledger& ledger, RestrictionStep const& step, Deed const& deed, Move const& move,
    std::initializer_list<ConsoleRole> roles, std::string const& reason)
{
    return carry_out(ledger, deed, [&]() -> result<RestrictionRow> {
        auto const row = load_for_step(ledger, step, move.from);
        if (!row)
            return row.error();
        if (row->restriction.until <= step.now
            && move.to != RestrictionState::refused) // there is nothing to begin, to end or to go on
            return errc::wrong_state;
        auto const account = require_settled_role(ledger, step.actor, roles, step.now);
        if (!account)
            return account.error();
        auto const decider = decider_about(ledger, row->restriction.user);
        if (!decider)
            return decider.error();
        bool const decides = account->console_role == *decider;
        if (!decides && (move.from == RestrictionState::proposed || account->console_role == ConsoleRole::chief_executive))
            return errc::not_permitted;
        // Who proposes an end comes first again; every other step is the second of two people.
        auto const first = move.from == RestrictionState::end_proposed ? row->end_proposer
            : move.to == RestrictionState::end_proposed                ? AccountId::none
                                                                       : row->proposer;
        if (auto const different = check_two_people(ledger, *account, row->restriction.user, first); !different)
            return different.error();
        auto const moved = ledger.database().execute(move.sql, move.to, step.id, account->id, reason);
        if (!moved)
            return moved.error();
        if (auto const ended = note_end(ledger.database(), step, move.to); !ended)
            return ended.error();
        if (auto const audited = audit(ledger, deed, reason); !audited)
            return audited.error();
        return find_restriction(ledger, step.id);
    });
}

/// Changes each of those rows by `change`, with an audit row; answers how many.
result<std::int64_t> note_over(
    Ledger& ledger, std::string_view select, std::string_view change, std::string_view action, Instant now)
{
    auto const over = ledger.database().collect(
        select, [](Statement const& row) { return row.id<RestrictionId>(0); }, now);
    if (!over)
        return over.error();
    for (auto const id : *over) {
        if (auto const changed = ledger.database().execute(change, id); !changed)
            return changed.error();
        if (auto const audited = audit(ledger, {action, restriction_object(id), system_actor, now}, ""); !audited)
            return audited.error();
    }
    return static_cast<std::int64_t>(over->size());
}

} // namespace

std::string_view to_text(RestrictionState state)
{
    auto const index = static_cast<std::size_t>(state);
    return index < restriction_states.size() ? restriction_states[index] : "unknown";
}

result<RestrictionRow> propose_restriction(Ledger& ledger, NewRestriction const& restriction, Actor const& actor, Instant now)
{
    bool const is_time_right = restriction.from < restriction.until && now < restriction.until;
    if (!is_plain_text(restriction.user, 128) || !is_plain_text(restriction.reason, reason_limit)
        || !is_plain_text(restriction.against, reason_limit, Empty::allowed) || !is_plain_text(restriction.clause, 64)
        || !is_time_right)
        return errc::invalid_value;
    auto const user = folded_name(restriction.user);
    Deed const deed{"restriction.propose", "user:" + user, actor, now};
    return carry_out(ledger, deed, [&]() -> result<RestrictionRow> {
        auto& database = ledger.database();
        auto const account = require_settled_role(ledger, actor, {ConsoleRole::officer, ConsoleRole::dsl}, now);
        if (!account)
            return account.error();
        if (auto const different = check_two_people(ledger, *account, user, AccountId::none); !different)
            return different.error();
        auto const present = database.first(
            "SELECT 1 FROM restrictions WHERE user = ? AND state IN (0, 1, 2) AND ends_at > ?",
            [](Statement const& row) { return row.integer(0); }, user, now);
        if (!present)
            return present.error();
        if (*present)
            return errc::already_exists;
        auto const added = database.execute("INSERT INTO restrictions (user, clause, reason, against, starts_at, ends_at, state, "
                                            "proposer) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            user, restriction.clause, restriction.reason, restriction.against, restriction.from, restriction.until,
            RestrictionState::proposed, account->id);
        if (!added)
            return added.error();
        auto const id = static_cast<RestrictionId>(database.last_row_id());
        auto const detail = restriction_object(id) + ": " + restriction.reason;
        if (auto const audited = audit(ledger, deed, detail); !audited)
            return audited.error();
        return find_restriction(ledger, id);
    });
}

result<RestrictionRow> confirm_restriction(Ledger& ledger, RestrictionStep const& step)
{
    Deed const deed{"restriction.confirm", restriction_object(step.id), step.actor, step.now};
    Move const move{RestrictionState::proposed, RestrictionState::active,
        "UPDATE restrictions SET state = ?1, version = version + 1, confirmer = ?3, end_reason = ?4 WHERE id = ?2"};
    return take_step(ledger, step, deed, move, deciders, "");
}

result<RestrictionRow> refuse_restriction(Ledger& ledger, RestrictionStep const& step, std::string const& reason)
{
    if (!is_plain_text(reason, reason_limit))
        return errc::invalid_value;
    Deed const deed{"restriction.refuse", restriction_object(step.id), step.actor, step.now};
    Move const move{RestrictionState::proposed, RestrictionState::refused,
        "UPDATE restrictions SET state = ?1, version = version + 1, confirmer = ?3, end_reason = ?4 WHERE id = ?2"};
    return take_step(ledger, step, deed, move, deciders, reason);
}

result<RestrictionRow> propose_restriction_end(Ledger& ledger, RestrictionStep const& step, std::string const& reason)
{
    if (!is_plain_text(reason, reason_limit))
        return errc::invalid_value;
    Deed const deed{"restriction.propose-end", restriction_object(step.id), step.actor, step.now};
    Move const move{RestrictionState::active, RestrictionState::end_proposed,
        "UPDATE restrictions SET state = ?1, version = version + 1, end_proposer = ?3, end_reason = ?4 WHERE id = ?2"};
    return take_step(ledger, step, deed, move, enders, reason);
}

result<RestrictionRow> confirm_restriction_end(Ledger& ledger, RestrictionStep const& step)
{
    Deed const deed{"restriction.confirm-end", restriction_object(step.id), step.actor, step.now};
    // The reason given with the proposal stays; the fourth parameter is bound but changes nothing.
    Move const move{RestrictionState::end_proposed, RestrictionState::ended,
        "UPDATE restrictions SET state = ?1, version = version + 1, ender = ?3, end_reason = end_reason || ?4 WHERE id = ?2"};
    return take_step(ledger, step, deed, move, enders, "");
}

result<RestrictionRow> refuse_restriction_end(Ledger& ledger, RestrictionStep const& step, std::string const& reason)
{
    if (!is_plain_text(reason, reason_limit))
        return errc::invalid_value;
    Deed const deed{"restriction.refuse-end", restriction_object(step.id), step.actor, step.now};
    // Who turned it down and why are in the audit; the row is as before the proposal, so that the end can be proposed again.
    Move const move{RestrictionState::end_proposed, RestrictionState::active,
        "UPDATE restrictions SET state = ?1, version = version + 1, end_proposer = nullif(?3, ?3), end_reason = substr(?4, 1, 0)"
        " WHERE id = ?2"};
    return take_step(ledger, step, deed, move, enders, reason);
}

result<std::int64_t> expire_restrictions(Ledger& ledger, Instant now)
{
    return ledger.transact([&]() -> result<std::int64_t> {
        auto const expired = note_over(ledger, "SELECT id FROM restrictions WHERE state = 0 AND ends_at <= ? ORDER BY id",
            "UPDATE restrictions SET state = 5, version = version + 1 WHERE id = ?", "restriction.expire", now);
        if (!expired)
            return expired;
        auto const over = note_over(ledger,
            "SELECT id FROM restrictions WHERE state IN (1, 2) AND ends_at <= ? AND ended_at IS NULL ORDER BY id",
            "UPDATE restrictions SET ended_at = ends_at, version = version + 1 WHERE id = ?", "restriction.over", now);
        if (!over)
            return over;
        return *expired + *over;
    });
}

result<RestrictionRow> find_restriction(Ledger& ledger, RestrictionId id)
{
    auto row = load(ledger, id);
    if (!row)
        return row.error();
    auto const decider = decider_about(ledger, row->restriction.user);
    if (!decider)
        return decider.error();
    row->restriction.decider = *decider;
    return std::move(row->restriction);
}

result<RestrictionRow> read_restriction(Ledger& ledger, RestrictionId id, AccountId reader)
{
    auto row = find_restriction(ledger, id);
    if (!row)
        return row;
    auto const account = find_account(ledger, reader);
    if (!account)
        return account.error();
    auto const names = names_of(ledger, *account);
    if (!names)
        return names.error();
    if (names->has_login(row->user))
        return errc::conflict_of_interest;
    if (!is_shown_to(account->console_role, *row))
        return errc::not_permitted;
    return row;
}

result<std::vector<RestrictionRow>> list_restrictions(Ledger& ledger, AccountId reader)
{
    static std::string const sql = fmt::format("{}ORDER BY r.id DESC", select_restriction);
    auto const account = find_account(ledger, reader);
    if (!account)
        return account.error();
    auto const names = names_of(ledger, *account);
    if (!names)
        return names.error();
    auto rows = ledger.database().collect(sql, [](Statement const& row) { return read_full_restriction(row).restriction; });
    if (!rows)
        return rows;
    for (auto& row : *rows) {
        auto const decider = decider_about(ledger, row.user);
        if (!decider)
            return decider.error();
        row.decider = *decider;
    }
    std::erase_if(
        *rows, [&](RestrictionRow const& row) { return names->has_login(row.user) || !is_shown_to(account->console_role, row); });
    return rows;
}

result<std::vector<policy::Restriction>> current_restrictions(Ledger& ledger, Instant now)
{
    auto const read = [](Statement const& row) {
        policy::Restriction value;
        value.id = fmt::format("restriction-{}", row.integer(0));
        value.user = row.text(1);
        value.clause = row.text(2);
        value.reason = row.text(3);
        value.from = row.instant(4);
        value.until = row.instant(5);
        value.supervised_device = row.text(6);
        value.supervised_until = row.optional_instant(7);
        return value;
    };
    return ledger.database().collect(
        "SELECT r.id, r.user, r.clause, r.reason, r.starts_at, r.ends_at, coalesce(s.device, ''), s.ends_at FROM restrictions r"
        " LEFT JOIN supervisions s ON s.id = (SELECT max(id) FROM supervisions WHERE restriction = r.id AND ended_at IS NULL AND "
        "ends_at > ?1)"
        " WHERE r.state IN (1, 2) AND r.ends_at > ?1 ORDER BY r.id",
        read, now);
}

result<std::optional<Instant>> next_restriction_change(Ledger& ledger, Instant now)
{
    auto const found = ledger.database().first(
        "SELECT min(at) FROM (SELECT min(starts_at) AS at FROM restrictions WHERE state IN (1, 2) AND starts_at > ?1"
        " UNION ALL SELECT min(ends_at) FROM restrictions WHERE state IN (1, 2) AND ends_at > ?1"
        " UNION ALL SELECT min(ends_at) FROM supervisions WHERE ended_at IS NULL AND ends_at > ?1)",
        [](Statement const& row) { return row.optional_instant(0); }, now);
    if (!found)
        return found.error();
    return found->value_or(std::nullopt);
}

} // namespace gatehouse::store
