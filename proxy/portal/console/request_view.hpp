#pragma once
// What the pages about requests share: the summary of one, its history, and the answer after a change that was published.

#include "proxy/portal/web.hpp"
#include "proxy/store/unblock_requests.hpp"

namespace gatehouse::portal::console {

/// One request with everything its page shows.
struct RequestCase {
    store::UnblockRequest request;
    std::vector<store::UnblockRequest> merged;
    std::vector<std::vector<std::string>> groups; ///< of each of `merged` (store::groups_of_asker)
    std::vector<store::RequestEvent> history;
    result<void> turn; ///< whether the next step is the reader's (store::check_turn)
};
/// `reader`: their own step, on the request they ask for.
result<RequestCase> read_case(store::Ledger& ledger, store::RequestStep const& reader);

std::vector<SummaryRow> request_rows(Visit const& visit, RequestCase const& found);
std::vector<SummaryRow> recommendation_rows(Visit const& visit, store::Recommendation const& recommendation);
/// "Pupil, Year 9, at Library", by the names that the policy has; programs get its ids. Never more than the record says.
Words requester_text(Visit const& visit, store::Requester const& requester);
Words scope_text(Visit const& visit, store::Recommendation const& recommendation);

/// The step of this visit on the request and version that its form names.
store::RequestStep step_of(Visit const& visit);

/// What each of its forms says back: the request, and the version that its reader saw.
std::vector<Field> step_fields(store::UnblockRequest const& request);

/// Redirects to `location` with the notice `done` if the store's change is live, else says what was saved and why it is not live.
Response after_publication(Visit const& visit, PublishResult const& published, std::string location);

/// The page of one request with the form of the step that is the reader's. `problems` are shown above the form and at its fields.
task<Response> request_page(Visit const& visit, store::RequestId id, std::vector<Problem> problems);

/// `also`: blocked sites that came with the asked one (came_with.hpp).
Form recommendation_form(
    Visit const& visit, RequestCase const& found, std::vector<std::string> const& also, std::vector<Problem> const& problems);
Form decision_form(Visit const& visit, store::UnblockRequest const& request, std::vector<Problem> const& problems);

} // namespace gatehouse::portal::console
