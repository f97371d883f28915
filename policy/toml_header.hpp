#pragma once
// What toml++ 3.3 does not survive: a table header whose name begins with a character that no name has ("[[[", "[=") ends the process by
// an assertion. Such text is told apart before it is parsed.

#include <cstdint>
#include <optional>
#include <string_view>

namespace gatehouse::policy {

struct TextPlace {
    std::uint32_t line = 1, column = 1; ///< 1-based
};

/// The first line that opens with '[' and cannot be a table header. Lines of an array or a text over several lines may be taken for
/// one; they begin with a value or a word and pass, except for arrays in arrays in arrays, which no file of ours has.
std::optional<TextPlace> find_bad_header(std::string_view text);

inline constexpr std::string_view bad_header_message = "a table's name must follow the bracket";

} // namespace gatehouse::policy
