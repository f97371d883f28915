#pragma once
// A rule as written: who, what, where, when, action; and the selectors its columns are made of.

#include "policy/signal.hpp"
#include "policy/timetable.hpp"

#include <bitset>
#include <optional>
#include <string>
#include <vector>

namespace gatehouse::policy {

inline constexpr std::size_t max_categories = 256;

enum class Verdict : std::uint8_t { allow, block };
std::string_view to_text(Verdict verdict);

/// One entry of a column: kind and value, as "service:instagram". The meaning of each kind is in the README of this folder.
struct Selector {
    enum class Kind : std::uint8_t {
        everyone,
        role,
        group,
        user, // who
        everything,
        category,
        service,
        list,
        host,
        url,
        signal,
        search,
        pattern, // what
        network,
        device_kind,
        device, // where
        period_kind,
        period,
        closed,
        weekday, // when
    };
    Kind kind = Kind::everyone;
    std::string value;
    std::uint16_t index = 0; ///< Policy::index_of this selector, set at parse time; not used in overrides
    bool operator==(Selector const&) const = default;
};

/// What is written before the value: "category:"; the whole word for kinds without a value ("everyone"); empty for roles and period kinds.
std::string_view prefix_of(Selector::Kind kind);
/// "category:social-media" and so on, as it would be written.
std::string to_text(Selector const& selector);

struct SourceLine {
    std::string file;
    std::uint32_t line = 0; ///< 1-based
};

/// The plain entries of a rule's first two columns as bits, so that most rules are put aside by two comparisons.
/// A column that is not `exact` has entries of other kinds and must be looked at one by one.
struct Sieve {
    std::uint64_t roles = 0;
    std::bitset<max_categories> categories;
    std::uint32_t signals = 0; ///< SignalSet::bits
    bool who_is_exact = false;
    bool what_is_exact = false;
};

/// Who looks after an entry, and what for; it decides nothing.
struct Keeping {
    std::string owner;             ///< who answers for it
    std::string request;           ///< what asked for it, such as the reference of a request: "K7QF-3M9P"
    std::optional<Date> review_by; ///< the last day on which it counts as looked at
    bool operator==(Keeping const&) const = default;
};

/// Columns: empty `where` and `when` mean anywhere and at any time; `who` and `what` are never empty.
struct Rule {
    std::string id;
    std::string clause; ///< of the school's policy, "8"
    std::string reason; ///< plain English, shown to the person
    std::vector<Selector> who, what, where, when;
    Verdict action = Verdict::block;
    SourceLine source;
    Sieve sieve; ///< set by Policy::prepare
    Keeping keeping;
};

/// From entries whose index is set.
Sieve make_sieve(Rule const& rule);

/// A test that the policy carries itself; run at every load.
struct Expectation {
    std::string role;
    std::string group, user, network, device; ///< may be empty
    LocalTime at;
    std::string url;
    Verdict verdict = Verdict::block;
    std::string rule; ///< if not empty, the rule that must decide
    SourceLine source;
};

} // namespace gatehouse::policy
