#include "proxy/store/acting.hpp"

#include "policy/self_check.hpp"
#include "policy/subject.hpp"
#include "policy/target.hpp"
#include "proxy/digest.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <sodium.h>

namespace gatehouse::store {
namespace {

bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Length of the UTF-8 sequence at the front (RFC 3629), or zero if there is none.
std::size_t utf8_length(std::string_view text)
{
    auto const at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    unsigned char const first = at(0);
    if (first < 0x80)
        return 1;
    std::size_t const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || text.size() < length)
        return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((at(i) & 0xc0) != 0x80)
            return 0;
    bool const is_overlong = (first == 0xe0 && at(1) < 0xa0) || (first == 0xf0 && at(1) < 0x90);
    bool const is_surrogate = first == 0xed && at(1) >= 0xa0;
    bool const is_beyond = first == 0xf4 && at(1) >= 0x90;
    return is_overlong || is_surrogate || is_beyond ? 0 : length;
}

} // namespace

std::string object_of(AccountId id)
{
    return fmt::format("account:{}", number(id));
}

std::string object_of(PublicationId id)
{
    return fmt::format("publication:{}", number(id));
}

result<void> audit(Ledger& ledger, Deed const& deed, std::string detail)
{
    AuditEntry entry;
    entry.at = deed.now;
    entry.account = deed.actor.account;
    entry.actor = deed.actor.name;
    if (deed.actor.account != AccountId::none) {
        auto const account = find_account(ledger, deed.actor.account);
        if (account)
            entry.actor = account->login;
        else if (account.error() != errc::not_found)
            return account.error();
    }
    entry.address = deed.actor.address;
    entry.action = deed.action;
    entry.object = deed.object;
    entry.detail = std::move(detail);
    return append_audit(ledger, entry);
}

bool is_denial(error_code const& code)
{
    return code == errc::not_permitted || code == errc::same_person || code == errc::role_changed_recently
        || code == errc::access_given_recently || code == errc::conflict_of_interest || code == errc::last_confirmer
        || code == errc::way_in_unsaid;
}

void audit_denial(Ledger& ledger, Deed const& deed, error_code const& code)
{
    auto const action = std::string{deed.action} + ".denied";
    Deed const denied{action, deed.object, deed.actor, deed.now};
    auto const work = [&] { return audit(ledger, denied, code.message()); };
    // The denial stands whether or not its row could be written; a full disk must not turn a no into something else.
    (void)ledger.transact(work);
}

result<Account> require_role(Ledger& ledger, Actor const& actor, std::initializer_list<ConsoleRole> roles)
{
    auto account = find_account(ledger, actor.account);
    if (!account)
        return account.error() == errc::not_found ? make_error_code(errc::not_permitted) : account.error();
    bool const has_role = std::find(roles.begin(), roles.end(), account->console_role) != roles.end();
    if (account->disabled || !has_role || account->console_role == ConsoleRole::none)
        return errc::not_permitted;
    return account;
}

result<Account> require_settled_role(Ledger& ledger, Actor const& actor, std::initializer_list<ConsoleRole> roles, Instant now)
{
    auto account = require_role(ledger, actor, roles);
    if (account && account->role_changed_at && now < *account->role_changed_at + settling_time)
        return errc::role_changed_recently;
    if (!account)
        return account;
    auto const known = require_known(*account, now);
    return known ? account : result<Account>{known.error()};
}

result<void> require_known(Account const& account, Instant now)
{
    return account.is_held(now) ? result<void>{errc::access_given_recently} : result<void>{};
}

result<void> require_known_lead(Ledger& ledger, Actor const& actor, Instant now)
{
    auto const lead = require_role(ledger, actor, {ConsoleRole::ict_lead});
    return lead ? require_known(*lead, now) : result<void>{lead.error()};
}

result<void> require_administrator(Ledger& ledger, Actor const& actor, AccountId account)
{
    if (actor.account == AccountId::none)
        return actor.name.empty() ? result<void>{errc::not_permitted} : result<void>{};
    auto const administrator = require_role(ledger, actor, {ConsoleRole::ict_lead});
    if (!administrator)
        return administrator.error();
    return administrator->id == account ? result<void>{errc::not_permitted} : result<void>{};
}

std::string folded_name(std::string_view text)
{
    return policy::folded_user(text); // a record and a rule mean the same person
}

