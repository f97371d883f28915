#include "proxy/settings_gateway.hpp"

#include "proxy/settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>

namespace gatehouse {
namespace {

constexpr std::size_t longest_interface = 15; // IFNAMSIZ of Linux, without the NUL at its end

bool is_interface(std::string_view name)
{
    auto const fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    };
    return !name.empty() && name.size() <= longest_interface && std::all_of(name.begin(), name.end(), fits);
}

/// A port without a sign or a leading zero, which nft would read as octal.
std::optional<std::uint16_t> parse_port(std::string_view text)
{
    std::uint16_t port = 0;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (failure != std::errc{} || end != text.data() + text.size() || port == 0 || text.front() == '0')
        return std::nullopt;
    return port;
}

/// What the gateway closes by itself cannot be let out: the web is its own, and names are asked of the school's name servers.
bool is_closed_way(unsigned first, unsigned last)
{
    constexpr std::array<unsigned, 4> closed{53, 80, 443, 853};
    return std::any_of(closed.begin(), closed.end(), [=](unsigned port) { return first <= port && port <= last; });
}

/// What is wrong with "tcp/993"; empty if nothing is.
std::string fault_of(std::string_view way)
{
    if (way == "ping")
        return {};
    auto const slash = way.find('/');
    auto const protocol = way.substr(0, slash);
    if (slash == std::string_view::npos || (protocol != "tcp" && protocol != "udp"))
        return fmt::format("\"{}\" is not \"ping\" and not like \"tcp/993\" or \"udp/5000-5010\"", way);
    auto const ports = way.substr(slash + 1);
    auto const dash = ports.find('-');
    auto const first = parse_port(ports.substr(0, dash));
    auto const last = dash == std::string_view::npos ? first : parse_port(ports.substr(dash + 1));
    if (!first || !last || *last < *first)
        return fmt::format("\"{}\" names no port between 1 and 65535", way);
    if (is_closed_way(*first, *last))
        return fmt::format("\"{}\" would let out web or name service, which go through the gateway", way);
    return {};
}

void read_inside(SettingsReader& reader, Gateway& gateway)
{
    reader.read("inside", gateway.inside);
    for (auto const& name : gateway.inside)
        if (!is_interface(name))
            reader.complain("inside", fmt::format("\"{}\" is not the name of an interface", name), "`ip link` shows the names");
}

void read_resolvers(SettingsReader& reader, Gateway& gateway)
{
    std::vector<std::string> texts;
    reader.read("resolvers", texts);
    for (auto const& text : texts)
        if (auto const address = policy::IpAddress::parse(text))
            gateway.resolvers.push_back(*address);
        else
            reader.complain("resolvers", fmt::format("\"{}\" is not an address such as \"192.0.2.53\"", text));
}

void read_intercept(SettingsReader& reader, Settings& settings)
{
    auto& way = settings.gateway.intercept;
    way = settings.redirect.empty() ? "tproxy" : "redirect";
    bool const chosen = reader.has("intercept");
    reader.read("intercept", way);
    if (way != "redirect" && way != "tproxy")
        return reader.complain("intercept", "`intercept` must be \"redirect\" or \"tproxy\"");
    if (settings.gateway.inside.empty())
        return;
    auto const& listeners = way == "redirect" ? settings.redirect : settings.tproxy;
    auto const* const key = chosen ? "intercept" : "inside";
    if (listeners.empty())
        return reader.complain(key, fmt::format("nothing listens for what would be intercepted: [listen] has no `{}`", way),
            "write redirect = [\"0.0.0.0:3129\", \"[::]:3129\"] below [listen]");
    if (std::any_of(listeners.begin(), listeners.end(), [](Endpoint const& endpoint) { return endpoint.port == 0; }))
        reader.complain(key, fmt::format("`{}` below [listen] needs a port that stays the same, not 0", way));
    if (!chosen && !settings.redirect.empty() && !settings.tproxy.empty())
        reader.complain(key, "[listen] has both `redirect` and `tproxy`", "choose: intercept = \"redirect\"");
}

} // namespace

void read_gateway(SettingsReader& reader, Settings& settings)
{
    auto& gateway = settings.gateway;
    read_inside(reader, gateway);
    read_intercept(reader, settings);
    read_resolvers(reader, gateway);
    reader.read("local", gateway.local);
    reader.read("let_out", gateway.let_out);
    reader.read("name_quic", gateway.name_quic);
    for (auto const& way : gateway.let_out)
        if (auto fault = fault_of(way); !fault.empty())
            reader.complain("let_out", std::move(fault));
}

} // namespace gatehouse
