#include "policy/target.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace gatehouse::policy {
namespace {

/// Visible ASCII only; the backslash is read as a slash by browsers and as a character by others, so it is refused.
bool has_forbidden_character(std::string_view url)
{
    return std::any_of(url.begin(), url.end(), [](char c) { return c <= ' ' || c >= 0x7f || c == '\\' || c == '#'; });
}

bool starts_with_scheme(std::string_view url, std::string_view scheme)
{
    return url.size() >= scheme.size() && std::equal(scheme.begin(), scheme.end(), url.begin(), [](char wanted, char c) {
        return wanted == (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    });
}

result<std::uint16_t> parse_port(std::string_view text)
{
    std::uint16_t port = 0;
    auto const* end = text.data() + text.size();
    auto const [stop, ec] = std::from_chars(text.data(), end, port);
    if (ec != std::errc{} || stop != end || port == 0)
        return errc::bad_port;
    return port;
}

/// Splits "host", "host:port" or "[v6]:port"; `port` comes back empty if none is written.
struct Authority {
    std::string_view host;
    std::string_view port;
    bool has_port = false;
};

Authority split_authority(std::string_view text)
{
    auto const bracket = text.starts_with('[') ? text.find(']') : 0;
    auto const colon = bracket == text.npos ? text.npos : text.find(':', bracket);
    if (colon == text.npos)
        return {text, {}, false};
    return {text.substr(0, colon), text.substr(colon + 1), true};
}

} // namespace

std::string_view to_text(Scheme scheme)
{
    switch (scheme) {
    case Scheme::http: return "http";
    case Scheme::https: return "https";
    case Scheme::tunnel: return "tunnel";
    }
    return "http";
}

result<Target> Target::parse_url(std::string_view url)
{
    if (url.empty() || has_forbidden_character(url))
        return errc::bad_url;
    Target target;
    std::string_view rest;
    if (starts_with_scheme(url, "http://")) {
        target.port = http_port;
        rest = url.substr(7);
    } else if (starts_with_scheme(url, "https://")) {
        target.scheme = Scheme::https;
        target.port = https_port;
        rest = url.substr(8);
    } else {
        return url.find("://") == url.npos ? errc::bad_url : errc::unsupported_scheme;
    }
    auto const path_at = std::min(rest.find_first_of("/?"), rest.size());
    auto const authority = rest.substr(0, path_at);
    if (authority.find('@') != authority.npos)
        return errc::userinfo_in_url;
    target.path = path_at == rest.size() ? std::string_view{"/"} : rest.substr(path_at);
    if (target.path.front() != '/') // "http://host?query" has no origin-form that could be sent on
        return errc::bad_url;
    auto const parts = split_authority(authority);
    if (parts.has_port) {
        auto const port = parse_port(parts.port);
        if (!port)
            return port.error();
        target.port = *port;
    }
    auto host = Host::parse(parts.host);
    if (!host)
        return host.error();
    target.host = *host;
    return target;
}

result<Target> Target::parse_authority(std::string_view authority)
{
    if (authority.empty() || has_forbidden_character(authority) || authority.find_first_of("/?") != authority.npos)
        return errc::bad_url;
    if (authority.find('@') != authority.npos)
        return errc::userinfo_in_url;
    auto const parts = split_authority(authority);
    auto const port = parse_port(parts.port);
    if (!port)
        return port.error();
    auto const host = Host::parse(parts.host);
    if (!host)
        return host.error();
    return Target{Scheme::tunnel, *host, *port, {}};
}

Target Target::seen_without_inspection() const
{
    return Target{Scheme::tunnel, host, port, {}};
}

std::string Target::to_text() const
{
    auto const authority = host.authority_text();
    if (scheme == Scheme::tunnel)
        return fmt::format("{}:{}", authority, port);
    auto const usual = scheme == Scheme::http ? http_port : https_port;
    if (port == usual)
        return fmt::format("{}://{}{}", policy::to_text(scheme), authority, path);
    return fmt::format("{}://{}:{}{}", policy::to_text(scheme), authority, port, path);
}

} // namespace gatehouse::policy
