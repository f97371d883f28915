// The requester's side of an unblock request, and reading.
#include "proxy/store/unblock_requests.hpp"

#include "proxy/store/unblock_rows.hpp"

#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr std::size_t why_limit = 2000;  // letters; the form promises 1,000
constexpr std::size_t short_limit = 256; // bytes, of names and ids

bool is_valid(NewRequest const& request)
{
    auto const& who = request.requester;
    for (auto const* text : {&who.user, &who.role, &who.group, &who.device, &who.network, &who.address, &request.decision_id,
             &request.category, &request.list, &request.rule, &request.clause})
        if (!is_plain_text(*text, short_limit, Empty::allowed))
            return false;
    return is_plain_letters(request.why, why_limit) && is_plain_letters(who.claimed_name, short_limit, Empty::allowed)
        && is_plain_text(request.url, 2048);
}

/// Errors: `errc::throttled`.
result<void> check_ask_flood(Database& database, std::string const& address, Instant now)
{
    if (address.empty())
        return {};
    auto const count = database.first(
        "SELECT count(*) FROM unblock_requests WHERE address = ? AND submitted_at > ?",
        [](Statement const& row) { return row.integer(0); }, address, now - std::chrono::hours{1});
    if (!count)
        return count.error();
    return count->value_or(0) >= asks_per_hour ? result<void>{errc::throttled} : result<void>{};
}

/// For the same place; or for another page of the site, while the officer can still choose what opens.
result<std::optional<RequestId>> open_request_for(Database& database, Place const& place)
{
    std::string const bare{without_www(place.host)};
    auto const with_www = "www." + bare;
    return database.first(
        "SELECT id FROM unblock_requests WHERE host IN (?1, ?2) AND (state = 0 OR (state = 1 AND host = ?3 AND path = ?4))"
        " ORDER BY host = ?3 AND path = ?4 DESC, id LIMIT 1",
        [](Statement const& row) { return row.id<RequestId>(0); }, bare, without_www(with_www) == bare ? with_www : bare,
        place.host, place.path);
}

/// The account of a user name, so that a later change of login does not hide who asked.
result<std::optional<AccountId>> account_of(Database& database, std::string const& user)
{
    return database.first(
        "SELECT account FROM account_logins WHERE login = ?", [](Statement const& row) { return row.id<AccountId>(0); },
        folded_name(user));
}

result<RequestId> insert_request(
    Ledger& ledger, NewRequest const& request, Place const& place, Submitted const& keys, Instant now)
{
    auto& database = ledger.database();
    auto const account = account_of(database, request.requester.user);
    if (!account)
        return account.error();
    auto const& who = request.requester;
    auto const state = keys.merged_into ? RequestState::merged : RequestState::submitted;
    auto const inserted = database.execute(
        "INSERT INTO unblock_requests (reference, status_token, state, submitted_at, user, role, user_group, "
        "device, network, address,"
        " claimed_name, account, url, host, path, why, decision, category, list, rule, clause, merged_into, from_pupils)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        keys.reference, token_hash(keys.status_token), state, now, who.user, who.role, who.group, who.device, who.network,
        who.address, who.claimed_name, *account, request.url, place.host, place.path, request.why, request.decision_id,
        request.category, request.list, request.rule, request.clause, keys.merged_into, who.from_pupils);
    if (!inserted)
        return inserted.error();
    return static_cast<RequestId>(database.last_row_id());
}

result<RequestRow> load_by_token(Ledger& ledger, std::string_view reference, std::string_view status_token)
{
    static std::string const sql = fmt::format("{}WHERE r.reference = ? AND r.status_token = ?", select_request());
    auto const canonical = canonical_reference(reference);
    if (!canonical)
        return errc::not_found;
    auto found = ledger.database().first(sql, read_request_row, *canonical, token_hash(status_token));
    if (!found)
        return found.error();
    if (!*found)
        return errc::not_found;
    return std::move(**found);
}

