#pragma once
// Why a job of the store did not happen. Every failure that a caller is expected to handle is one of these.

#include "policy/result.hpp"

namespace gatehouse::store {

enum class errc {
    busy = 1,              ///< the queue is full: answer 503, nothing was done
    closed,                ///< the store is shutting down, nothing was done
    locked,                ///< another process held the database longer than the busy timeout
    full,                  ///< no space on the disk; nothing was changed, trying again later is right
    io,                    ///< the disk failed
    corrupt,               ///< the database file is damaged
    newer_schema,          ///< written by a newer version of this program
    bad_statement,         ///< SQL that SQLite refuses: a bug
    constraint,            ///< a constraint of the schema refused the row
    audit_key_missing,     ///< there are audit rows but no key to continue the chain
    no_transaction,        ///< audit rows are written inside a transaction only: a bug
    not_found,             ///< no such row
    already_exists,        ///< the login, name or entry is taken
    invalid_value,         ///< a field is empty, too long or malformed
    stale,                 ///< somebody else acted first: read again (compare-and-set on state and version)
    wrong_state,           ///< this step is not possible from the state it is in
    not_permitted,         ///< the actor's role may not do this
    same_person,           ///< requester, reviewer and approver are three different people
    role_changed_recently, ///< the actor's role changed in the last 24 hours
    conflict_of_interest,  ///< nobody sees or judges a record about themselves
    password_too_short,
    password_too_common,
    password_too_long,
    wrong_password,         ///< also: no such account, or disabled; the three are not told apart
    throttled,              ///< too many wrong passwords, or too many asks from one address
    password_change_needed, ///< the initial password opens nothing but the change form
    no_session,             ///< unknown, ended, idle or too old
    access_given_recently,  ///< somebody else gave the account a password or another way in during the last 24 hours
    wrong_code,             ///< of the second factor: wrong, too old, or used before
    last_confirmer,         ///< nobody else would be left who says yes to what the actor does with accounts
    draft_in_doubt,         ///< somebody else may have drafted a part of it with a way in that they gave to its account
    way_in_unsaid,          ///< somebody with a part in it gave the actor's account a way in, and nobody has said a word of that
};

error_code make_error_code(errc code);

} // namespace gatehouse::store

template <>
struct boost::system::is_error_code_enum<gatehouse::store::errc> : std::true_type {
};
