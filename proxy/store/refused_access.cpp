// "No, it is not them": what becomes of an account to which somebody else gave a way in (given_access.hpp), and how it is opened again.
#include "proxy/store/api_tokens.hpp"
#include "proxy/store/given_access_steps.hpp"
#include "proxy/store/publication_rows.hpp"
#include "proxy/store/role_steps.hpp"
#include "proxy/store/sessions.hpp"

#include <array>
#include <fmt/format.h>

namespace gatehouse::store {
namespace {

// A row of given_to(). The clock may have gone back, the numbers do not.
constexpr std::string_view refused_last
    = "(SELECT refused_at FROM given_access WHERE account = ?2 AND refused_at IS NOT NULL ORDER BY id DESC LIMIT 1) = refused_at";

struct AccessRefusal {
    Held held;
    Account by;
};

/// Everything that refusing needs. Errors: as refuse_access.
result<AccessRefusal> take_access_refusal(Ledger& ledger, AccessStep const& step)
{
    auto held = load_held(ledger, step.account, step.now);
    bool const is_late = !held && held.error() == errc::wrong_state;
    if (is_late)
        held = load_late(ledger, step.account, step.now);
    if (!held)
        return held.error();
    auto const refusers = refusers_of(*held);
    auto by
        = is_late ? require_second_person(ledger, step.actor, refusers, step.now) : require_refuser(ledger, step.actor, refusers);
    if (!by)
        return by.error();
    if (held->given.back().id != step.newest)
        return errc::stale;
    return AccessRefusal{std::move(*held), std::move(*by)};
}

/// Whoever came in with any of them is out, and none opens anything.
result<void> take_every_way_in(Ledger& ledger, AccountId id, Instant now)
{
    if (auto const ended = end_all_sessions(ledger, id); !ended)
        return ended;
    if (auto const ended = end_api_tokens(ledger, id, now); !ended)
        return ended;
    if (auto const gone = ledger.database().execute("DELETE FROM recovery_codes WHERE account = ?", id); !gone)
        return gone;
    if (auto const withdrawn = withdraw_roles(ledger, id, now); !withdrawn)
        return withdrawn;
    return ledger.database().execute(
        "UPDATE accounts SET password = '', must_change = 1, totp_secret = '', totp_step = 0, sign_on = '',"
        " disabled = 1, disabled_at = iif(disabled, disabled_at, ?1), access_refused = 1 WHERE id = ?2",
        now, id);
}

/// Of those that it is about: older ones stand, of which it is too late to say a word, and one may be by whoever says no now.
result<void> write_refusal(Ledger& ledger, AccessRefusal const& turn, Instant now, std::string const& reason)
{
    for (auto const& each : turn.held.given)
        if (auto const written
            = ledger.database().execute("UPDATE given_access SET refused_at = ?, refused_by = ?, refusal = ? WHERE id = ?", now,
                turn.by.id, reason, each.id);
            !written)
            return written;
    return {};
}

/// Who could have confirmed what was refused.
result<SecondPerson> openers_of(Ledger& ledger, Account const& account, Instant now)
{
    auto const given = given_to(ledger, account.id, refused_last, now);
    return given ? second_person_for(ledger, account, *given, now) : result<SecondPerson>{given.error()};
}

} // namespace

result<std::vector<std::string>> refuse_access(Ledger& ledger, AccessStep const& step, std::string const& reason)
{
    using Dropped = result<std::vector<std::string>>;
    if (!is_plain_text(reason, reason_limit))
        return errc::invalid_value;
    Deed const deed{"account.refuse-access", object_of(step.account), step.actor, step.now};
    return carry_out(ledger, deed, [&]() -> Dropped {
        auto const turn = take_access_refusal(ledger, step);
        if (!turn)
            return turn.error();
        auto const& given = turn->held.given;
        auto const since = in_doubt_since(ledger, step.account);
        if (!since)
            return since.error();
        if (auto const written = write_refusal(ledger, *turn, step.now, reason); !written)
            return written.error();
        if (auto const closed = take_every_way_in(ledger, step.account, step.now); !closed)
            return closed.error();
        if (auto const audited = audit(ledger, deed, fmt::format("{}: {}", kinds_of(given), reason)); !audited)
            return audited.error();
        auto const why = fmt::format("by {}: {}", turn->by.login, reason);
        Since const theirs{step.account, *since};
        if (auto const cancelled = cancel_publications_since(ledger, theirs, why, step.actor, step.now); !cancelled)
            return cancelled.error();
        return drop_drafted_since(ledger, theirs, step.actor, step.now);
    });
}

result<void> check_access_refusal(Ledger& ledger, AccessStep const& step)
{
    auto const turn = take_access_refusal(ledger, step);
    return turn ? result<void>{} : result<void>{turn.error()};
}

result<void> open_refused(Ledger& ledger, Account const& account, Actor const& actor, Instant now)
{
    if (actor.account == AccountId::none && actor.name.empty())
        return errc::not_permitted;
    if (actor.account != AccountId::none) {
        auto const second = openers_of(ledger, account, now);
        if (!second)
            return second.error();
        if (auto const opener = require_second_person(ledger, actor, *second, now); !opener)
            return opener.error();
    }
    return ledger.database().execute(
        "UPDATE accounts SET disabled = 0, disabled_at = NULL, access_refused = 0 WHERE id = ?", account.id);
}

result<RefusedAccess> find_refused_access(Ledger& ledger, AccountId id, Actor const& reader, Instant now)
{
    auto account = find_account(ledger, id);
    if (!account)
        return account.error();
    if (!account->access_refused)
        return errc::wrong_state;
    auto given = given_to(ledger, id, refused_last, now);
    auto const second = openers_of(ledger, *account, now);
    if (!given || !second)
        return !given ? given.error() : second.error();
    auto openers = second_people(ledger, *second, now);
    if (!openers)
        return openers.error();
    auto const since = given_since(ledger, given->front().id);
    auto live = since ? live_of_since(ledger, {id, *since}) : result<std::vector<LiveInDoubt>>{since.error()};
    if (!live)
        return live.error();
    bool const may_open = require_second_person(ledger, reader, *second, now).has_value();
    return RefusedAccess{std::move(*account), std::move(*given), std::move(*openers), may_open, std::move(*live)};
}

} // namespace gatehouse::store
