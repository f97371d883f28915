#pragma once
// The query of a URL, walked as it was received. Internal to policy/.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::policy {

/// Takes one layer of escapes away, in place, and the case of ASCII letters. The new size comes back.
std::size_t decode_escapes(std::span<char> text);

/// The values of some of the parameters of a URL, still escaped, one after the other. A semicolon parts pairs as an ampersand does, which
/// some servers have and others do not: a value behind an ampersand is read beyond semicolons. Lifetime: views both.
class Parameters {
public:
    /// `names` are canonical; `path` is as received, with its query.
    Parameters(std::vector<std::string> const& names, std::string_view path);
    /// Nothing at the end.
    std::optional<std::string_view> next();

private:
    std::vector<std::string> const& names_;
    std::string_view query_; ///< what is left of it
    bool behind_semicolon_ = false;
};

} // namespace gatehouse::policy
