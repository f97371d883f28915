#pragma once
// Proxy-Authorization: Basic (RFC 7617), from the bytes of a header field to a login and a password, or to no.

#include "policy/result.hpp"

#include <string>
#include <string_view>

namespace gatehouse::identity {

enum class errc {
    not_basic = 1, ///< another scheme
    too_long,      ///< more than `max_basic_size` bytes
    bad_base64,    ///< RFC 4648 §4, padding required, no foreign characters
    no_colon,
    empty_login,
    bad_character, ///< NUL or another control character (RFC 7617 §2)
    bad_utf8,
};
error_code make_error_code(errc code);

inline constexpr std::size_t max_basic_size = 1024; ///< bytes of the field value; a login of 64 and a password of 256 fit well

struct Credentials {
    std::string login;    ///< as sent; may not contain a colon
    std::string password; ///< may contain colons
};

/// Parses the field value "Basic dXNlcjpwYXNz". The scheme is case-insensitive.
result<Credentials> parse_basic(std::string_view field_value);

} // namespace gatehouse::identity

template <>
struct boost::system::is_error_code_enum<gatehouse::identity::errc> : std::true_type {
};
