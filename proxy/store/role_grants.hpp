#pragma once
// Roles that decide something about people or rules are given by two people: whoever sees to accounts asks (`set_console_role`, `add_account`), somebody
// else who could see to it or the headteacher confirms or refuses. Until then the account has its old role. What the command line of the machine gives
// counts at once; so does a role where nobody else could confirm it, with the 24 hours and the notice to the headteacher. What was typed about whose other
// account it is makes nobody the only one: where it leaves nobody, the chief executive confirms, and whoever is named may say no.

#include "proxy/store/accounts.hpp"

namespace gatehouse::store {

enum class RoleGrantId : std::int64_t { none = 0 };
enum class RoleGrantState : std::uint8_t {
    waiting,
    confirmed,
    refused,
    withdrawn, ///< another role was chosen, or somebody concerned was closed or lost their role
    expired    ///< nobody decided within `second_person_time`
};

struct RoleGrant {
    RoleGrantId id = RoleGrantId::none;
    AccountId account = AccountId::none;
    std::string login, display_name; ///< of the account, as they are now
    ConsoleRole role = ConsoleRole::none;
    ConsoleRole role_now = ConsoleRole::none;
    RoleGrantState state = RoleGrantState::waiting;
    Instant asked_at{};
    std::string asked_by; ///< login
    std::optional<Instant> decided_at;
    std::string decided_by, answer;

    Instant expires_at() const { return asked_at + second_person_time; }
    bool waits(Instant now) const { return state == RoleGrantState::waiting && now < expires_at(); }
};

/// Officer, headteacher, chief executive, DSL, DPO, ICT lead.
bool needs_second_person(ConsoleRole role);

struct RoleGrantStep {
    RoleGrantId id = RoleGrantId::none;
    Actor actor;
    Instant now{};
};
/// ICT lead or headteacher, for longer than 24 hours; neither who asked nor whose role it is, and not with the account for emergencies. What that one
/// asked for only a headteacher confirms; where none of them could, the chief executive does, and a day later also where only one of them could. The account has the role then, and decides nothing for 24 hours. Errors: `errc::not_found`, `wrong_state` (decided, expired, or who asked may not any more), `not_permitted`,
/// `same_person`, `way_in_unsaid` (role_left_out_until), `role_changed_recently`.
result<void> confirm_role(Ledger& ledger, RoleGrantStep const& step);
/// By ICT lead, headteacher or whoever else could confirm it, also within the 24 hours and also if they are said to be in the account. Errors: as
/// confirm_role, also `errc::invalid_value` without a reason.
result<void> refuse_role(Ledger& ledger, RoleGrantStep const& step, std::string const& reason);

/// Whether confirm_role would let this actor. Errors: as confirm_role.
result<void> check_role_turn(Ledger& ledger, RoleGrantStep const& step);
/// Until when this actor cannot, whom check_role_turn gave `errc::way_in_unsaid`: unless somebody says a word of it before. Errors: `errc::not_found`.
result<Instant> role_left_out_until(Ledger& ledger, RoleGrantStep const& step);
/// Whether refuse_role would. Errors: as refuse_role.
result<void> check_role_refusal(Ledger& ledger, RoleGrantStep const& step);

result<RoleGrant> find_role_grant(Ledger& ledger, RoleGrantId id);
/// Newest first.
result<std::vector<RoleGrant>> list_role_grants(Ledger& ledger, std::size_t limit = 50, std::size_t skipped = 0);
result<std::size_t> count_role_grants(Ledger& ledger);
/// What waits for this account's role. Errors: `errc::not_found`.
result<RoleGrant> waiting_role(Ledger& ledger, AccountId account);
/// The other accounts that are said to be of the same human being, by user name. Errors: `errc::not_found`.
result<std::vector<Account>> other_accounts(Ledger& ledger, AccountId account);
/// Who could confirm it now. Errors: `errc::not_found`.
result<std::vector<Account>> role_confirmers(Ledger& ledger, RoleGrantId id, Instant now);
/// Where nobody could now: who is the first that will, if nobody says a word of anything before.
struct ComingConfirmers {
    std::vector<Account> accounts; ///< none: nobody before it expires
    std::optional<Instant> from;   ///< nothing: they could now
};
/// Errors: `errc::not_found`.
result<ComingConfirmers> coming_role_confirmers(Ledger& ledger, RoleGrantId id, Instant now);
/// What waits for longer than `second_person_time` is over: the account keeps its role. By the program itself.
result<void> expire_roles(Ledger& ledger, Instant now);
/// Those that wait and that this reader could confirm or refuse.
result<std::size_t> count_roles_for(Ledger& ledger, Account const& reader, Instant now);
/// The newest that waits for the chief executive, since nobody else could confirm it or one alone has not for a day; none if there is none.
result<RoleGrantId> newest_role_for_chief(Ledger& ledger, Instant now);

} // namespace gatehouse::store