/// Others asked for the same and still want it: the oldest of them whose own time is not over takes the place of one that was taken back or expired.
result<void> promote_follower(Ledger& ledger, RequestId gone, std::string_view why, Instant now)
{
    auto& database = ledger.database();
    auto const oldest = database.first(
        "SELECT min(id) FROM unblock_requests WHERE merged_into = ? AND submitted_at > ?",
        [](Statement const& row) { return row.id<RequestId>(0); }, gone, now - undecided_request);
    if (!oldest)
        return oldest.error();
    auto const heir = oldest->value_or(RequestId::none);
    if (heir == RequestId::none)
        return {};
    auto const promoted
        = database.execute("UPDATE unblock_requests SET state = ?, merged_into = NULL, version = version + 1 WHERE id = ?",
            RequestState::submitted, heir);
    if (!promoted)
        return promoted;
    auto const followed
        = database.execute("UPDATE unblock_requests SET merged_into = ? WHERE merged_into = ? AND submitted_at > ?", heir, gone,
            now - undecided_request);
    if (!followed)
        return followed;
    return add_request_event(ledger, heir, now, "system", "reopened", std::string(why));
}

std::vector<UnblockRequest> requests_of(std::vector<RequestRow> rows)
{
    std::vector<UnblockRequest> requests;
    for (auto& row : rows)
        requests.push_back(std::move(row.request));
    return requests;
}

} // namespace

std::string_view without_www(std::string_view host)
{
    constexpr std::string_view www = "www.";
    bool const is_below = host.starts_with(www) && host.find('.', www.size()) != host.npos; // "www.com" is a site itself
    return is_below ? host.substr(www.size()) : host;
}

result<Submitted> submit_request(Ledger& ledger, NewRequest const& request, Instant now)
{
    auto const place = parse_place(request.url);
    if (!place || !is_valid(request))
        return errc::invalid_value;
    Actor const actor{AccountId::none, "portal", request.requester.address};
    Submitted submitted{RequestId::none, random_reference(), random_token(), {}};
    return ledger.transact([&]() -> result<Submitted> {
        if (auto const calm = check_ask_flood(ledger.database(), request.requester.address, now); !calm)
            return calm.error();
        auto const open = open_request_for(ledger.database(), *place);
        if (!open)
            return open.error();
        submitted.merged_into = *open;
        auto const id = insert_request(ledger, request, *place, submitted, now);
        if (!id)
            return id.error();
        submitted.id = *id;
        auto const event = add_request_event(ledger, *id, now, "requester", "submitted", place->host + place->path);
        if (!event)
            return event.error();
        Deed const deed{"unblock.submit", request_object(*id), actor, now};
        auto const detail = place->host + place->path + (*open ? " merged into " + request_object(**open) : std::string{});
        if (auto const audited = audit(ledger, deed, detail); !audited)
            return audited.error();
        return submitted;
    });
}

result<UnblockRequest> find_request(Ledger& ledger, RequestId id)
{
    auto row = load_request(ledger, id);
    if (!row)
        return row.error();
    return std::move(row->request);
}

result<UnblockRequest> find_request(Ledger& ledger, std::string_view reference, std::string_view status_token)
{
    auto row = load_by_token(ledger, reference, status_token);
    if (!row)
        return row.error();
    auto request = std::move(row->request);
    if (request.state != RequestState::merged || !request.merged_into)
        return request;
    auto const lead = load_request(ledger, *request.merged_into);
    if (!lead)
        return lead.error();
    // What became of it, but nothing about the person who asked first.
    request.state = lead->request.state;
    request.answer = lead->request.answer;
    request.decided_at = lead->request.decided_at;
    request.override_id = lead->request.override_id;
    request.recommendation = lead->request.recommendation;
    return request;
}

