#pragma once
// What the pages about drafts, publications and lists have in common.

#include "proxy/portal/web.hpp"
#include "proxy/store/policy_changes.hpp"

namespace gatehouse::portal::console {

Cell publication_state(store::Publication const& publication, store::Instant now);
/// What it was for: in the words of the officer, or in the store's own where it takes another one back.
Words message_of(store::Publication const& publication, std::size_t max_bytes = 500);
Words list_title(store::SchoolList list);
/// Fifty of them, with the way to the others on `path`. `address`: of the page of a change, up to its number; empty: they have none.
void add_list_changes(Page& page, Visit const& visit, std::vector<store::Change> const& changes, std::string_view path,
    std::string const& address = {});
/// Everything in the draft (none) or in a publication.
struct Changes {
    std::vector<store::Change> lists;
    std::vector<store::PolicyChange> policy;
    bool empty() const { return lists.empty() && policy.empty(); }
};
result<Changes> read_changes(store::Ledger& ledger, store::PublicationId publication);
/// `referred`: what its reference stands for.
std::vector<SummaryRow> change_rows(
    Visit const& visit, store::Change const& change, std::optional<store::Referred> const& referred);
/// What is wrong, and what to write instead.
Words problem_text(policy::Problem const& problem);
Part problem_list(std::vector<policy::Problem> const& problems);
/// With the draft, or at once; "?when=now" chooses the latter beforehand.
Field when_field(Visit const& visit);
bool wants_at_once(Visit const& visit);
Words draft_notice(std::string_view done);
/// After something was put into the draft: the page of the draft, or a word where that is not open to whose account waits.
Response after_drafting(Visit const& visit);

/// Makes what is due live; a publication for later is only announced. To `location` if all went well, or to what waits for a second person; otherwise a
/// page that says what is wrong.
task<Response> after_proposal(Visit const& visit, store::Publication proposed, std::string location);

} // namespace gatehouse::portal::console
