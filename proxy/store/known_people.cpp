#include "proxy/store/known_people.hpp"

#include "proxy/store/acting.hpp"
#include "proxy/store/forgotten_accounts.hpp"

#include <algorithm>

namespace gatehouse::store {
namespace {

std::string first_text(Statement const& row)
{
    return row.text(0);
}

/// "user:amy.year9", one a line, among other selectors.
void add_users(std::vector<std::string>& logins, std::vector<std::string> const& columns)
{
    constexpr std::string_view prefix = "user:";
    for (auto const& column : columns)
        for (auto const& selector : split_lines(column))
            if (selector.starts_with(prefix))
                logins.push_back(selector.substr(prefix.size()));
}

result<std::vector<std::string>> logins_of_records(Database& database, std::string const& person)
{
    auto logins
        = database.collect("SELECT l.login FROM account_logins l JOIN accounts a ON a.id = l.account WHERE a.person <> ?1"
                           " AND a.forgotten_at IS NULL UNION SELECT sign_on FROM accounts WHERE person <> ?1 AND sign_on <> '' "
                           "UNION SELECT user FROM unblock_requests"
                           " UNION SELECT user FROM reports UNION SELECT user FROM incidents UNION SELECT user FROM restrictions"
                           " UNION SELECT login FROM known_addresses WHERE instr(login, ' ') = 0", // not "amy.year9 code"
            first_text, person);
    auto const selectors = database.collect("SELECT who_column FROM overrides UNION SELECT who FROM permissions", first_text);
    if (!logins || !selectors)
        return !logins ? logins.error() : selectors.error();
    add_users(*logins, *selectors);
    return logins;
}

} // namespace

result<KnownPeople> known_people(Ledger& ledger, std::string const& user)
{
    KnownPeople known;
    PersonNames names{user, {user}, {}};
    if (auto const account = find_account(ledger, user)) {
        auto found = names_of(ledger, *account);
        if (!found)
            return found.error();
        names = std::move(*found);
        if (!account->sign_on.empty())
            known.own.logins.push_back(account->sign_on);
    }
    auto const once = find_forgotten(ledger, user); // the person's own account may be one
    auto was_login = forgotten_logins(ledger, once ? once->id : AccountId::none);
    if (!was_login)
        return was_login.error();
    auto& database = ledger.database();
    auto full = database.collect(
        "SELECT display_name FROM accounts WHERE person <> ? AND display_name <> ''", first_text, names.person);
    auto logins = logins_of_records(database, names.person);
    auto typed = database.collect("SELECT claimed_name FROM unblock_requests UNION SELECT about_person FROM reports", first_text);
    for (auto const* each : {&full, &logins, &typed})
        if (!*each)
            return each->error();
    auto const is_own = [&](std::string const& text) {
        return text.empty() || folded_name(text) == user || names.has_any_name(folded_name(text));
    };
    std::erase_if(*logins, is_own);
    std::erase_if(*typed, is_own);
    known.own.full = names.display_names;
    known.own.logins.insert(known.own.logins.end(), names.logins.begin(), names.logins.end());
    known.others = {std::move(*full), std::move(*logins), std::move(*typed), std::move(*was_login)};
    return known;
}

} // namespace gatehouse::store
