#pragma once
// What toml++ 3.3 does not survive: a table header whose name begins with a character that no name has ("[[[", "[=") ends the process by
// an assertion, and some letters beyond ASCII outside quotes lead it where its author ruled out that it goes; a date with a blank and one digit
// behind it ("2026-12-01 1") too. Such text is told apart before it is parsed.

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

/// The first character beyond ASCII that stands neither in quotes nor in a comment: TOML 1.0 has no place for it (bare keys are ASCII).
std::optional<TextPlace> find_stray_letter(std::string_view text);

struct TextFault {
    TextPlace place;
    std::string_view message;
};

/// Any of these, or a closing brace that no open one waits for, or a date with the lone digit of an hour.
std::optional<TextFault> find_fault(std::string_view text);

} // namespace gatehouse::policy
