// The officer's and the headteacher's steps. Each is one immediate transaction: read the row, check role and people, compare state and version,
// change, event, audit.
#include "proxy/store/override_steps.hpp"
#include "proxy/store/unblock_rows.hpp"

#include <algorithm>
#include <fmt/chrono.h>
#include <fmt/format.h>

namespace gatehouse::store {
namespace {

/// Errors: `errc::stale`, `wrong_state`.
result<RequestRow> load_for_step(Ledger& ledger, RequestStep const& step, RequestState state)
{
    auto row = load_request(ledger, step.id);
    if (!row)
        return row.error();
    // Version before state: who acts second hears that somebody else was first, not that the step is impossible.
    if (row->request.version != step.version)
        return errc::stale;
    if (row->request.state != state)
        return errc::wrong_state;
    return row;
}

bool is_recommended_selector(std::string_view text)
{
    return is_plain_text(text, 128) && text.find('\n') == std::string_view::npos;
}

bool is_id(std::string_view text)
{
    auto const is_allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; };
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), is_allowed);
}

/// A role stands in its column as a bare word, so it may neither be the word for all people nor look like another selector.
bool is_scope_right(Recommendation const& terms)
{
    switch (terms.scope) {
    case Scope::person: return is_recommended_selector(terms.scope_value);
    case Scope::group:
    case Scope::network: return is_id(terms.scope_value);
    case Scope::role: return is_id(terms.scope_value) && terms.scope_value != "everyone";
    case Scope::everyone: return terms.scope_value.empty();
    }
    return false;
}

/// The terms in canonical form. Errors: `errc::invalid_value`.
result<Recommendation> checked_terms(Recommendation terms, Instant now)
{
    if (!is_plain_text(terms.text, reason_limit))
        return errc::invalid_value;
    if (!terms.allow)
        return terms;
    auto const place = parse_place(written_host(terms.host) + terms.path);
    bool const is_time_right = terms.from < terms.until && now < terms.until && terms.until - terms.from <= longest_override;
    bool const are_columns_right = std::all_of(terms.when.begin(), terms.when.end(), is_recommended_selector)
        && is_recommended_selector(terms.clause) && terms.when.size() <= 16;
    if (!place || !is_scope_right(terms) || !is_time_right || !are_columns_right)
        return errc::invalid_value;
    terms.host = place->host;
    terms.path = place->path;
    std::vector<std::string> also;
    for (auto const& typed : terms.also) {
        auto const other = parse_place(typed);
        if (!other)
            return errc::invalid_value;
        auto text = written_host(other->host) + other->path;
        if (std::find(also.begin(), also.end(), text) == also.end())
            also.push_back(std::move(text));
    }
    if (also.size() > most_also)
        return errc::invalid_value;
    terms.also = std::move(also);
    return terms;
}

/// Version and state moved on in one statement; another's step in between is seen as stale.
result<void> advance(Ledger& ledger, RequestStep const& step, RequestState from, RequestState to)
{
    auto const changed = ledger.database().execute(
        "UPDATE unblock_requests SET state = ?, version = version + 1 WHERE id = ? AND version = ? AND state = ?", to, step.id,
        step.version, from);
    if (!changed)
        return changed;
    return ledger.database().changed_rows() == 1 ? result<void>{} : result<void>{errc::stale};
}

/// Event and audit row of a step that was done, and the request as it is now.
result<UnblockRequest> noted(Ledger& ledger, Deed const& deed, RequestStep const& step, Account const& actor,
    std::string const& event, std::string const& text)
{
    if (auto const added = add_request_event(ledger, step.id, step.now, actor.login, event, text); !added)
        return added.error();
    if (auto const audited = audit(ledger, deed, text); !audited)
        return audited.error();
    return find_request(ledger, step.id);
}

result<void> keep_terms(Ledger& ledger, RequestId id, Recommendation const& terms, AccountId reviewer)
{
    return ledger.database().execute(
        "UPDATE unblock_requests SET terms_allow = ?, terms_text = ?, terms_scope = ?, terms_scope_value = ?, terms_host = ?,"
        " terms_path = ?, terms_when = ?, terms_from = ?, terms_until = ?, terms_clause = ?, terms_also = ?, reviewer = ? WHERE "
        "id = ?",
        terms.allow, terms.text, terms.scope, terms.scope_value, terms.host, terms.path, join_lines(terms.when), terms.from,
        terms.until, terms.clause, join_lines(terms.also), reviewer, id);
}

