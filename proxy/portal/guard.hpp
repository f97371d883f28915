#pragma once
// What stands before every page: which Host names are ours, whether a form came from our own page, the cookie, and the headers of every answer.
// Pure functions over message.hpp.

#include "proxy/portal/message.hpp"

#include <array>

namespace gatehouse {
struct Settings;
}

namespace gatehouse::portal {

enum class Side : std::uint8_t { portal, console };

/// Authorities under which this server may be called, lower case: the configured URL, the bound address, localhost and own_names, with the port and,
/// where it is the scheme's own, without. Anything else is an attack by DNS rebinding or a mistake (421).
std::vector<std::string> allowed_authorities(Settings const& settings, Side side, std::uint16_t port);

/// True if a POST came from a page of the authority it was sent to: Origin (RFC 6454 §7) equals it, or the browser says so in Sec-Fetch-Site.
/// A POST with neither is no browser's: the portal, which knows no sign-in, accepts it; the console does not.
bool is_from_own_page(Request const& request, Side side);

/// Cookie of the console. The prefix makes browsers demand Secure, Path=/ and no Domain (RFC 6265bis §4.1.3.2).
inline constexpr std::string_view session_cookie = "__Host-gatehouse-session";
/// Cookie of a visitor who has not signed in: what the sign-in form's token is made from.
inline constexpr std::string_view visitor_cookie = "__Host-gatehouse-visitor";
/// Cookie of a browser that is on its way to the school's sign-on and back. Sent with the way back, which another site leads to (SameSite=Lax).
inline constexpr std::string_view way_cookie = "__Host-gatehouse-sign-on";
/// Cookie of the language that somebody chose, of both sides. It says nothing else about them.
inline constexpr std::string_view language_cookie = "gatehouse-language";
std::string set_language_cookie(std::string_view tag, Side side);
std::string set_way_cookie(std::string_view value);
std::string set_cookie(std::string_view name, std::string_view value);
std::string clear_cookie(std::string_view name);

/// Anti-forgery tokens: an HMAC of the session (or visitor) token under a key of this process; nothing is kept.
class FormTokens {
public:
    FormTokens();
    std::string token_for(std::string_view session_token) const; ///< 64 hexadecimal digits
    /// Constant time in the text.
    bool fits(std::string_view session_token, std::string_view form_token) const;

private:
    std::array<unsigned char, 32> key_{};
};

/// 128 random bits as 32 hexadecimal digits.
std::string random_token();

/// Headers that every answer of that side carries.
Fields security_headers(Side side);

} // namespace gatehouse::portal
