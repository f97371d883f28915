#include "policy/url_pattern.hpp"

#include "policy/url_path.hpp"

#include <algorithm>
#include <re2/re2.h>

namespace gatehouse::policy {

std::string UrlPatterns::add(std::string const& pattern)
{
    constexpr std::int64_t most_memory = 1 << 20; // bytes, for one pattern
    if (pattern.empty() || pattern.size() > max_pattern)
        return "a pattern has 1 to 512 characters";
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(most_memory);
    options.set_case_sensitive(false);
    options.set_encoding(re2::RE2::Options::EncodingLatin1); // a canonical URL is ASCII
    auto compiled = std::make_shared<re2::RE2>(pattern, options);
    if (!compiled->ok())
        return compiled->error();
    if (re2::RE2::PartialMatch("", *compiled))
        return "it matches every address";
    compiled_.insert_or_assign(pattern, std::move(compiled));
    return {};
}

bool UrlPatterns::matches(std::string_view pattern, Target const& url) const
{
    auto const found = compiled_.find(pattern);
    if (url.scheme == Scheme::tunnel || found == compiled_.end())
        return false;
    WholePath const path{url.path};
    std::array<char, Host::max_size + max_whole_path> text;
    auto* end = std::copy(url.host.text().begin(), url.host.text().end(), text.data());
    end = std::copy(path.text().begin(), path.text().end(), end);
    return re2::RE2::PartialMatch(re2::StringPiece{text.data(), static_cast<std::size_t>(end - text.data())}, *found->second);
}

} // namespace gatehouse::policy
