#pragma once
// A name that is being read letter by letter: of a tag, an attribute, a key. Internal to this folder.

#include <array>
#include <cstdint>
#include <string_view>

namespace gatehouse::content {

/// What is longer than any that matters is cut.
struct ShortName {
    std::array<char, 24> letters{};
    std::uint8_t size = 0;

    void put(char c)
    {
        if (size < letters.size())
            letters[size++] = c;
    }
    std::string_view view() const { return {letters.data(), size}; }
};

} // namespace gatehouse::content
