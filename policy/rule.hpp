#pragma once
// A rule as written: who, what, where, when, action; and the selectors its columns are made of.

#include "policy/signal.hpp"
#include "policy/timetable.hpp"

#include <string>
#include <vector>

namespace gatehouse::policy {

enum class Verdict : std::uint8_t { allow, block };
std::string_view to_text(Verdict verdict);

/// One entry of a column: kind and value, as "service:instagram". The meaning of each kind is in the README of this folder.
struct Selector {
    enum class Kind : std::uint8_t {
        everyone, role, group, user,                        // who
        everything, category, service, list, host, url, signal, // what
        network, device_kind, device,                       // where
        period_kind, period, closed, weekday,               // when
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

/// Columns: empty `where` and `when` mean anywhere and at any time; `who` and `what` are never empty.
struct Rule {
    std::string id;
    std::string clause; ///< of the school's policy, "8"
    std::string reason; ///< plain English, shown to the person
    std::vector<Selector> who, what, where, when;
    Verdict action = Verdict::block;
    SourceLine source;
};

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
