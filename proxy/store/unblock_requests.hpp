#pragma once
// A person's ask for a wrongly blocked site, from the block page to the live override: submitted -> recommended (officer) -> approved or refused
// (headteacher). Requester, reviewer and approver are three different people; every step is one transaction with its audit row and compares
// state and version, so that of two who act at once exactly one succeeds.

#include "proxy/store/accounts.hpp"
#include "proxy/store/overrides.hpp"

namespace gatehouse::store {

/// Stored as numbers: new ones are added at the end.
enum class RequestState : std::uint8_t {
    submitted,   ///< waits for the officer
    recommended, ///< waits for the headteacher, or the chief executive (decider_of)
    approved,    ///< its override lives or has lived
    refused,     ///< by the headteacher
    closed,      ///< by the officer, with a reason (not blocked, answered otherwise)
    withdrawn,   ///< by the person who asked
    expired,     ///< nobody decided in time
    merged,      ///< follows another request
};
std::string_view to_text(RequestState state);
std::optional<RequestState> parse_request_state(std::string_view text);

/// For whom it opens. Stored as numbers.
enum class Scope : std::uint8_t {
    person,
    group,
    role,
    everyone,
    network, ///< everyone who sits there
};
std::string_view to_text(Scope scope);
std::optional<Scope> parse_scope(std::string_view text);

struct Requester {
    std::string user; ///< empty: not known
    std::string role; ///< subject role
    std::string group;
    std::string device, network, address;
    std::string
        claimed_name; ///< what the person typed; proves nothing, but where no user is known it chooses who takes the next step (decider_of)
    bool from_pupils = false; ///< the role is one of pupils: whatever name is typed there, it chooses nobody
};

struct NewRequest {
    Requester requester;
    std::string url;                          ///< as asked for; "https://host/path" or a host
    std::string why;                          ///< plain words, at most 2,000 letters
    std::string decision_id;                  ///< of the block page, may be empty
    std::string category, list, rule, clause; ///< as the block page explained, for the officer; may be empty
};

struct Submitted {
    RequestId id = RequestId::none;
    std::string reference;                ///< "K7QF-3M9P", to be read aloud
    std::string status_token;             ///< secret of the status page, 32 hexadecimal digits; kept as a hash
    std::optional<RequestId> merged_into; ///< an open request for the same
};

/// What the officer proposes and the headteacher decides on.
struct Recommendation {
    bool allow = true;
    std::string text; ///< why, and the safeguards
    Scope scope = Scope::person;
    std::string scope_value;       ///< user, group, role or network; empty for everyone
    std::string host;              ///< canonical host, may be wider or narrower than asked
    std::string path;              ///< "/a/b" prefix, or empty for the whole host
    std::vector<std::string> also; ///< "host/path" of other places that the page needs; canonical
    std::vector<std::string> when; ///< selectors of the policy, empty: any time
    Instant from{}, until{};
    std::string clause = "12";
};

inline constexpr std::size_t most_also = 8;
inline constexpr std::chrono::days longest_override{366};
inline constexpr std::chrono::days default_override{98};  ///< about one term
inline constexpr std::chrono::days undecided_request{30}; ///< after that an open request expires

struct UnblockRequest {
    RequestId id = RequestId::none;
    std::string reference;
    RequestState state = RequestState::submitted;
    std::int64_t version = 1; ///< grows with each step; given back with the next one
    Instant submitted_at{};
    Requester requester;
    std::string url, host, path; ///< host and path canonical
    std::string why;
    std::string decision_id, category, list, rule, clause;
    std::optional<RequestId> merged_into;
    std::int64_t merged_count = 0; ///< others who asked for the same
    std::optional<Recommendation> recommendation;
    std::string reviewer; ///< login
    std::string approver; ///< login
    std::string answer;   ///< reason of the last decision, shown to the person who asked
    std::optional<Instant> decided_at;
    std::optional<OverrideId> override_id;
};

struct RequestEvent {
    Instant at{};
    std::string actor; ///< login, "requester" or "system"
    std::string event; ///< "submitted", "recommended", "sent-back", "approved", ...
    std::string text;
};

struct RequestStep {
    RequestId id = RequestId::none;
    std::int64_t version = 0; ///< the one that the actor saw
    Actor actor;
    Instant now{};
};

inline constexpr std::int64_t asks_per_hour = 30; ///< from one address

/// Of the same site, whatever the page: "example.org" for "www.example.org".
std::string_view without_www(std::string_view host);

/// An open request takes this one in if it is for the same host and path, or if the officer has yet to look at it and it is for the same site.
/// Errors: `errc::invalid_value`, `throttled` (too many from this address).
result<Submitted> submit_request(Ledger& ledger, NewRequest const& request, Instant now);

result<UnblockRequest> find_request(Ledger& ledger, RequestId id);
/// For the status page: both must fit; a merged request answers with the state of the one it follows. Errors: `errc::not_found`.
result<UnblockRequest> find_request(Ledger& ledger, std::string_view reference, std::string_view status_token);
/// Oldest first for open states, newest first otherwise.
result<std::vector<UnblockRequest>> list_requests(
    Ledger& ledger, RequestState state, std::size_t limit = 200, std::size_t skipped = 0);
/// As somebody of the console sees them: the chief executive only what they decide; the headteacher no recommended one that the chief executive decides.
result<std::vector<UnblockRequest>> list_requests(
    Ledger& ledger, RequestState state, AccountId reader, std::size_t limit = 50, std::size_t skipped = 0);
result<std::size_t> count_requests(Ledger& ledger, RequestState state, AccountId reader);
/// Errors: `errc::not_found`, `not_permitted`.
result<UnblockRequest> read_request(Ledger& ledger, RequestId id, AccountId reader);
result<std::vector<UnblockRequest>> list_merged(Ledger& ledger, RequestId into);
result<std::vector<RequestEvent>> request_history(Ledger& ledger, RequestId id);

/// Who decides on it: the headteacher; the chief executive, if a headteacher asked or, by a name that was typed, may have asked. A typed name never
/// leaves a request without anybody: where no chief executive is free to decide, the headteacher does.
result<ConsoleRole> decider_of(Ledger& ledger, RequestId id);
/// The next step of an open request is this actor's. Errors: those that the step would give for the person: `errc::not_permitted`, `same_person`,
/// `role_changed_recently`, and `wrong_state` if it is not open.
result<void> check_turn(Ledger& ledger, RequestId id, Actor const& actor, Instant now);

/// Errors of all steps: `errc::not_found`, `stale`, `wrong_state`, `not_permitted`, `same_person`, `role_changed_recently`, `invalid_value`.
/// Officer: submitted -> recommended.
result<UnblockRequest> recommend_request(Ledger& ledger, RequestStep const& step, Recommendation const& recommendation);
/// Officer: submitted -> merged. `into` must be open.
result<void> merge_request(Ledger& ledger, RequestStep const& step, RequestId into);
/// Officer: submitted -> closed, with a reason that the person sees.
result<UnblockRequest> close_request(Ledger& ledger, RequestStep const& step, std::string const& reason);
/// Who decides: recommended -> submitted, with a question for the officer.
result<UnblockRequest> send_back_request(Ledger& ledger, RequestStep const& step, std::string const& question);
/// Who decides: recommended -> approved; the override is made in the same transaction.
result<UnblockRequest> approve_request(Ledger& ledger, RequestStep const& step, std::string const& reason);
result<UnblockRequest> refuse_request(Ledger& ledger, RequestStep const& step, std::string const& reason);
/// The person who asked, by the status page.
result<void> withdraw_request(Ledger& ledger, std::string_view reference, std::string_view status_token, Instant now);
/// Open requests that are too old or whose proposed end has passed; answers how many.
result<std::int64_t> expire_requests(Ledger& ledger, Instant now);

/// "K7QF-3M9P": capitals and digits that cannot be mistaken for each other. Input in any case, with or without the dash.
std::string random_reference();
std::optional<std::string> canonical_reference(std::string_view text);

} // namespace gatehouse::store
