#pragma once
// Somebody else gave an account another way in: a new password, its code taken off, a name at the school's sign-on. Whoever gave it could come in as that
// person, so an account that decides decides nothing for 24 hours, unless a second person confirms sooner that it is really them. Nobody who
// waits in that way gives a way in or asks for a role. The account for emergencies is left out: it has to be usable.

#include "proxy/store/accounts.hpp"

namespace gatehouse::store {

enum class GivenAccessId : std::int64_t { none = 0 };
enum class AccessKind : std::uint8_t { password, code_off, sign_on };
std::string_view to_text(AccessKind kind); ///< "password", "code-off", "sign-on"

struct GivenAccess {
    GivenAccessId id = GivenAccessId::none;
    AccountId account = AccountId::none;
    AccessKind kind = AccessKind::password;
    Instant given_at{};
    std::string given_by;              ///< login; empty: at the command line of the machine
    AccountId giver = AccountId::none; ///< likewise
    std::optional<Instant> confirmed_at;
};

/// An account that decides nothing now, with all that it was given.
struct AccessHold {
    Account account;
    std::vector<GivenAccess> given; ///< oldest first, never empty
    Instant until{};
    std::vector<Account> confirmers; ///< who could confirm now that it is them; may be empty
};

/// Errors: `errc::wrong_state` if it is not held.
result<AccessHold> find_access_hold(Ledger& ledger, AccountId account, Instant now);
/// By user name.
result<std::vector<AccessHold>> list_access_holds(Ledger& ledger, Instant now);

struct AccessStep {
    AccountId account = AccountId::none;
    GivenAccessId newest = GivenAccessId::none; ///< of those that the actor saw
    Actor actor;
    Instant now{};
};
/// It is really them: the account decides again. By an ICT lead or a headteacher, for longer than 24 hours; neither whoever gave it nor whose account it
/// is, and not with the account for emergencies. What was given at the command line or with the account for emergencies only a headteacher
/// confirms: nobody knows whose hands those were, and they may be an ICT lead's.
/// Errors: `errc::wrong_state` if it is not held (any more), `stale` if something was given since, `not_permitted`, `same_person`,
/// `role_changed_recently`, `access_given_recently`.
result<void> confirm_access(Ledger& ledger, AccessStep const& step);
/// Whether confirm_access would let this actor. Errors: as confirm_access.
result<void> check_access_turn(Ledger& ledger, AccessStep const& step);

/// Those that this reader could confirm.
result<std::size_t> count_holds_for(Ledger& ledger, Account const& reader, Instant now);

} // namespace gatehouse::store
