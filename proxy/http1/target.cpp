#include "proxy/http1/target.hpp"

#include "proxy/http1/ascii.hpp"

#include <algorithm>
#include <charconv>

namespace gatehouse::http1 {
namespace {

constexpr std::uint16_t http_port = 80;

ResolvedTarget refuse_target(Refusal refusal)
{
    return {refusal, {}};
}

/// Characters that no URI has (RFC 3986 §2) and that turn into markup or a second path where a reader is careless.
bool has_markup_character(std::string_view text)
{
    return std::any_of(
        text.begin(), text.end(), [](char c) { return c == '"' || c == '<' || c == '>' || c == '\\' || c == '#'; });
}

bool is_visible_ascii(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

Refusal refusal_of(error_code ec)
{
    return ec == policy::errc::unsupported_scheme ? Refusal::unsupported_scheme : Refusal::bad_target;
}

/// Host = uri-host [ ":" port ] (RFC 9110 §7.2), the port never empty.
struct HostField {
    policy::Host host;
    std::optional<std::uint16_t> port;
};

std::optional<HostField> parse_host_field(std::string_view value)
{
    if (!is_visible_ascii(value)) // a raw IDN would be accepted by Host::parse
        return std::nullopt;
    auto const bracket = value.starts_with('[') ? value.find(']') : 0;
    if (bracket == value.npos)
        return std::nullopt;
    auto const colon = value.find(':', bracket);
    auto const host = policy::Host::parse(value.substr(0, colon));
    if (!host)
        return std::nullopt;
    if (colon == value.npos)
        return HostField{*host, std::nullopt};
    std::uint16_t port = 0;
    auto const* end = value.data() + value.size();
    auto const [stop, ec] = std::from_chars(value.data() + colon + 1, end, port);
    if (ec != std::errc{} || stop != end || port == 0)
        return std::nullopt;
    return HostField{*host, port};
}

/// Host must say the same as the target (RFC 9112 §3.2.2). `usual_port` is what an unwritten port means.
Refusal check_host_field(RequestHead const& head, policy::Target const& target, std::uint16_t usual_port)
{
    if (head.host.data() == nullptr)
        return Refusal::none; // HTTP/1.0 without Host; the gate has seen to HTTP/1.1
    auto const field = parse_host_field(head.host);
    if (!field)
        return Refusal::bad_host;
    bool const same = field->host == target.host && field->port.value_or(usual_port) == target.port;
    return same ? Refusal::none : Refusal::host_mismatch;
}

/// Authority of an absolute-form target, as written.
std::string_view authority_in(std::string_view url)
{
    auto const rest = url.substr(url.find("://") + 3);
    auto const end = std::find_if(rest.begin(), rest.end(), [](char c) { return c == '/' || c == '?'; });
    return rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
}

} // namespace

ResolvedTarget resolve_target(RequestHead const& head)
{
    if (head.is_connect()) {
        auto const target = policy::Target::parse_authority(head.target);
        if (!target)
            return refuse_target(Refusal::bad_target);
        // Clients exist that leave the port out of a CONNECT's Host; the target alone decides then.
        bool const same_text = head.host == head.target;
        return {same_text ? Refusal::none : check_host_field(head, *target, target->port), *target};
    }
    if (head.target.starts_with('/'))
        return refuse_target(Refusal::origin_form);
    if (head.target == "*")
        return refuse_target(head.method == "OPTIONS" ? Refusal::method_not_implemented : Refusal::bad_target);
    if (has_markup_character(head.target))
        return refuse_target(Refusal::bad_target);
    auto const target = policy::Target::parse_url(head.target);
    if (!target)
        return refuse_target(refusal_of(target.error()));
    if (target->scheme != policy::Scheme::http)
        return refuse_target(Refusal::unsupported_scheme); // https comes through CONNECT; in clear it would hide the lack of TLS
    // Mostly both are written alike, and the same text that was just parsed need not be parsed again.
    bool const same_text = head.host == authority_in(head.target);
    return {same_text ? Refusal::none : check_host_field(head, *target, http_port), *target};
}

ResolvedTarget resolve_intercepted_target(RequestHead const& head, policy::IpAddress const& address, std::uint16_t port)
{
    if (head.is_connect())
        return refuse_target(Refusal::bad_target);
    if (!head.target.starts_with('/')) {
        auto resolved = resolve_target(head);
        if (resolved.refusal == Refusal::none && resolved.target.port != port)
            resolved.refusal = Refusal::host_mismatch;
        return resolved;
    }
    if (!is_visible_ascii(head.target) || has_markup_character(head.target))
        return refuse_target(Refusal::bad_target);
    policy::Target target{policy::Scheme::http, policy::Host::from_address(address), port, head.target};
    if (head.host.data() == nullptr)
        return {Refusal::none, target};
    auto const field = parse_host_field(head.host);
    if (!field)
        return refuse_target(Refusal::bad_host);
    target.host = field->host;
    return {field->port.value_or(http_port) == port ? Refusal::none : Refusal::host_mismatch, target};
}

ResolvedTarget resolve_inner_target(RequestHead const& head, policy::Target const& outer, policy::Host const* dialled)
{
    if (head.is_connect() || !head.target.starts_with('/') || !is_visible_ascii(head.target) || has_markup_character(head.target))
        return refuse_target(
            head.target == "*" && head.method == "OPTIONS" ? Refusal::method_not_implemented : Refusal::bad_target);
    if (head.host.data() == nullptr)
        return refuse_target(Refusal::missing_host);
    policy::Target target = outer;
    target.scheme = policy::Scheme::https;
    target.path = head.target;
    constexpr std::uint16_t https_port = 443;
    auto const refusal = check_host_field(head, target, https_port);
    if (refusal != Refusal::host_mismatch || dialled == nullptr)
        return {refusal, target};
    auto named = target;
    named.host = *dialled;
    return {check_host_field(head, named, https_port), target};
}

} // namespace gatehouse::http1