result<void> keep_decision(Ledger& ledger, RequestStep const& step, std::optional<AccountId> approver, std::string const& answer,
    std::optional<OverrideId> granted)
{
    return ledger.database().execute(
        "UPDATE unblock_requests SET approver = ?, answer = ?, decided_at = ?, override = ? WHERE id = ?", approver, answer,
        step.now, granted, step.id);
}

std::string who_selector(Recommendation const& terms)
{
    switch (terms.scope) {
    case Scope::person: return "user:" + terms.scope_value;
    case Scope::group: return "group:" + terms.scope_value;
    case Scope::role: return terms.scope_value; // written without a prefix
    case Scope::everyone:
    case Scope::network: break;
    }
    return "everyone";
}

result<OverrideId> add_override(
    Ledger& ledger, UnblockRequest const& request, Account const& approver, std::string const& reason, Instant now)
{
    auto const& terms = *request.recommendation;
    OverrideRow row;
    row.request = request.id;
    row.clause = terms.clause;
    row.reason = reason;
    row.who = {who_selector(terms)};
    row.what = {place_selector(terms.host, terms.path)};
    for (auto const& text : terms.also)
        if (auto const other = parse_place(text))
            row.what.push_back(place_selector(other->host, other->path));
    if (terms.scope == Scope::network)
        row.where = {"network:" + terms.scope_value};
    row.when = terms.when;
    row.from = terms.from;
    row.until = terms.until;
    row.created_at = now;
    row.approved_by = approver.login;
    return insert_override(ledger, row);
}

std::string terms_text(Recommendation const& terms)
{
    if (!terms.allow)
        return "refuse: " + terms.text;
    return fmt::format("allow {}{} for {} from {:%Y-%m-%d %H:%M} until {:%Y-%m-%d %H:%M} UTC: {}",
        place_selector(terms.host, terms.path), terms.also.empty() ? "" : fmt::format(" with {}", fmt::join(terms.also, " ")),
        who_selector(terms) + (terms.scope == Scope::network ? " at network:" + terms.scope_value : ""),
        fmt::gmtime(std::chrono::system_clock::time_point{terms.from}),
        fmt::gmtime(std::chrono::system_clock::time_point{terms.until}), terms.text);
}

} // namespace

result<UnblockRequest> recommend_request(Ledger& ledger, RequestStep const& step, Recommendation const& recommendation)
{
    auto const terms = checked_terms(recommendation, step.now);
    if (!terms)
        return terms.error();
    Deed const deed{"unblock.recommend", request_object(step.id), step.actor, step.now};
    return carry_out(ledger, deed, [&]() -> result<UnblockRequest> {
        auto const row = load_for_step(ledger, step, RequestState::submitted);
        if (!row)
            return row.error();
        auto const reviewer = require_reviewer(ledger, step.id, step.actor, step.now);
        if (!reviewer)
            return reviewer.error();
        if (auto const moved = advance(ledger, step, RequestState::submitted, RequestState::recommended); !moved)
            return moved.error();
        if (auto const kept = keep_terms(ledger, step.id, *terms, reviewer->id); !kept)
            return kept.error();
        return noted(ledger, deed, step, *reviewer, "recommended", terms_text(*terms));
    });
}

result<void> merge_request(Ledger& ledger, RequestStep const& step, RequestId into)
{
    Deed const deed{"unblock.merge", request_object(step.id), step.actor, step.now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        auto const row = load_for_step(ledger, step, RequestState::submitted);
        if (!row)
            return row.error();
        auto const officer = require_reviewer(ledger, step.id, step.actor, step.now);
        if (!officer)
            return officer.error();
        auto const lead = load_request(ledger, into);
        if (!lead)
            return lead.error();
        if (auto const other = require_reviewer(ledger, into, step.actor, step.now); !other)
            return other.error();
        bool const is_open = lead->request.state == RequestState::submitted || lead->request.state == RequestState::recommended;
        if (into == step.id || !is_open)
            return errc::wrong_state;
        if (auto const moved = advance(ledger, step, RequestState::submitted, RequestState::merged); !moved)
            return moved;
        // Those that followed this one follow the other now: chains are never longer than one step.
        auto const followed = ledger.database().execute(
            "UPDATE unblock_requests SET merged_into = ?1 WHERE id = ?2 OR merged_into = ?2", into, step.id);
        if (!followed)
            return followed;
        // Whoever decides on the other one has to see first that more people ask for it.
        auto const touched = ledger.database().execute("UPDATE unblock_requests SET version = version + 1 WHERE id = ?", into);
        if (!touched)
            return touched;
        auto const done = noted(ledger, deed, step, *officer, "merged", "into " + request_object(into));
        return done ? result<void>{} : result<void>{done.error()};
    });
}

