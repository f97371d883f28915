#include "proxy/identity/basic.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace gatehouse::identity {
namespace {

class Category final : public boost::system::error_category {
public:
    char const* name() const noexcept override { return "gatehouse.identity"; }

    std::string message(int code) const override
    {
        switch (static_cast<errc>(code)) {
        case errc::not_basic: return "the credentials are not of the Basic scheme";
        case errc::too_long: return "the credentials are too long";
        case errc::bad_base64: return "the credentials are not base64";
        case errc::no_colon: return "the credentials have no colon";
        case errc::empty_login: return "the credentials name nobody";
        case errc::bad_character: return "the credentials have a control character";
        case errc::bad_utf8: return "the credentials are not UTF-8";
        }
        return "unknown failure of the credentials";
    }
};

constexpr std::string_view scheme = "basic ";

bool has_scheme(std::string_view value)
{
    if (value.size() < scheme.size())
        return false;
    return std::equal(scheme.begin(), scheme.end(), value.begin(),
        [](char expected, char c) { return (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) == expected; });
}

/// 0..63, or nothing.
std::optional<std::uint32_t> sextet(char c)
{
    if (c >= 'A' && c <= 'Z')
        return static_cast<std::uint32_t>(c - 'A');
    if (c >= 'a' && c <= 'z')
        return static_cast<std::uint32_t>(c - 'a') + 26;
    if (c >= '0' && c <= '9')
        return static_cast<std::uint32_t>(c - '0') + 52;
    if (c == '+')
        return 62;
    if (c == '/')
        return 63;
    return std::nullopt;
}

/// RFC 4648 §4 with padding; the unused bits of the last group have to be zero (§3.5), so that one text has one spelling.
std::optional<std::string> decode_base64(std::string_view text)
{
    if (text.empty() || text.size() % 4 != 0)
        return std::nullopt;
    std::size_t const padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    auto const symbols = text.substr(0, text.size() - padding);
    std::string decoded;
    decoded.reserve(text.size() / 4 * 3);
    std::uint32_t pending = 0;
    unsigned bits = 0;
    for (char const c : symbols) {
        auto const value = sextet(c);
        if (!value)
            return std::nullopt;
        pending = pending << 6 | *value;
        bits += 6;
        if (bits < 8)
            continue;
        bits -= 8;
        decoded += static_cast<char>(pending >> bits & 0xff);
        pending &= (1U << bits) - 1;
    }
    if (pending != 0 || bits >= 6)
        return std::nullopt;
    return decoded;
}

bool is_control(char c)
{
    auto const byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
}

/// RFC 3629: no overlong forms, no surrogates, nothing beyond U+10FFFF.
bool is_utf8(std::string_view text)
{
    std::size_t i = 0;
    while (i < text.size()) {
        auto const at
            = [&](std::size_t offset) { return i + offset < text.size() ? static_cast<unsigned char>(text[i + offset]) : 0U; };
        auto const first = at(0);
        std::size_t const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
        if (length > 1 && (first < 0xc2 || first > 0xf4))
            return false;
        for (std::size_t k = 1; k < length; ++k)
            if ((at(k) & 0xc0) != 0x80)
                return false;
        bool const is_bad_second = (first == 0xe0 && at(1) < 0xa0) || (first == 0xed && at(1) >= 0xa0)
            || (first == 0xf0 && at(1) < 0x90) || (first == 0xf4 && at(1) >= 0x90);
        if (is_bad_second)
            return false;
        i += length;
    }
    return true;
}

} // namespace

error_code make_error_code(errc code)
{
    static Category const category;
    return {static_cast<int>(code), category};
}

result<Credentials> parse_basic(std::string_view field_value)
{
    // The length first: the work is bounded whatever follows.
    if (field_value.size() > max_basic_size)
        return errc::too_long;
    if (!has_scheme(field_value))
        return errc::not_basic;
    auto token = field_value.substr(scheme.size());
    // RFC 9110 §11.4: one or more spaces after the scheme.
    while (token.starts_with(' '))
        token.remove_prefix(1);
    auto const decoded = decode_base64(token);
    if (!decoded)
        return errc::bad_base64;
    if (std::any_of(decoded->begin(), decoded->end(), is_control))
        return errc::bad_character;
    if (!is_utf8(*decoded))
        return errc::bad_utf8;
    auto const colon = decoded->find(':');
    if (colon == std::string::npos)
        return errc::no_colon;
    if (colon == 0)
        return errc::empty_login;
    return Credentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

} // namespace gatehouse::identity
