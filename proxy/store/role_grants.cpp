#include "proxy/store/role_grants.hpp"

#include "proxy/store/role_steps.hpp"
#include "proxy/store/second_person.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace gatehouse::store {
namespace {

struct GrantRow {
    RoleGrant grant;
    AccountId asked_by = AccountId::none;
};

constexpr std::string_view select_grant
    = "SELECT g.id, g.account, a.login, a.display_name, g.role, a.console_role, g.state, g.asked_at, b.login, g.decided_at,"
      " coalesce(c.login, ''), g.answer, g.asked_by FROM role_grants g JOIN accounts a ON a.id = g.account"
      " JOIN accounts b ON b.id = g.asked_by LEFT JOIN accounts c ON c.id = g.decided_by ";

GrantRow read_grant(Statement const& row)
{
    return {
        {row.id<RoleGrantId>(0), row.id<AccountId>(1), row.text(2), row.text(3), row.id<ConsoleRole>(4), row.id<ConsoleRole>(5),
            row.id<RoleGrantState>(6), row.instant(7), row.text(8), row.optional_instant(9), row.text(10), row.text(11)},
        row.id<AccountId>(12)};
}

result<GrantRow> one(result<std::optional<GrantRow>> found)
{
    if (!found)
        return found.error();
    if (!*found)
        return errc::not_found;
    return std::move(**found);
}

result<GrantRow> load(Ledger& ledger, RoleGrantId id)
{
    static std::string const sql = fmt::format("{}WHERE g.id = ?", select_grant);
    return one(ledger.database().first(sql, read_grant, id));
}

/// Somebody else than who asked and whose role it is, also by the name that was typed; where that leaves nobody, or for a day one alone, the chief executive.
result<SecondPerson> second_person_for(Ledger& ledger, GrantRow const& row, Instant now)
{
    auto parties = find_parties(ledger, {row.asked_by, row.grant.account});
    if (!parties)
        return parties.error();
    SecondPerson second{account_confirmers, std::move(*parties)};
    if (second.parties.front().is_break_glass)
        second.roles = headteacher_only;
    if (auto const left_out = leave_out_given(ledger, second, {row.asked_by}, now); !left_out)
        return left_out.error();
    auto const others = count_second_people(ledger, second, now);
    if (!others)
        return others.error();
    ask_chief(second, *others, row.grant.asked_at, now);
    return second;
}

/// Who says no, which is safe at any time: also whoever is said to be in the account.
SecondPerson refusers_of(GrantRow const& row, SecondPerson const& second)
{
    return {chief_may(second) ? with_chief : account_confirmers, {}, {row.asked_by, row.grant.account}};
}

/// When by itself somebody may become the second person, or the next is asked, before it expires; in order.
result<std::vector<Instant>> turning_points(Ledger& ledger, RoleGrant const& grant, Instant now)
{
    static std::string const sql = fmt::format(
        "SELECT at FROM (WITH people AS (SELECT id, role_changed_at, disabled_at FROM accounts WHERE console_role IN ({0}, {1},"
        " {2})), given AS (SELECT told_at FROM given_access WHERE confirmed_at IS NULL AND refused_at IS NULL AND account IN"
        " (SELECT id FROM people)) SELECT role_changed_at + {3} AS at FROM people UNION SELECT disabled_at + {3} FROM people"
        " UNION SELECT lost_at + {3} FROM former_roles UNION SELECT told_at + {3} FROM given UNION SELECT told_at + {4} FROM"
        " given UNION SELECT ?3 + {3}) WHERE at > ?1 AND at < ?2 ORDER BY at",
        static_cast<int>(ConsoleRole::ict_lead), static_cast<int>(ConsoleRole::headteacher),
        static_cast<int>(ConsoleRole::chief_executive), std::chrono::seconds{settling_time}.count(),
        std::chrono::seconds{second_person_time}.count());
    return ledger.database().collect(
        sql, [](Statement const& each) { return each.instant(0); }, now, grant.expires_at(), grant.asked_at);
}

/// Errors: `errc::wrong_state`.
result<GrantRow> load_waiting(Ledger& ledger, RoleGrantId id, Instant now)
{
    auto row = load(ledger, id);
    if (row && !row->grant.waits(now))
        return errc::wrong_state;
    return row;
}

/// Whoever asked may still ask, and the account is still there.
bool is_still_asked(Parties const& parties)
{
    auto const& asker = parties.front();
    return !asker.disabled && asker.console_role == ConsoleRole::ict_lead && !parties.back().disabled;
}

struct GrantTurn {
    GrantRow row;
    Account account;
};

/// What both answers need: the row that still waits, and who is in question. Errors: `errc::not_found`, `errc::wrong_state`.
struct Question {
    GrantRow row;
    SecondPerson second;
};

result<Question> load_question(Ledger& ledger, RoleGrantStep const& step)
{
    auto row = load_waiting(ledger, step.id, step.now);
    if (!row)
        return row.error();
    auto second = second_person_for(ledger, *row, step.now);
    if (!second)
        return second.error();
    return Question{std::move(*row), std::move(*second)};
}

/// All that wait, oldest first.
result<std::vector<Question>> waiting_questions(Ledger& ledger, Instant now)
{
    static std::string const sql = fmt::format("{}WHERE g.state = 0 AND g.asked_at > ? ORDER BY g.id", select_grant);
    auto waiting = ledger.database().collect(sql, read_grant, now - second_person_time);
    if (!waiting)
        return waiting.error();
    std::vector<Question> questions;
    for (auto& row : *waiting) {
        auto second = second_person_for(ledger, row, now);
        if (!second)
            return second.error();
        questions.push_back({std::move(row), std::move(*second)});
    }
    return questions;
}

/// Everything that confirming needs. Errors: as confirm_role.
result<GrantTurn> take_turn(Ledger& ledger, RoleGrantStep const& step)
{
    auto asked = load_question(ledger, step);
    if (!asked)
        return asked.error();
    auto account = require_second_person(ledger, step.actor, asked->second, step.now);
    if (!account)
        return account.error();
    if (!is_still_asked(asked->second.parties))
        return errc::wrong_state;
    return GrantTurn{std::move(asked->row), std::move(*account)};
}

/// Everything that refusing needs. Errors: as refuse_role.
result<GrantTurn> take_refusal(Ledger& ledger, RoleGrantStep const& step)
{
    auto asked = load_question(ledger, step);
    if (!asked)
        return asked.error();
    auto account = require_refuser(ledger, step.actor, refusers_of(asked->row, asked->second));
    if (!account)
        return account.error();
    return GrantTurn{std::move(asked->row), std::move(*account)};
}

result<void> write_decision(
    Ledger& ledger, GrantRow const& row, RoleGrantState state, Account const& by, std::string const& answer, Instant now)
{
    return ledger.database().execute(
        "UPDATE role_grants SET state = ?, decided_at = ?, decided_by = ?, answer = ? WHERE id = ? AND state = 0", state, now,
        by.id, answer, row.grant.id);
}

} // namespace

