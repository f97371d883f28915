// Publications that wait for a second person: sites that nobody shall look into. Whoever could put one there alone could hide what is done on it.
#include "proxy/store/publication_rows.hpp"
#include "proxy/store/second_person.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace gatehouse::store {
namespace {

constexpr auto list_confirmers = {ConsoleRole::officer, ConsoleRole::headteacher};

bool takes_two(Change const& change)
{
    return change.kind == ChangeKind::add && change.list == SchoolList::leave_alone;
}

/// Neither who publishes them nor who drafted one of them.
result<SecondPerson> second_person_for(Ledger& ledger, AccountId asker, std::set<std::string> const& drafters)
{
    std::vector<AccountId> ids{asker};
    for (auto const& login : drafters) {
        auto const id = ledger.database().first(
            "SELECT account FROM account_logins WHERE login = ?", [](Statement const& row) { return row.id<AccountId>(0); },
            login);
        if (!id)
            return id.error();
        if (*id && std::find(ids.begin(), ids.end(), **id) == ids.end())
            ids.push_back(**id);
    }
    auto parties = find_parties(ledger, ids);
    if (!parties)
        return parties.error();
    return SecondPerson{list_confirmers, std::move(*parties)};
}

struct Asked {
    Publication publication;
    SecondPerson second;
    std::size_t changes = 0;
};

/// Errors: `errc::not_found`, `wrong_state`.
result<Asked> load_waiting(Ledger& ledger, PublicationId id, Instant now)
{
    auto publication = find_publication(ledger, id);
    if (!publication)
        return publication.error();
    if (!publication->waits(now))
        return errc::wrong_state;
    auto const drafted = ledger.database().collect(
        "SELECT made_by, count(*) FROM list_changes WHERE publication = ? GROUP BY made_by",
        [](Statement const& row) {
            return std::pair{row.text(0), static_cast<std::size_t>(row.integer(1))};
        },
        id);
    if (!drafted)
        return drafted.error();
    std::set<std::string> drafters;
    std::size_t changes = 0;
    for (auto const& [login, count] : *drafted) {
        drafters.insert(login);
        changes += count;
    }
    auto second = second_person_for(ledger, publication->asked_by, drafters);
    if (!second)
        return second.error();
    return Asked{std::move(*publication), std::move(*second), changes};
}

struct PublicationTurn {
    Asked asked;
    Account by;
};

/// Everything that confirming needs. Errors: as confirm_publication.
result<PublicationTurn> take_turn(Ledger& ledger, PublicationStep const& step)
{
    auto asked = load_waiting(ledger, step.id, step.now);
    if (!asked)
        return asked.error();
    auto by = require_second_person(ledger, step.actor, asked->second, step.now);
    if (!by)
        return by.error();
    auto const& asker = asked->second.parties.front();
    if (asker.disabled || asker.console_role != ConsoleRole::officer)
        return errc::wrong_state;
    return PublicationTurn{std::move(*asked), std::move(*by)};
}

/// Errors: `errc::wrong_state`: somebody was faster.
result<void> expect_one(Ledger& ledger, result<void> const& done)
{
    if (!done)
        return done;
    return ledger.database().changed_rows() == 1 ? result<void>{} : result<void>{errc::wrong_state};
}

} // namespace

result<std::optional<Publication>> ask_second_person(
    Ledger& ledger, Deed const& deed, Account const& officer, Publication const& like, std::vector<Change>& changes)
{
    auto const first = std::stable_partition(changes.begin(), changes.end(), [](Change const& each) { return !takes_two(each); });
    std::vector<Change> const waiting(first, changes.end());
    if (waiting.empty())
        return std::optional<Publication>{};
    std::set<std::string> drafters;
    for (auto const& change : waiting)
        drafters.insert(change.made_by);
    auto second = second_person_for(ledger, officer.id, drafters);
    if (!second)
        return second.error();
    auto const others = count_second_people(ledger, *second, deed.now);
    if (!others)
        return others.error();
    if (*others == 0)
        return std::optional<Publication>{};
    auto publication = like;
    publication.state = PublicationState::waiting;
    publication.asked_by = officer.id;
    auto asked = insert_publication(ledger, std::move(publication));
    if (!asked)
        return asked.error();
    for (auto const& change : waiting) {
        auto const placed = change.id == ChangeId::none
            ? insert_change(ledger, change, asked->id)
            : ledger.database().execute("UPDATE list_changes SET publication = ? WHERE id = ?", asked->id, change.id);
        if (!placed)
            return placed.error();
    }
    changes.erase(first, changes.end());
    Deed const named{"publication.ask", object_of(asked->id), deed.actor, deed.now};
    if (auto const audited = audit(ledger, named, fmt::format("{} changes: {}", waiting.size(), asked->message)); !audited)
        return audited.error();
    return std::optional{std::move(*asked)};
}

