#pragma once
// Test sites of the filter (policy/self_check.hpp), where somebody types one into a form: they go by the rules about their category, so nobody can open,
// close or ask for one by itself.

#include <string>

namespace gatehouse::portal {

/// "https://adult.self-check.invalid/x", as people type sites.
bool names_test_site(std::string const& typed);

inline constexpr char const* no_test_site
    = "This is a test page of the filter. It goes by the rules about its kind of site, so it cannot be named here";

} // namespace gatehouse::portal
