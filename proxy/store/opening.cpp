#include "proxy/store/opening.hpp"

#include "policy/url_path.hpp"
#include "proxy/store/acting.hpp"

#include <algorithm>

namespace gatehouse::store {
namespace {

bool is_for(Recommendation const& terms, Requester const& who, std::vector<std::string> const& groups)
{
    auto const& value = terms.scope_value;
    switch (terms.scope) {
    case Scope::person: return !who.user.empty() && folded_name(who.user) == folded_name(value);
    case Scope::group: return std::find(groups.begin(), groups.end(), value) != groups.end();
    case Scope::role: return !value.empty() && who.role == value;
    case Scope::network: return !value.empty() && who.network == value;
    case Scope::everyone: return true;
    }
    return false;
}

/// As a selector of the policy holds: the host or one below it.
bool is_host_within(std::string const& host, std::string const& wide)
{
    auto const parsed = policy::Host::parse(written_host(host));
    return parsed ? parsed->is_within(wide) : !wide.empty() && host == wide;
}

bool is_path_within(std::string const& path, std::string const& wide)
{
    if (wide.empty())
        return true;
    return !path.empty() && policy::covers(policy::UrlPath{wide}.text(), policy::UrlPath{path}.text());
}

Opening opening_of(Place const& place, UnblockRequest const& asked)
{
    if (place.host.empty())
        return Opening::elsewhere;
    bool const has_host = is_host_within(asked.host, place.host);
    bool const has_path = is_path_within(asked.path, place.path);
    if (has_host && has_path)
        return Opening::all;
    // A name below the one that was asked for is a part of the whole site, and no part of one page of it; but for "www.", which is the same site.
    bool const is_below
        = is_host_within(place.host, asked.host) && (asked.path.empty() || without_www(place.host) == without_www(asked.host));
    bool const is_part = (has_host || is_below) && (has_path || is_path_within(place.path, asked.path));
    return is_part ? Opening::part : Opening::elsewhere;
}

} // namespace

Opening opens_for(Recommendation const& terms, UnblockRequest const& asked, std::vector<std::string> const& groups)
{
    if (!is_for(terms, asked.requester, groups))
        return Opening::for_others;
    auto best = opening_of({terms.host, terms.path}, asked);
    for (auto const& text : terms.also)
        if (auto const other = parse_place(text))
            best = std::min(best, opening_of(*other, asked));
    return best;
}

result<std::vector<std::string>> groups_of_asker(Ledger& ledger, UnblockRequest const& asked)
{
    std::vector<std::string> groups;
    if (!asked.requester.group.empty())
        groups.push_back(asked.requester.group);
    if (asked.requester.user.empty())
        return groups;
    auto const account = find_account(ledger, asked.requester.user);
    if (!account && account.error() == errc::not_found)
        return groups;
    if (!account)
        return account.error();
    groups.insert(groups.end(), account->groups.begin(), account->groups.end());
    return groups;
}

result<std::vector<std::string>> groups_of_role(Ledger& ledger, std::string const& role)
{
    auto const rows = ledger.database().collect(
        "SELECT DISTINCT groups FROM accounts WHERE subject_role = ? AND disabled = 0",
        [](Statement const& row) { return split_lines(row.text(0)); }, role);
    if (!rows)
        return rows.error();
    std::vector<std::string> groups;
    for (auto const& row : *rows)
        groups.insert(groups.end(), row.begin(), row.end());
    std::sort(groups.begin(), groups.end());
    groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
    return groups;
}

} // namespace gatehouse::store