result<UnblockRequest> close_request(Ledger& ledger, RequestStep const& step, std::string const& reason)
{
    if (!is_plain_text(reason, reason_limit))
        return errc::invalid_value;
    Deed const deed{"unblock.close", request_object(step.id), step.actor, step.now};
    return carry_out(ledger, deed, [&]() -> result<UnblockRequest> {
        auto const row = load_for_step(ledger, step, RequestState::submitted);
        if (!row)
            return row.error();
        auto const officer = require_reviewer(ledger, step.id, step.actor, step.now);
        if (!officer)
            return officer.error();
        if (auto const moved = advance(ledger, step, RequestState::submitted, RequestState::closed); !moved)
            return moved.error();
        if (auto const kept = keep_decision(ledger, step, {}, reason, {}); !kept)
            return kept.error();
        return noted(ledger, deed, step, *officer, "closed", reason);
    });
}

result<UnblockRequest> send_back_request(Ledger& ledger, RequestStep const& step, std::string const& question)
{
    if (!is_plain_text(question, reason_limit))
        return errc::invalid_value;
    Deed const deed{"unblock.send-back", request_object(step.id), step.actor, step.now};
    return carry_out(ledger, deed, [&]() -> result<UnblockRequest> {
        auto const row = load_for_step(ledger, step, RequestState::recommended);
        if (!row)
            return row.error();
        auto const approver = require_approver(ledger, *row, step.actor, step.now);
        if (!approver)
            return approver.error();
        if (auto const moved = advance(ledger, step, RequestState::recommended, RequestState::submitted); !moved)
            return moved.error();
        auto const freed = ledger.database().execute("UPDATE unblock_requests SET reviewer = NULL WHERE id = ?", step.id);
        if (!freed)
            return freed.error();
        return noted(ledger, deed, step, *approver, "sent-back", question);
    });
}

result<UnblockRequest> approve_request(Ledger& ledger, RequestStep const& step, std::string const& reason)
{
    if (!is_plain_text(reason, reason_limit))
        return errc::invalid_value;
    Deed const deed{"unblock.approve", request_object(step.id), step.actor, step.now};
    return carry_out(ledger, deed, [&]() -> result<UnblockRequest> {
        auto const row = load_for_step(ledger, step, RequestState::recommended);
        if (!row)
            return row.error();
        auto const approver = require_approver(ledger, *row, step.actor, step.now);
        if (!approver)
            return approver.error();
        if (auto const apart = check_reviewer_apart(ledger, *row); !apart)
            return apart.error();
        // A proposal to refuse has no terms to grant, and one whose end has passed nothing to open: it goes back to the officer.
        auto const& terms = row->request.recommendation;
        if (!terms || !terms->allow || terms->until <= step.now)
            return errc::wrong_state;
        if (auto const moved = advance(ledger, step, RequestState::recommended, RequestState::approved); !moved)
            return moved.error();
        auto const granted = add_override(ledger, row->request, *approver, reason, step.now);
        if (!granted)
            return granted.error();
        if (auto const kept = keep_decision(ledger, step, approver->id, reason, *granted); !kept)
            return kept.error();
        auto const text = fmt::format("override-{}: {}", number(*granted), reason);
        return noted(ledger, deed, step, *approver, "approved", text);
    });
}

result<UnblockRequest> refuse_request(Ledger& ledger, RequestStep const& step, std::string const& reason)
{
    if (!is_plain_text(reason, reason_limit))
        return errc::invalid_value;
    Deed const deed{"unblock.refuse", request_object(step.id), step.actor, step.now};
    return carry_out(ledger, deed, [&]() -> result<UnblockRequest> {
        auto const row = load_for_step(ledger, step, RequestState::recommended);
        if (!row)
            return row.error();
        auto const approver = require_approver(ledger, *row, step.actor, step.now);
        if (!approver)
            return approver.error();
        if (auto const apart = check_reviewer_apart(ledger, *row); !apart)
            return apart.error();
        if (auto const moved = advance(ledger, step, RequestState::recommended, RequestState::refused); !moved)
            return moved.error();
        if (auto const kept = keep_decision(ledger, step, approver->id, reason, {}); !kept)
            return kept.error();
        return noted(ledger, deed, step, *approver, "refused", reason);
    });
}

} // namespace gatehouse::store
