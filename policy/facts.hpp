#pragma once
// What one evaluation knows about its query, gathered once and then only compared: indices and bit sets instead of names.
// Internal to policy/.

#include "policy/decide.hpp"

#include <bitset>

namespace gatehouse::policy {

/// One list that names the target, with the place where it does.
struct Found {
    std::uint16_t attached = none; ///< into Policy::attached
    std::uint16_t list = none;     ///< into Policy::lists
    ListHit hit{};
};

/// How the target's host became known.
enum class Asked : std::uint8_t {
    by_name,
    by_other_name, ///< it is another name of what was asked for (alias.hpp)
};

/// Lifetime: views the policy and the query.
struct Facts {
    Facts(Policy const& policy_in, Query const& query_in, Asked asked_in = Asked::by_name);

    Policy const& policy;
    Query const& query;
    Asked const asked;

    std::uint16_t role = none;
    std::uint16_t network = none;
    std::bitset<max_groups> groups;
    unsigned youngest_age = 0; ///< of the subject's groups; zero: not known

    std::bitset<max_categories> categories; ///< with all ancestors
    std::bitset<max_services> services;
    std::bitset<max_lists> lists;
    bool sealed = false;                ///< a sealed list names the target
    std::uint16_t search_engine = none; ///< into Policy::url_forms, if the URL asks one for something
    TermHits terms;                     ///< lists that speak of what is searched for or written
    union {
        std::array<Found, ListHits::capacity> found; ///< filled up to found_count; clearing it would cost more than all lookups
    };
    std::size_t found_count = 0;        ///< sealed lists are never among them
    std::uint16_t test_category = none; ///< that a test site stands for (self_check.hpp)

    Period const* period = nullptr;
    PeriodKind period_kind = PeriodKind::outside;
    bool closed = false;
    unsigned weekday = 0;
    SignalSet signals;

    std::span<Found const> all_found() const { return {found.data(), found_count}; }

private:
    void learn_subject();
    void look_up_target();
    void add_hit(std::uint16_t attached, ListHit const& hit);
    void add_category(std::uint16_t category);
    void learn_search();
    void learn_time();
    void learn_signals();
};

} // namespace gatehouse::policy