bool PersonNames::has_login(std::string_view text) const
{
    auto const name = folded_name(text);
    return !name.empty() && (name == person || std::find(logins.begin(), logins.end(), name) != logins.end());
}

bool PersonNames::has_any_name(std::string_view text) const
{
    return has_login(text) || std::find(display_names.begin(), display_names.end(), folded_name(text)) != display_names.end();
}

result<PersonNames> names_of(Ledger& ledger, Account const& account)
{
    auto const folded = [](Statement const& row) { return folded_name(row.text(0)); };
    auto logins = ledger.database().collect(
        "SELECT l.login FROM account_logins l JOIN accounts a ON a.id = l.account WHERE a.person = ?", folded, account.person);
    if (!logins)
        return logins.error();
    auto display = ledger.database().collect(
        "SELECT display_name FROM accounts WHERE person = ? AND display_name <> ''", folded, account.person);
    if (!display)
        return display.error();
    return PersonNames{folded_name(account.person), std::move(*logins), std::move(*display)};
}

result<ConsoleRole> decider_about(Ledger& ledger, std::string_view user)
{
    auto const found = ledger.database().first(
        "SELECT 1 FROM account_logins l JOIN accounts a ON a.id = l.account JOIN accounts b ON b.person = a.person"
        " WHERE l.login = ? AND b.console_role = ?",
        [](Statement const& row) { return row.integer(0); }, folded_name(user), ConsoleRole::headteacher);
    if (!found)
        return found.error();
    return *found ? ConsoleRole::chief_executive : ConsoleRole::headteacher;
}

bool is_plain_text(std::string_view text, std::size_t limit, Empty empty)
{
    if (text.size() > limit)
        return false;
    bool is_blank = true;
    while (!text.empty()) {
        auto const c = static_cast<unsigned char>(text.front());
        auto const length = utf8_length(text);
        if (length == 0 || (c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7f)
            return false;
        is_blank = is_blank && is_space(text.front());
        text.remove_prefix(length);
    }
    return !is_blank || empty == Empty::allowed;
}

bool is_plain_letters(std::string_view text, std::size_t limit, Empty empty)
{
    constexpr std::size_t longest_letter = 4;
    auto const is_first = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; };
    return is_plain_text(text, longest_letter * limit, empty)
        && static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_first)) <= limit;
}

std::string join_lines(std::vector<std::string> const& values)
{
    std::string joined;
    for (auto const& value : values)
        joined += value + '\n';
    return joined;
}

std::vector<std::string> split_lines(std::string_view text)
{
    std::vector<std::string> values;
    while (!text.empty()) {
        auto const end = std::min(text.find('\n'), text.size());
        values.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return values;
}

bool is_path_prefix(std::string_view path)
{
    if (path.empty())
        return true;
    auto const is_visible = [](char c) { return c > 0x20 && c < 0x7f && c != '?' && c != '#'; };
    return path.front() == '/' && path.size() <= 1024 && std::all_of(path.begin(), path.end(), is_visible);
}

result<Place> parse_place(std::string_view text)
{
    while (!text.empty() && is_space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_space(text.back()))
        text.remove_suffix(1);
    if (text.empty() || text.size() > 2048)
        return errc::invalid_value;
    text = text.substr(0, text.find('#'));
    std::string url{text};
    if (url.find("://") == std::string::npos)
        url.insert(0, "https://");
    auto const target = policy::Target::parse_url(url);
    if (!target || policy::is_self_check(target->host))
        return errc::invalid_value;
    Place place{std::string{target->host.text()}, std::string{target->path.substr(0, target->path.find('?'))}};
    if (place.path == "/")
        place.path.clear();
    if (!is_path_prefix(place.path))
        return errc::invalid_value;
    return place;
}

std::string written_host(std::string const& host)
{
    return host.find(':') == std::string::npos ? host : '[' + host + ']';
}

std::string place_selector(std::string const& host, std::string const& path)
{
    return (path.empty() ? "host:" : "url:") + written_host(host) + path;
}

std::string random_token()
{
    std::array<unsigned char, 16> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    return hex_of(bytes);
}

std::string token_hash(std::string_view token)
{
    // The token has full entropy, so a plain hash is enough: a reader of the database cannot sign in with what is kept.
    std::array<unsigned char, 32> digest{};
    std::vector<unsigned char> const bytes(token.begin(), token.end());
    crypto_generichash(digest.data(), digest.size(), bytes.data(), bytes.size(), nullptr, 0);
    return hex_of(digest);
}

} // namespace gatehouse::store
