#pragma once
// Patterns over whole URLs, in the syntax of RE2, whose time grows with the URL and never with the pattern's cleverness.

#include "policy/target.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>

namespace re2 {
class RE2;
}

namespace gatehouse::policy {

inline constexpr std::size_t max_pattern = 512; ///< bytes of a pattern

/// Compiled patterns by their text. Copies share what was compiled, which never changes.
class UrlPatterns {
public:
    /// What is wrong with a pattern, in words; empty if it can be used. Compiles it, so that `matches` knows it.
    std::string add(std::string const& pattern);
    /// True if the pattern stands anywhere in "host/path?query" in canonical form (Host, UrlPath: lower case), and was added. A tunnel
    /// shows no path and never matches.
    bool matches(std::string_view pattern, Target const& url) const;

private:
    std::map<std::string, std::shared_ptr<re2::RE2 const>, std::less<>> compiled_;
};

} // namespace gatehouse::policy
