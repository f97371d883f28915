#pragma once
// What the pages that change rules and timetable have in common: the policy they change, what does not fit, and how a change is shown.

#include "proxy/portal/web.hpp"
#include "proxy/store/policy_changes.hpp"

namespace gatehouse::portal::console {

/// The policy as it would be with the draft, on which further changes are made; the running one if there is none.
task<std::shared_ptr<policy::Policy const>> policy_with_draft(Visit const& visit);

/// That policy, and a mark of the changes it was built from (store::edits_mark).
struct EditedPolicy {
    std::shared_ptr<policy::Policy const> policy;
    std::string seen;
};
task<EditedPolicy> policy_to_edit(Visit const& visit);

/// What is wrong with edits made on that policy, for people; `field` is the key of the row it is about. Empty: they fit.
std::vector<Problem> problems_with(policy::Policy const& with_draft, std::vector<policy::Edit> const& edits);

/// Into the draft, and to its page. Otherwise the store's refusal. Nothing: another form came in since `base` was read, so look at it all again.
task<std::optional<Response>> draft_them(Visit const& visit, EditedPolicy const& base, store::NewPolicyChanges changes);
/// Takes a form by such an attempt, as often as others come in between.
using DraftAttempt = task<std::optional<Response>> (*)(Visit const& visit);
task<Response> until_drafted(Visit const& visit, DraftAttempt attempt);

/// "Changes: rule pupils-chat".
Words title_of(store::PolicyChange const& change);
/// One row each; `address` as in add_list_changes().
Part policy_changes_table(
    Site const& site, Words caption, std::vector<store::PolicyChange> const& changes, std::string const& address = {});
/// What stands there before and after, key by key, in words. `before`: the text of the row; empty: none.
Part difference(policy::Policy const& policy, policy::Edit const& edit, std::string const& before);

/// Ticked boxes of a form that was sent, or what `otherwise` says.
std::vector<std::string> ticked(Visit const& visit, std::string_view name, std::vector<std::string> otherwise);
/// The lines of a text that say something, trimmed.
std::vector<std::string> lines_of(std::string_view text);
/// Hidden in a form: a mark of what it was made from.
Field stood_field(std::string_view stood);
/// Whether a mark, if there is one, is of something else than `stood`.
bool is_mark_of_another(std::string_view mark, std::string_view stood);
/// What to say if `stood`, what stands there now, is not what the form that came was made from: somebody else may have changed it, and would lose that
/// without a word. Nothing for a form without a mark, such as a program's.
void add_if_changed(std::vector<Problem>& problems, Visit const& visit, std::string_view stood, std::string name);
Field why_field(Visit const& visit, std::vector<Problem> const& problems);

} // namespace gatehouse::portal::console
