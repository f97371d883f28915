#pragma once
// The decision: one function for the live proxy, `gatehouse explain`, the console's "why?", replay and the tests.
// Order of evaluation: sealed lists, restriction, override, rules as written, role default.

#include "policy/policy.hpp"
#include "policy/target.hpp"

namespace gatehouse::policy {

enum class TlsAction : std::uint8_t {
    splice,    ///< relay untouched
    bump,      ///< decrypt; for a blocked tunnel, only to show the page
    terminate, ///< close without showing anything
};
std::string_view to_text(TlsAction action);

/// Lifetime: references must outlive the call only.
struct Query {
    Subject const& subject;
    Target const& target;
    Moment const& now;
    SignalSet signals;
    /// Lists that speak of what the person writes there, where that was read; it is judged like a search. Null: nothing was read.
    TermHits const* written = nullptr;
};

/// Which of the five steps decided; or, after them, that an encrypted connection is refused because it would have to be looked into.
/// `content` is decided later, by what an allowed page says, `file` by what is fetched, `virus` by what was found in it. `wrapper` decides nothing: in an explanation the steps behind it are about the
/// site behind the URL.
enum class Stage : std::uint8_t {
    sealed,
    restriction,
    override_grant,
    rule,
    role_default,
    inspection,
    content,
    file,
    virus,
    wrapper
};
std::string_view to_text(Stage stage);

/// Indices into the policy that decided; render them with that same policy (see explanation.hpp).
/// A sealed decision carries no category, service or list: nothing downstream can show them.
struct Decision {
    Verdict verdict = Verdict::block;
    TlsAction tls = TlsAction::terminate;
    Stage stage = Stage::role_default;
    std::uint16_t index
        = none; ///< of the restriction, override, rule, role, entry of [[inspection]], [[content]] or [[file]], by stage
    std::uint16_t category = none; ///< most specific category of the target; into Policy::categories
    std::uint16_t service = none;  ///< into Policy::services
    std::uint16_t list = none;     ///< into Policy::lists: the list that named the target, preferring the one the rule matched
    std::uint16_t attached = none; ///< into Policy::attached: where `hit` was found
    ListHit hit{};                 ///< meaningful if `list` is given
    PeriodKind period_kind = PeriodKind::outside;
    std::uint16_t period = none;        ///< into Timetable::periods
    std::uint16_t search_engine = none; ///< into Policy::url_forms, if the URL asks one for something
    std::uint16_t term_list = none;   ///< into Policy::term_lists: of those that speak of it the most severe, the first of equals
    std::uint16_t term = 0;           ///< into TermList::terms; meaningful if `term_list` is given
    bool by_search = false;           ///< a rule about searches decided
    bool by_writing = false;          ///< what the person wrote was read and is what `term_list` speaks of
    std::uint16_t wrapper = none;     ///< into Policy::url_forms, if another site is behind the URL; a block may be its own
    std::uint16_t wrapped = 0;        ///< which of several sites behind it (find_wrapped), if there is one
    std::uint16_t phrase_list = none; ///< into Policy::phrase_lists: what weighed most, if the stage is `content`
    int score = 0;                    ///< what the phrases weighed, if the stage is `content`
    std::optional<FileKind> file_kind; ///< if the stage is `file`; nothing: it was the size alone
    std::uint64_t file_size = 0;       ///< bytes known of, if the stage is `file`
    std::uint16_t safe_search = none;  ///< into Policy::safe_search: where an allowed connection goes instead
    InspectionRuling inspection;       ///< of an allowed tunnel: whether `tls` is bump
    SignalSet signals;                 ///< the query's, with `ip_literal` and `under_age` added where they apply
};

/// The name to connect to: the target's, or that of the entry of [[safe_search]]. Lifetime: of both arguments.
Host const& host_to_dial(Policy const& policy, Decision const& decision, Target const& target);

/// What of an https URL the gateway decides on: the URL where the tunnel to it is allowed and inspected, otherwise the tunnel.
/// The signals are those of the tunnel.
Target visible_part(Policy const& policy, Query const& url);

/// Total, pure, no exceptions. Never allocates. Well under a microsecond for a hundred rules and millions of names.
Decision decide(Policy const& policy, Query const& query);

} // namespace gatehouse::policy
