#include "policy/rule.hpp"

#include <array>

namespace gatehouse::policy {

std::string_view to_text(Verdict verdict)
{
    return verdict == Verdict::allow ? "allow" : "block";
}

std::string_view prefix_of(Selector::Kind kind)
{
    constexpr std::array<std::string_view, 20> prefixes{"everyone", "", "group:", "user:",                 //
        "everything", "category:", "service:", "list:", "host:", "url:", "signal:", "search:", "pattern:", //
        "network:", "device:", "device-id:",                                                               //
        "", "period:", "closed", "weekday:"};
    return prefixes[static_cast<std::size_t>(kind)];
}

Sieve make_sieve(Rule const& rule)
{
    using Kind = Selector::Kind;
    constexpr std::uint16_t max_roles = 64;
    Sieve sieve;
    sieve.who_is_exact = sieve.what_is_exact = true;
    for (auto const& selector : rule.who) {
        if (selector.kind == Kind::everyone)
            sieve.roles = ~std::uint64_t{0};
        else if (selector.kind == Kind::role && selector.index < max_roles)
            sieve.roles |= std::uint64_t{1} << selector.index;
        else
            sieve.who_is_exact = false;
    }
    for (auto const& selector : rule.what) {
        if (selector.kind == Kind::category && selector.index < max_categories)
            sieve.categories.set(selector.index);
        else if (selector.kind == Kind::signal && selector.index < signal_count)
            sieve.signals |= 1U << selector.index;
        else
            sieve.what_is_exact = false;
    }
    return sieve;
}

std::string to_text(Selector const& selector)
{
    return std::string(prefix_of(selector.kind)) + selector.value;
}

} // namespace gatehouse::policy
