#pragma once
// Somebody else gave an account another way in: a new password, its code taken off, a name at the sign-on; in the console also its first ones. They could come
// in as that person, so once its role decides or shows data of people (may_be_held) the account does neither until a second person confirms that it is really them, or for 24 hours from when somebody
// else was told: by the mail to the headteacher, or on a page of the console to who could confirm it. Nobody who waits in that way gives a way in or asks for a
// role. A no closes the account, also a later one: for `second_person_time` from when somebody was told; as long a yes is possible. The account for emergencies is left out: it has to be usable.

#include "proxy/store/publications.hpp"

namespace gatehouse::store {

/// It decides, or shows data of people: of log, audit or cases. Not who sits beside somebody, who is needed there now and sees no more than whom.
bool may_be_held(ConsoleRole role);

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
    std::optional<Instant> told_at;    ///< somebody who could say no
    std::optional<Instant> refused_at;
    std::string refused_by, refusal; ///< login and reason
};

/// An account that decides nothing now, with all that it was given.
struct AccessHold {
    Account account;
    std::vector<GivenAccess> given;  ///< oldest first, never empty
    std::optional<Instant> until;    ///< nothing: until somebody confirms, since nobody was told of the last one
    std::vector<Account> confirmers; ///< who could confirm now that it is them; may be empty
    bool machine_may = false;        ///< the machine's owner could now; where nobody could, within a day at the latest

    Instant refusable_until() const { return until.value_or(Instant{}) - settling_time + second_person_time; } ///< of a late one
};

/// Errors: `errc::wrong_state` if it is not held.
result<AccessHold> find_access_hold(Ledger& ledger, AccountId account, Instant now);
/// By user name.
result<std::vector<AccessHold>> list_access_holds(Ledger& ledger, Instant now);

/// One that decides again since its 24 hours are over: for `second_person_time` from when somebody was told it may be confirmed or refused still. `until`: when those
/// 24 hours ended. Also one that was closed or lost its role since. Errors: `errc::wrong_state` if somebody said a word of it, if it is too late, or if it is
/// held and open.
result<AccessHold> find_late_access(Ledger& ledger, AccountId account, Instant now);
/// By user name.
result<std::vector<AccessHold>> list_late_access(Ledger& ledger, Instant now);

struct AccessStep {
    AccountId account = AccountId::none;
    GivenAccessId newest = GivenAccessId::none; ///< of those that the actor saw
    Actor actor;
    Instant now{};
};
/// It is really them: the account decides again. By an ICT lead or a headteacher, for longer than 24 hours; neither whoever gave it nor whose account it
/// is, and not with the account for emergencies. What was given at the command line or with the account for emergencies only a headteacher
/// confirms: nobody knows whose hands those were, and they may be an ICT lead's. Where none of them could, now or within the last 24 hours, not counting who
/// waits in the same way for longer than that, the chief executive does, a day after it was given also where only one of them could, and where nobody of the console could, the machine's owner: what was given on the machine, or what
/// somebody of the console can say no to, only 24 hours later.
/// Also once it decides again (find_late_access): it is nobody's second person for whoever gave it something until then (leave_out_given).
/// Errors: `errc::wrong_state` if it is neither (any more), `stale` if something was given since, `not_permitted`, `same_person`, `way_in_unsaid`,
/// `role_changed_recently`, `access_given_recently`.
result<void> confirm_access(Ledger& ledger, AccessStep const& step);
/// Whether confirm_access would let this actor. Errors: as confirm_access.
result<void> check_access_turn(Ledger& ledger, AccessStep const& step);
/// As role_left_out_until.
result<Instant> access_left_out_until(Ledger& ledger, AccessStep const& step);

/// A publication that is live and that the account made, or that took along what it drafted: perhaps by somebody else's hand.
struct LiveInDoubt {
    Publication publication;
    std::size_t changes = 0; ///< of those that the account drafted since
};

/// It is not them: every way into the account is taken away and it is closed, until whoever could have confirmed it gives it another password
/// (`reset_password`), which holds it again. What it published, and what holds a change that it drafted since the first way in of which nobody said a word,
/// is called off if it is not live; those changes leave the draft: their texts. By an ICT lead, headteacher or the chief executive, also within 24 hours; else as confirm_access, and `invalid_value` without a reason.
/// Also once it decides again (find_late_access): then only by who may decide themselves, since that takes away an account that does.
result<std::vector<std::string>> refuse_access(Ledger& ledger, AccessStep const& step, std::string const& reason);
/// Whether refuse_access would let this actor. Errors: as refuse_access.
result<void> check_access_refusal(Ledger& ledger, AccessStep const& step);

/// One that was closed in that way and got no other way in yet.
struct RefusedAccess {
    Account account;
    std::vector<GivenAccess> given; ///< what was refused, oldest first, never empty
    std::vector<Account> openers;   ///< who could give it another password now; may be empty
    bool may_open = false;          ///< the reader
    std::vector<LiveInDoubt> live;  ///< what it published and drafted meanwhile: to be looked at, and taken back
};
/// `reader`: for `may_open`. Errors: `errc::wrong_state` if it is not closed in that way.
result<RefusedAccess> find_refused_access(Ledger& ledger, AccountId account, Actor const& reader, Instant now);

/// What an account drafted that waits, also one that was closed meanwhile or lost its role: it may be somebody else's. Nobody publishes it with their own.
struct DraftInDoubt {
    std::string login;
    std::size_t changes = 0;
};
/// By user name.
result<std::vector<DraftInDoubt>> drafts_in_doubt(Ledger& ledger, Instant now);

/// Those that this reader could confirm or refuse.
result<std::size_t> count_holds_for(Ledger& ledger, Account const& reader, Instant now);
/// The newest way in that the chief executive could confirm, since nobody else could or one alone has not for a day; none if there is none.
result<GivenAccessId> newest_hold_for_chief(Ledger& ledger, Instant now);
/// A page has told this reader of all that they could confirm; what they could only refuse waits on. Writes nothing if that is known.
result<void> note_holds_seen(Ledger& ledger, AccountId reader, Instant now);

} // namespace gatehouse::store
