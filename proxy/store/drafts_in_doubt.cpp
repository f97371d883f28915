// What an account drafted and published while somebody else may have come in as that person (given_access.hpp).
#include "proxy/store/given_access_steps.hpp"
#include "proxy/store/publication_rows.hpp"

#include <fmt/format.h>

namespace gatehouse::store {
namespace {

// Neither the role nor whether it is open counts: whoever gave the way in could take the one and close the other once it has drafted.
std::string const& waiting_drafters_sql()
{
    static std::string const sql
        = fmt::format("SELECT a.id, a.login FROM accounts a WHERE a.id IN (SELECT l.account FROM account_logins l JOIN (SELECT"
                      " made_by FROM list_changes WHERE publication IS NULL UNION SELECT made_by FROM policy_changes WHERE"
                      " publication IS NULL) d ON l.login = lower(d.made_by)) AND EXISTS (SELECT 1 FROM given_access"
                      " WHERE account = a.id AND {}) ORDER BY a.login",
            holds_still);
    return sql;
}

/// Texts of what is in the draft.
result<std::vector<std::string>> drafted_since(Ledger& ledger, Since const& since)
{
    auto const lists = read_draft(ledger, since.account);
    auto const rules = drafted_policy_changes(ledger, since.account);
    if (!lists || !rules)
        return !lists ? lists.error() : rules.error();
    std::vector<std::string> texts;
    for (auto const& change : *lists)
        if (change.made_at >= since.at)
            texts.push_back(text_of(change));
    for (auto const& change : *rules)
        if (change.made_at >= since.at)
            texts.push_back(text_of(change));
    return texts;
}

enum class Made : std::uint8_t { whenever, since };

/// Numbers of publications in these states, oldest first: that the account made, whenever or since then, or that hold what it drafted since.
result<std::vector<PublicationId>> publications_with(
    Ledger& ledger, Since const& since, Made made, std::initializer_list<PublicationState> states)
{
    std::string wanted;
    for (auto const state : states)
        wanted += fmt::format("{}{}", wanted.empty() ? "" : ", ", static_cast<int>(state));
    auto const sql = fmt::format("SELECT id FROM publications WHERE state IN ({0}) AND (({1} AND ({2} OR made_at >= ?2)) OR id IN"
                                 " (SELECT publication FROM list_changes WHERE made_at >= ?2 AND {1}) OR id IN (SELECT"
                                 " publication FROM policy_changes WHERE made_at >= ?2 AND {1})) ORDER BY id",
        wanted, is_made_by, made == Made::whenever ? 1 : 0);
    return ledger.database().collect(
        sql, [](Statement const& row) { return row.id<PublicationId>(0); }, since.account, since.at);
}

result<std::size_t> count_of_since(Ledger& ledger, PublicationId id, Since const& since)
{
    static std::string const sql
        = fmt::format("SELECT (SELECT count(*) FROM list_changes WHERE publication = ?3 AND made_at >= ?2 AND {0}) + (SELECT"
                      " count(*) FROM policy_changes WHERE publication = ?3 AND made_at >= ?2 AND {0})",
            is_made_by);
    return count_rows(ledger, sql, since.account, since.at, id);
}

} // namespace

result<Instant> given_since(Ledger& ledger, GivenAccessId id)
{
    auto const found = ledger.database().first(
        given_first_at, [](Statement const& row) { return row.instant(0); }, id);
    if (!found)
        return found.error();
    return *found ? result<Instant>{**found} : result<Instant>{errc::not_found};
}

result<Instant> in_doubt_since(Ledger& ledger, AccountId account)
{
    auto const given = given_to(ledger, account, nobody_said, Instant{});
    if (!given)
        return given.error();
    return given->empty() ? result<Instant>{errc::not_found} : given_since(ledger, given->front().id);
}

result<std::vector<DraftInDoubt>> drafts_in_doubt(Ledger& ledger, Instant now)
{
    auto const drafters = ledger.database().collect(
        waiting_drafters_sql(),
        [](Statement const& row) {
            return std::pair{row.id<AccountId>(0), row.text(1)};
        },
        now - settling_time);
    if (!drafters)
        return drafters.error();
    std::vector<DraftInDoubt> doubts;
    for (auto const& [id, login] : *drafters) {
        auto const since = in_doubt_since(ledger, id);
        if (!since)
            return since.error();
        auto const texts = drafted_since(ledger, {id, *since});
        if (!texts)
            return texts.error();
        if (!texts->empty())
            doubts.push_back({login, texts->size()});
    }
    return doubts;
}

result<void> cancel_publications_since(
    Ledger& ledger, Since const& since, std::string const& why, Actor const& actor, Instant now)
{
    auto const ids = publications_with(ledger, since, Made::whenever, {PublicationState::pending, PublicationState::waiting});
    if (!ids)
        return ids.error();
    for (auto const id : *ids) {
        auto const publication = find_publication(ledger, id);
        if (!publication)
            return publication.error();
        if (auto const set = set_state(ledger, id, PublicationState::cancelled, why, publication->state); !set)
            return set;
        if (auto const moved = move_changes(ledger, id, PublicationId::none); !moved)
            return moved;
        if (auto const audited = audit(ledger, {"publication.cancel", object_of(id), actor, now}, publication->message); !audited)
            return audited;
    }
    return {};
}

result<std::vector<std::string>> drop_drafted_since(Ledger& ledger, Since const& since, Actor const& actor, Instant now)
{
    auto dropped = drafted_since(ledger, since);
    if (!dropped)
        return dropped;
    for (auto const* const table : {"list_changes", "policy_changes"}) {
        auto const sql = fmt::format("DELETE FROM {} WHERE publication IS NULL AND made_at >= ?2 AND {}", table, is_made_by);
        if (auto const gone = ledger.database().execute(sql, since.account, since.at); !gone)
            return gone.error();
    }
    for (auto const& text : *dropped)
        if (auto const audited = audit(ledger, {"draft.drop", "draft", actor, now}, text); !audited)
            return audited.error();
    return dropped;
}

result<std::vector<LiveInDoubt>> live_of_since(Ledger& ledger, Since const& since)
{
    auto const ids = publications_with(ledger, since, Made::since, {PublicationState::live});
    if (!ids)
        return ids.error();
    std::vector<LiveInDoubt> live;
    for (auto id = ids->rbegin(); id != ids->rend(); ++id) {
        auto publication = find_publication(ledger, *id);
        auto const changes = count_of_since(ledger, *id, since);
        if (!publication || !changes)
            return !publication ? publication.error() : changes.error();
        live.push_back({std::move(*publication), *changes});
    }
    return live;
}

} // namespace gatehouse::store
