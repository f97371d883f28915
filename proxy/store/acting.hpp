#pragma once
// Who acts, what for, and whether they may: shared by every function of the store that decides something. Private to this folder.

#include "proxy/store/accounts.hpp"

#include <initializer_list>

namespace gatehouse::store {

enum class PublicationId : std::int64_t;

inline constexpr std::size_t reason_limit = 2000; ///< bytes of what somebody writes as a reason

/// What the program does by itself.
inline Actor const system_actor{AccountId::none, "system", ""};

/// What a deed is done to, as the audit log names it: "account:17", "publication:17".
std::string object_of(AccountId id);
std::string object_of(PublicationId id);

/// One deed, for its audit row. Lifetime: lives on the stack of the function that does it.
struct Deed {
    std::string_view action; ///< "unblock.approve"
    std::string object;      ///< "unblock-request:17"
    Actor const& actor;
    Instant now{};
};

/// Appends the deed's audit row, with the actor's login as it is now. Inside a transaction.
result<void> audit(Ledger& ledger, Deed const& deed, std::string detail);

/// True for refusals that are themselves worth an audit row: somebody tried what they may not do.
bool is_denial(error_code const& code);
void audit_denial(Ledger& ledger, Deed const& deed, error_code const& code);

/// Does `work` in one transaction; a denial leaves its own audit row, in a transaction of its own.
template <class Work>
auto carry_out(Ledger& ledger, Deed const& deed, Work work) -> decltype(work())
{
    auto outcome = ledger.transact(std::move(work));
    if (!outcome && is_denial(outcome.error()))
        audit_denial(ledger, deed, outcome.error());
    return outcome;
}

/// The actor's account, if it is live and has one of the roles. Errors: `errc::not_permitted`.
result<Account> require_role(Ledger& ledger, Actor const& actor, std::initializer_list<ConsoleRole> roles);
/// As require_role, and the role is older than 24 hours, and so is what somebody else gave the account to come in with (given_access.hpp).
/// Errors: `errc::role_changed_recently`, `access_given_recently`.
result<Account> require_settled_role(Ledger& ledger, Actor const& actor, std::initializer_list<ConsoleRole> roles, Instant now);

/// Nobody else gave the account another way in during the last 24 hours, or it was confirmed. Errors: `errc::access_given_recently`.
result<void> require_known(Account const& account, Instant now);
/// Who ends another account's session or key: the ICT lead, unless it may be somebody else who acts. Errors: also `errc::not_permitted`.
result<void> require_known_lead(Ledger& ledger, Actor const& actor, Instant now);

/// The machine's owner (command line) may everything; in the console only the ICT lead, and never on the own account. Errors: `errc::not_permitted`.
result<void> require_administrator(Ledger& ledger, Actor const& actor, AccountId account);

/// All that a human being is known by here: every login that any of their accounts has had, the person key and the display names,
/// lower-cased with single spaces.
struct PersonNames {
    std::string person;
    std::vector<std::string> logins, display_names;

    bool has_login(std::string_view text) const;
    bool has_any_name(std::string_view text) const; ///< login or display name
};
result<PersonNames> names_of(Ledger& ledger, Account const& account);

/// Who decides what is proposed about this person (clause 11): the headteacher; about a headteacher, the chief executive.
result<ConsoleRole> decider_about(Ledger& ledger, std::string_view user);

/// What a "SELECT count(*) ..." with these values says.
template <class... Values>
result<std::size_t> count_rows(Ledger& ledger, std::string_view sql, Values const&... values)
{
    auto const counted = ledger.database().first(
        sql, [](Statement const& row) { return static_cast<std::size_t>(row.integer(0)); }, values...);
    if (!counted)
        return counted.error();
    return counted->value_or(0);
}

/// Lower case (ASCII), trimmed, inner white space as single spaces.
std::string folded_name(std::string_view text);

/// A line or text that a person typed: not empty (unless allowed), no longer than `limit` bytes, valid UTF-8, no control characters but line feed and tab.
enum class Empty : std::uint8_t { refused, allowed };
bool is_plain_text(std::string_view text, std::size_t limit, Empty empty = Empty::refused);
/// The same with the limit in letters (code points): those of Bengali or Punjabi take three bytes each, and nobody is to tell less for that.
bool is_plain_letters(std::string_view text, std::size_t limit, Empty empty = Empty::refused);

/// Several short values in one column: one a line.
std::string join_lines(std::vector<std::string> const& values);
std::vector<std::string> split_lines(std::string_view text);

/// Host and path of what a person typed or pasted: "example.org", "https://example.org/a?b". Scheme, port, query and fragment are dropped.
struct Place {
    std::string host; ///< canonical
    std::string path; ///< "/a", or empty for the whole host
};
/// Errors: `errc::invalid_value`, also for a test site of the filter: nobody asks for one or puts it on a list.
result<Place> parse_place(std::string_view text);
bool is_path_prefix(std::string_view path);

/// As in a URL: IPv6 in brackets.
std::string written_host(std::string const& host);
/// The selector of a place: "host:example.org" or "url:example.org/a".
std::string place_selector(std::string const& host, std::string const& path);

/// 128 random bits as 32 hexadecimal digits, and what of it is kept.
std::string random_token();
std::string token_hash(std::string_view token);

} // namespace gatehouse::store