result<Publication> confirm_publication(Ledger& ledger, PublicationStep const& step)
{
    Deed const deed{"publication.confirm", object_of(step.id), step.actor, step.now};
    return carry_out(ledger, deed, [&]() -> result<Publication> {
        auto const turn = take_turn(ledger, step);
        if (!turn)
            return turn.error();
        auto const set = ledger.database().execute(
            "UPDATE publications SET state = ?1, due_at = max(due_at, ?2), confirmed_by = ?3 WHERE id = ?4 AND state = ?5",
            PublicationState::pending, step.now, turn->by.id, step.id, PublicationState::waiting);
        if (auto const once = expect_one(ledger, set); !once)
            return once.error();
        auto const& asked = turn->asked;
        if (auto const audited = audit(ledger, deed, fmt::format("{} changes: {}", asked.changes, asked.publication.message));
            !audited)
            return audited.error();
        return find_publication(ledger, step.id);
    });
}

result<void> turn_down_publication(Ledger& ledger, PublicationStep const& step, std::string const& reason)
{
    if (!is_plain_text(reason, reason_limit))
        return errc::invalid_value;
    Deed const deed{"publication.turn-down", object_of(step.id), step.actor, step.now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        auto const asked = load_waiting(ledger, step.id, step.now);
        if (!asked)
            return asked.error();
        auto const by = require_refuser(ledger, step.actor, asked->second);
        if (!by)
            return by.error();
        auto const set = ledger.database().execute("UPDATE publications SET state = ?, note = ? WHERE id = ? AND state = ?",
            PublicationState::cancelled, fmt::format("by {}: {}", by->login, reason), step.id, PublicationState::waiting);
        if (auto const once = expect_one(ledger, set); !once)
            return once;
        if (auto const moved = move_changes(ledger, step.id, PublicationId::none); !moved)
            return moved;
        return audit(ledger, deed, reason);
    });
}

result<void> check_publication_turn(Ledger& ledger, PublicationStep const& step)
{
    auto const turn = take_turn(ledger, step);
    return turn ? result<void>{} : result<void>{turn.error()};
}

result<std::vector<Account>> publication_confirmers(Ledger& ledger, PublicationId id, Instant now)
{
    auto const asked = load_waiting(ledger, id, now);
    if (!asked && asked.error() == errc::wrong_state)
        return std::vector<Account>{};
    return asked ? second_people(ledger, asked->second, now) : result<std::vector<Account>>{asked.error()};
}

result<void> expire_publications(Ledger& ledger, Instant now)
{
    return ledger.transact([&]() -> result<void> {
        auto const over = ledger.database().collect(
            "SELECT id, message FROM publications WHERE state = ? AND made_at <= ? ORDER BY id",
            [](Statement const& row) {
                return std::pair{row.id<PublicationId>(0), row.text(1)};
            },
            PublicationState::waiting, now - second_person_time);
        if (!over)
            return over.error();
        for (auto const& [id, message] : *over) {
            auto const set = ledger.database().execute("UPDATE publications SET state = ? WHERE id = ? AND state = ?",
                PublicationState::expired, id, PublicationState::waiting);
            if (!set)
                return set;
            if (auto const moved = move_changes(ledger, id, PublicationId::none); !moved)
                return moved;
            if (auto const audited = audit(ledger, {"publication.expire", object_of(id), system_actor, now}, message); !audited)
                return audited;
        }
        return {};
    });
}

result<std::vector<PublicationId>> publications_for(Ledger& ledger, Account const& reader, Instant now)
{
    auto const waiting = ledger.database().collect(
        "SELECT id FROM publications WHERE state = ? AND made_at > ? ORDER BY id",
        [](Statement const& row) { return row.id<PublicationId>(0); }, PublicationState::waiting, now - second_person_time);
    if (!waiting)
        return waiting.error();
    std::vector<PublicationId> mine;
    for (auto const id : *waiting) {
        auto const asked = load_waiting(ledger, id, now);
        if (!asked)
            return asked.error();
        if (could_be_second(reader, asked->second))
            mine.push_back(id);
    }
    return mine;
}

} // namespace gatehouse::store