result<void> confirm_role(Ledger& ledger, RoleGrantStep const& step)
{
    Deed const deed{"account.confirm-role", fmt::format("role-grant:{}", number(step.id)), step.actor, step.now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        auto const turn = take_turn(ledger, step);
        if (!turn)
            return turn.error();
        auto const& grant = turn->row.grant;
        if (auto const decided = write_decision(ledger, turn->row, RoleGrantState::confirmed, turn->account, "", step.now);
            !decided)
            return decided;
        if (auto const withdrawn = withdraw_roles(ledger, grant.account, step.now); !withdrawn)
            return withdrawn; // what an ICT lead asked for who is none any more
        if (auto const written = write_role(ledger, grant.account, grant.role, step.now); !written)
            return written;
        return audit(ledger, deed, fmt::format("{}: {}", object_of(grant.account), to_text(grant.role)));
    });
}

result<void> refuse_role(Ledger& ledger, RoleGrantStep const& step, std::string const& reason)
{
    if (!is_plain_text(reason, reason_limit))
        return errc::invalid_value;
    Deed const deed{"account.refuse-role", fmt::format("role-grant:{}", number(step.id)), step.actor, step.now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        auto const turn = take_refusal(ledger, step);
        if (!turn)
            return turn.error();
        auto const& grant = turn->row.grant;
        if (auto const decided = write_decision(ledger, turn->row, RoleGrantState::refused, turn->account, reason, step.now);
            !decided)
            return decided;
        auto const what = fmt::format("{}: {}", object_of(grant.account), to_text(grant.role));
        return audit(ledger, deed, what + ": " + reason);
    });
}

result<void> expire_roles(Ledger& ledger, Instant now)
{
    return ledger.transact([&]() -> result<void> {
        static std::string const sql = fmt::format("{}WHERE g.state = 0 AND g.asked_at <= ? ORDER BY g.id", select_grant);
        auto const over = ledger.database().collect(sql, read_grant, now - second_person_time);
        if (!over)
            return over.error();
        for (auto const& [grant, asked_by] : *over) {
            auto const set
                = ledger.database().execute("UPDATE role_grants SET state = ?, decided_at = ? WHERE id = ? AND state = 0",
                    RoleGrantState::expired, now, grant.id);
            if (!set)
                return set;
            Deed const deed{"account.expire-role", fmt::format("role-grant:{}", number(grant.id)), system_actor, now};
            auto const detail = fmt::format("{}: {}", object_of(grant.account), to_text(grant.role));
            if (auto const audited = audit(ledger, deed, detail); !audited)
                return audited;
        }
        return {};
    });
}

