#include "proxy/portal/guard.hpp"

#include "proxy/digest.hpp"
#include "proxy/portal/ascii.hpp"
#include "proxy/settings.hpp"
#include "proxy/trust_check.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <sodium.h>

namespace gatehouse::portal {

namespace {

constexpr std::uint16_t usual_port(Side side)
{
    return side == Side::console ? 443 : 80;
}

} // namespace

std::vector<std::string> allowed_authorities(Settings const& settings, Side side, std::uint16_t port)
{
    std::vector<std::string> allowed;
    auto const add = [&](std::string const& host) {
        if (host.empty())
            return;
        allowed.push_back(lower(host) + ":" + std::to_string(port));
        if (port == usual_port(side))
            allowed.push_back(lower(host));
    };
    auto const& url = side == Side::console ? settings.console_url : settings.portal_url;
    if (auto const parsed = boost::urls::parse_uri(url); parsed && parsed->has_authority()) {
        // As people type it, also where a port is translated on the way.
        allowed.push_back(lower(parsed->encoded_host_and_port()));
        add(std::string(parsed->encoded_host()));
    }
    auto const& address = (side == Side::console ? settings.console : settings.portal).address;
    add(address.is_v4() ? address.to_text() : "[" + address.to_text() + "]");
    add("localhost");
    for (auto const& name : settings.own_names)
        add(name);
    return allowed;
}

bool is_from_own_page(Request const& request, Side side)
{
    if (!request.origin.empty()) {
        std::string_view const scheme = side == Side::console ? "https://" : "http://";
        return request.origin == std::string(scheme) + request.host;
    }
    if (!request.fetch_site.empty())
        return request.fetch_site == "same-origin";
    return side == Side::portal;
}

std::string set_cookie(std::string_view name, std::string_view value)
{
    return std::string(name) + "=" + std::string(value) + "; Path=/; Secure; HttpOnly; SameSite=Strict";
}

std::string set_way_cookie(std::string_view value)
{
    return std::string(way_cookie) + "=" + std::string(value) + "; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600";
}

std::string set_language_cookie(std::string_view tag, Side side)
{
    return std::string(language_cookie) + "=" + std::string(tag) + "; Path=/; HttpOnly; SameSite=Lax; Max-Age=31536000"
        + (side == Side::console ? "; Secure" : "");
}

std::string clear_cookie(std::string_view name)
{
    return set_cookie(name, "") + "; Max-Age=0";
}

FormTokens::FormTokens()
{
    randombytes_buf(key_.data(), key_.size());
}

std::string FormTokens::token_for(std::string_view session_token) const
{
    std::array<unsigned char, crypto_auth_hmacsha256_BYTES> mac{};
    crypto_auth_hmacsha256(
        mac.data(), reinterpret_cast<unsigned char const*>(session_token.data()), session_token.size(), key_.data());
    return hex_of(mac);
}

bool FormTokens::fits(std::string_view session_token, std::string_view form_token) const
{
    auto const wanted = token_for(session_token);
    return !session_token.empty() && form_token.size() == wanted.size()
        && sodium_memcmp(wanted.data(), form_token.data(), wanted.size()) == 0;
}

std::string random_token()
{
    std::array<unsigned char, 16> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    return hex_of(bytes);
}

Fields security_headers(Side side)
{
    auto const pictures = side == Side::portal ? " https://" + std::string{trust_check_host} : std::string{};
    Fields headers{
        {"Content-Security-Policy",
            "default-src 'none'; style-src 'self'; img-src 'self'" + pictures
                + "; form-action 'self'; base-uri 'none'; object-src 'none'; "
                  "frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        // Not no-referrer: browsers would then send "Origin: null" with our own forms (Fetch, "append a request Origin header").
        {"Referrer-Policy", "same-origin"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"X-Frame-Options", "DENY"},
    };
    if (side == Side::console)
        headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
    return headers;
}

} // namespace gatehouse::portal
