#include "policy/rule.hpp"

#include <array>

namespace gatehouse::policy {

std::string_view to_text(Verdict verdict)
{
    return verdict == Verdict::allow ? "allow" : "block";
}

std::string_view prefix_of(Selector::Kind kind)
{
    constexpr std::array<std::string_view, 18> prefixes{
        "everyone", "", "group:", "user:",                                                //
        "everything", "category:", "service:", "list:", "host:", "url:", "signal:", //
        "network:", "device:", "device-id:",                                              //
        "", "period:", "closed", "weekday:"};
    return prefixes[static_cast<std::size_t>(kind)];
}

std::string to_text(Selector const& selector)
{
    return std::string(prefix_of(selector.kind)) + selector.value;
}

} // namespace gatehouse::policy