result<std::vector<UnblockRequest>> list_requests(Ledger& ledger, RequestState state, std::size_t limit, std::size_t skipped)
{
    bool const is_open = state == RequestState::submitted || state == RequestState::recommended;
    static std::string const oldest = fmt::format("{}WHERE r.state = ? ORDER BY r.id LIMIT ? OFFSET ?", select_request());
    static std::string const newest = fmt::format("{}WHERE r.state = ? ORDER BY r.id DESC LIMIT ? OFFSET ?", select_request());
    auto rows = ledger.database().collect(
        is_open ? oldest : newest, read_request_row, state, static_cast<std::int64_t>(limit), static_cast<std::int64_t>(skipped));
    if (!rows)
        return rows.error();
    return requests_of(std::move(*rows));
}

result<std::vector<UnblockRequest>> list_merged(Ledger& ledger, RequestId into)
{
    static std::string const sql = fmt::format("{}WHERE r.merged_into = ? ORDER BY r.id", select_request());
    auto rows = ledger.database().collect(sql, read_request_row, into);
    if (!rows)
        return rows.error();
    return requests_of(std::move(*rows));
}

result<std::vector<RequestEvent>> request_history(Ledger& ledger, RequestId id)
{
    auto const read = [](Statement const& row) { return RequestEvent{row.instant(0), row.text(1), row.text(2), row.text(3)}; };
    return ledger.database().collect("SELECT at, actor, event, text FROM unblock_events WHERE request = ? ORDER BY id", read, id);
}

result<void> withdraw_request(Ledger& ledger, std::string_view reference, std::string_view status_token, Instant now)
{
    return ledger.transact([&]() -> result<void> {
        auto const row = load_by_token(ledger, reference, status_token);
        if (!row)
            return row.error();
        auto const id = row->request.id;
        // The row's own state decides: a merged ask is taken back alone, what it followed goes on.
        auto const changed = ledger.database().execute("UPDATE unblock_requests SET state = ?, version = version + 1, decided_at "
                                                       "= ?, merged_into = NULL WHERE id = ? AND state IN (0, 1, 7)",
            RequestState::withdrawn, now, id);
        if (!changed)
            return changed;
        if (ledger.database().changed_rows() != 1)
            return errc::wrong_state;
        if (auto const promoted = promote_follower(ledger, id, "the request that it followed was withdrawn", now); !promoted)
            return promoted;
        if (auto const event = add_request_event(ledger, id, now, "requester", "withdrawn", ""); !event)
            return event;
        Actor const actor{AccountId::none, "portal", row->request.requester.address};
        return audit(ledger, {"unblock.withdraw", request_object(id), actor, now}, "");
    });
}

result<std::int64_t> expire_requests(Ledger& ledger, Instant now)
{
    return ledger.transact([&]() -> result<std::int64_t> {
        auto const overdue = ledger.database().collect(
            "SELECT id FROM unblock_requests WHERE (state IN (0, 1) AND submitted_at <= ?) OR (state = 1 AND terms_allow = 1 AND "
            "terms_until <= ?)",
            [](Statement const& row) { return row.id<RequestId>(0); }, now - undecided_request, now);
        if (!overdue)
            return overdue.error();
        for (auto const id : *overdue) {
            auto const changed = ledger.database().execute(
                "UPDATE unblock_requests SET state = ?, version = version + 1, decided_at = ? WHERE id = ?",
                RequestState::expired, now, id);
            if (!changed)
                return changed.error();
            if (auto const promoted = promote_follower(ledger, id, "the request that it followed expired", now); !promoted)
                return promoted.error();
            if (auto const event = add_request_event(ledger, id, now, "system", "expired", ""); !event)
                return event.error();
            if (auto const audited = audit(ledger, {"unblock.expire", request_object(id), system_actor, now}, ""); !audited)
                return audited.error();
        }
        return static_cast<std::int64_t>(overdue->size());
    });
}

} // namespace gatehouse::store