result<void> check_role_turn(Ledger& ledger, RoleGrantStep const& step)
{
    auto const turn = take_turn(ledger, step);
    return turn ? result<void>{} : result<void>{turn.error()};
}

result<Instant> role_left_out_until(Ledger& ledger, RoleGrantStep const& step)
{
    auto const asked = load_question(ledger, step);
    return asked ? left_out_until(asked->second, step.actor.account) : result<Instant>{asked.error()};
}

result<void> check_role_refusal(Ledger& ledger, RoleGrantStep const& step)
{
    auto const turn = take_refusal(ledger, step);
    return turn ? result<void>{} : result<void>{turn.error()};
}

result<RoleGrant> find_role_grant(Ledger& ledger, RoleGrantId id)
{
    auto row = load(ledger, id);
    if (!row)
        return row.error();
    return std::move(row->grant);
}

result<std::size_t> count_role_grants(Ledger& ledger)
{
    return count_rows(ledger, "SELECT count(*) FROM role_grants");
}

result<std::vector<RoleGrant>> list_role_grants(Ledger& ledger, std::size_t limit, std::size_t skipped)
{
    static std::string const sql = fmt::format("{}ORDER BY g.id DESC LIMIT ? OFFSET ?", select_grant);
    return ledger.database().collect(
        sql, [](Statement const& row) { return read_grant(row).grant; }, static_cast<std::int64_t>(limit),
        static_cast<std::int64_t>(skipped));
}

result<RoleGrant> waiting_role(Ledger& ledger, AccountId account)
{
    static std::string const sql = fmt::format("{}WHERE g.account = ? AND g.state = 0", select_grant);
    auto row = one(ledger.database().first(sql, read_grant, account));
    if (!row)
        return row.error();
    return std::move(row->grant);
}

result<std::vector<Account>> other_accounts(Ledger& ledger, AccountId id)
{
    auto const account = find_account(ledger, id);
    if (!account)
        return account.error();
    auto accounts = list_accounts(ledger);
    if (accounts)
        std::erase_if(*accounts, [&](Account const& each) { return each.id == id || each.person != account->person; });
    return accounts;
}

result<std::vector<Account>> role_confirmers(Ledger& ledger, RoleGrantId id, Instant now)
{
    auto const row = load(ledger, id);
    if (!row)
        return row.error();
    auto const second = second_person_for(ledger, *row, now);
    return second ? second_people(ledger, *second, now) : result<std::vector<Account>>{second.error()};
}

result<ComingConfirmers> coming_role_confirmers(Ledger& ledger, RoleGrantId id, Instant now)
{
    auto const row = load(ledger, id);
    if (!row)
        return row.error();
    auto const later = turning_points(ledger, row->grant, now);
    if (!later)
        return later.error();
    std::vector<Instant> moments{now};
    moments.insert(moments.end(), later->begin(), later->end());
    for (auto const at : moments) {
        auto const second = second_person_for(ledger, *row, at);
        auto people = second ? second_people(ledger, *second, at) : result<std::vector<Account>>{second.error()};
        if (!people)
            return people.error();
        if (!people->empty())
            return ComingConfirmers{std::move(*people), at == now ? std::nullopt : std::optional{at}};
    }
    return ComingConfirmers{};
}

result<std::size_t> count_roles_for(Ledger& ledger, Account const& reader, Instant now)
{
    if (!could_be_second(reader, {with_chief}))
        return std::size_t{0};
    auto const waiting = waiting_questions(ledger, now);
    if (!waiting)
        return waiting.error();
    return static_cast<std::size_t>(std::count_if(waiting->begin(), waiting->end(),
        [&](Question const& each) { return could_be_second(reader, refusers_of(each.row, each.second)); }));
}

result<RoleGrantId> newest_role_for_chief(Ledger& ledger, Instant now)
{
    auto const waiting = waiting_questions(ledger, now);
    if (!waiting)
        return waiting.error();
    auto const newest
        = std::find_if(waiting->rbegin(), waiting->rend(), [](Question const& each) { return chief_may(each.second); });
    return newest == waiting->rend() ? RoleGrantId::none : newest->row.grant.id;
}

} // namespace gatehouse::store
