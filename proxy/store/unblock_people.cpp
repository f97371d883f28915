// Who may take the next step of a request: nobody who asked for it, and three different people in all.
#include "proxy/store/unblock_rows.hpp"

#include <algorithm>
#include <limits>

namespace gatehouse::store {
namespace {

using Askers = std::vector<RequestRow>;

/// Who asked, and one person who would take a step.
struct Party {
    Askers askers;
    PersonNames names;
};

result<Party> party_of(Ledger& ledger, RequestId id, Account const& account)
{
    auto askers = load_askers(ledger, id);
    if (!askers)
        return askers.error();
    auto names = names_of(ledger, account);
    if (!names)
        return names.error();
    return Party{std::move(*askers), std::move(*names)};
}

/// By the name under which the gateway knew them.
bool has_asked(Askers const& askers, PersonNames const& names)
{
    return std::any_of(
        askers.begin(), askers.end(), [&](auto const& row) { return names.has_login(row.request.requester.user); });
}

/// A typed name proves nothing, and anybody may type any name under somebody else's request: it counts on the first ask alone, and only chooses
/// between people who could decide. It never takes the last of them away. Where pupils sit it counts for nothing: a pupil who types the headteacher's name
/// would take the request off the headteacher.
bool may_have_asked(Askers const& askers, PersonNames const& names)
{
    return std::any_of(askers.begin(), askers.end(), [&](auto const& row) {
        auto const& who = row.request.requester;
        return !row.request.merged_into && who.user.empty() && !who.from_pupils && names.has_any_name(who.claimed_name);
    });
}

/// Everybody who has the role and may sign in.
result<std::vector<PersonNames>> people_with(Ledger& ledger, ConsoleRole role)
{
    auto const accounts = ledger.database().collect(
        "SELECT min(id) FROM accounts WHERE console_role = ? AND disabled = 0 GROUP BY person",
        [](Statement const& row) { return row.id<AccountId>(0); }, role);
    if (!accounts)
        return accounts.error();
    std::vector<PersonNames> people;
    for (auto const id : *accounts) {
        auto const account = find_account(ledger, id);
        if (!account)
            return account.error();
        auto names = names_of(ledger, *account);
        if (!names)
            return names.error();
        people.push_back(std::move(*names));
    }
    return people;
}

/// How many with the role did not ask, without `but`.
result<std::ptrdiff_t> count_free(Ledger& ledger, ConsoleRole role, Askers const& askers, std::string const& but)
{
    auto const people = people_with(ledger, role);
    if (!people)
        return people.error();
    return std::count_if(
        people->begin(), people->end(), [&](auto const& names) { return names.person != but && !has_asked(askers, names); });
}

/// Clause 11: what a headteacher asked for, or may have asked for, the chief executive decides.
result<ConsoleRole> decider_of(Ledger& ledger, Askers const& askers)
{
    auto const heads = people_with(ledger, ConsoleRole::headteacher);
    if (!heads)
        return heads.error();
    bool const is_from_head = std::any_of(heads->begin(), heads->end(),
        [&](auto const& names) { return has_asked(askers, names) || may_have_asked(askers, names); });
    if (!is_from_head)
        return ConsoleRole::headteacher;
    auto const free_chiefs = count_free(ledger, ConsoleRole::chief_executive, askers, {});
    if (!free_chiefs)
        return free_chiefs.error();
    return *free_chiefs > 0 ? ConsoleRole::chief_executive : ConsoleRole::headteacher;
}

/// Removes what this reader's role does not see: the chief executive sees what they decide, the headteacher's queue what waits for them.
result<void> keep_own(Ledger& ledger, ConsoleRole role, std::vector<UnblockRequest>& requests)
{
    std::vector<UnblockRequest> kept;
    for (auto& request : requests) {
        auto const decider = decider_of(ledger, request.id);
        if (!decider)
            return decider.error();
        if (*decider == role)
            kept.push_back(std::move(request));
    }
    requests = std::move(kept);
    return {};
}

/// For whom keep_own() takes some away.
bool sees_some_only(ConsoleRole role, RequestState state)
{
    return role == ConsoleRole::chief_executive || (role == ConsoleRole::headteacher && state == RequestState::recommended);
}

result<std::vector<UnblockRequest>> own_requests(Ledger& ledger, ConsoleRole role, RequestState state)
{
    constexpr std::size_t all = std::numeric_limits<std::int64_t>::max();
    auto requests = list_requests(ledger, state, all);
    if (!requests)
        return requests;
    if (auto const kept = keep_own(ledger, role, *requests); !kept)
        return kept.error();
    return requests;
}

result<ConsoleRole> role_of(Ledger& ledger, AccountId reader)
{
    auto const account = find_account(ledger, reader);
    if (!account)
        return account.error();
    return account->console_role;
}

} // namespace

result<ConsoleRole> decider_of(Ledger& ledger, RequestId id)
{
    auto const askers = load_askers(ledger, id);
    if (!askers)
        return askers.error();
    return decider_of(ledger, *askers);
}

result<Account> require_reviewer(Ledger& ledger, RequestId id, Actor const& actor, Instant now)
{
    auto const officer = require_settled_role(ledger, actor, {ConsoleRole::officer}, now);
    if (!officer)
        return officer;
    auto const party = party_of(ledger, id, *officer);
    if (!party)
        return party.error();
    if (has_asked(party->askers, party->names))
        return errc::same_person;
    if (!may_have_asked(party->askers, party->names))
        return officer;
    auto const free_others = count_free(ledger, ConsoleRole::officer, party->askers, party->names.person);
    if (!free_others)
        return free_others.error();
    return *free_others > 0 ? result<Account>{errc::same_person} : officer;
}

result<Account> require_approver(Ledger& ledger, RequestRow const& row, Actor const& actor, Instant now)
{
    auto const approver = require_settled_role(ledger, actor, {ConsoleRole::headteacher, ConsoleRole::chief_executive}, now);
    if (!approver)
        return approver;
    auto const party = party_of(ledger, row.request.id, *approver);
    if (!party)
        return party.error();
    if (has_asked(party->askers, party->names))
        return errc::same_person;
    auto const decider = decider_of(ledger, party->askers);
    if (!decider)
        return decider.error();
    if (approver->console_role != *decider)
        return errc::not_permitted;
    auto const reviewer = find_account(ledger, row.reviewer_account);
    if (!reviewer)
        return reviewer.error();
    return reviewer->person == approver->person ? result<Account>{errc::same_person} : approver;
}

result<void> check_reviewer_apart(Ledger& ledger, RequestRow const& row)
{
    auto const reviewer = find_account(ledger, row.reviewer_account);
    if (!reviewer)
        return reviewer.error();
    auto const party = party_of(ledger, row.request.id, *reviewer);
    if (!party)
        return party.error();
    return has_asked(party->askers, party->names) ? result<void>{errc::same_person} : result<void>{};
}

result<void> check_turn(Ledger& ledger, RequestId id, Actor const& actor, Instant now)
{
    auto const row = load_request(ledger, id);
    if (!row)
        return row.error();
    auto const state = row->request.state;
    if (state != RequestState::submitted && state != RequestState::recommended)
        return errc::wrong_state;
    auto const account = state == RequestState::submitted ? require_reviewer(ledger, id, actor, now)
                                                          : require_approver(ledger, *row, actor, now);
    return account ? result<void>{} : result<void>{account.error()};
}

result<UnblockRequest> read_request(Ledger& ledger, RequestId id, AccountId reader)
{
    auto const account = find_account(ledger, reader);
    if (!account)
        return account.error();
    auto request = find_request(ledger, id);
    if (!request || account->console_role != ConsoleRole::chief_executive)
        return request;
    auto const decider = decider_of(ledger, id);
    if (!decider)
        return decider.error();
    return *decider == account->console_role ? std::move(request) : result<UnblockRequest>{errc::not_permitted};
}

result<std::size_t> count_requests(Ledger& ledger, RequestState state, AccountId reader)
{
    auto const role = role_of(ledger, reader);
    if (!role)
        return role.error();
    if (!sees_some_only(*role, state))
        return count_rows(ledger, "SELECT count(*) FROM unblock_requests WHERE state = ?", state);
    auto const own = own_requests(ledger, *role, state);
    if (!own)
        return own.error();
    return own->size();
}

result<std::vector<UnblockRequest>> list_requests(
    Ledger& ledger, RequestState state, AccountId reader, std::size_t limit, std::size_t skipped)
{
    auto const role = role_of(ledger, reader);
    if (!role)
        return role.error();
    if (!sees_some_only(*role, state))
        return list_requests(ledger, state, limit, skipped);
    auto own = own_requests(ledger, *role, state);
    if (!own)
        return own;
    own->erase(own->begin(), own->begin() + static_cast<std::ptrdiff_t>(std::min(skipped, own->size())));
    own->resize(std::min(limit, own->size()));
    return own;
}

} // namespace gatehouse::store
