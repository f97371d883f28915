#pragma once
// Letters, and what stands for the entities of HTML ("&eacute;"). Private to this folder.

#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::content {

constexpr char to_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool is_letter(char c)
{
    return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}

/// A blank for what is no character.
void append_utf8(std::string& text, std::uint32_t c);

/// What stands for "&name;" without ampersand and semicolon. Letters with marks are their letters, since marks do not matter here.
void append_entity(std::string& text, std::string_view name);

/// An ampersand and a word that no semicolon ends are shown as they are, but for a few old names, which may stand before anything
/// (HTML Standard §13.2.5.73).
void append_unended(std::string& text, std::string_view name);

/// True if the character belongs to the entity whose begin is given: a name, "#105" or "#x69".
bool entity_goes_on(std::string_view entity, char c);

} // namespace gatehouse::content
