// References that a person reads aloud.
#include "proxy/store/unblock_requests.hpp"

#include <sodium.h>

namespace gatehouse::store {
namespace {

// Without 0 O 1 I L U: 30 symbols, eight of them are 39 bits.
constexpr std::string_view alphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t symbols = 8;

} // namespace

std::string random_reference()
{
    std::string text;
    for (std::size_t i = 0; i < symbols; ++i) {
        if (i == symbols / 2)
            text += '-';
        text += alphabet[randombytes_uniform(static_cast<std::uint32_t>(alphabet.size()))];
    }
    return text;
}

std::optional<std::string> canonical_reference(std::string_view text)
{
    std::string reference;
    for (char c : text) {
        if (c == '-' || c == ' ')
            continue;
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
        if (alphabet.find(c) == std::string_view::npos || reference.size() > symbols)
            return std::nullopt;
        if (reference.size() == symbols / 2)
            reference += '-';
        reference += c;
    }
    if (reference.size() != symbols + 1)
        return std::nullopt;
    return reference;
}

} // namespace gatehouse::store
