#include "tools/gateway/rules.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>

namespace gatehouse::gateway {
namespace {

constexpr std::string_view mark = "0x1";    // of packets that the kernel hands to our listeners
constexpr std::string_view routes = "3128"; // number of our routing table

enum class Family { v4, v6 };
constexpr std::array families{Family::v4, Family::v6};

bool is_of(policy::IpAddress const& address, Family family)
{
    return address.is_v4() == (family == Family::v4);
}

std::string_view name_of(Family family)
{
    return family == Family::v4 ? "ip" : "ip6";
}

/// Port of the listener for this family; none: its web is refused. One address may serve both families as a dual-stack socket does not here.
std::optional<std::uint16_t> port_for(std::vector<Endpoint> const& listeners, Family family)
{
    auto const found = std::find_if(
        listeners.begin(), listeners.end(), [family](Endpoint const& endpoint) { return is_of(endpoint.address, family); });
    return found == listeners.end() ? std::nullopt : std::optional{found->port};
}

/// "{ 192.0.2.1, 192.0.2.2 }" of what belongs to the family; empty if nothing does.
template <class Values, class AddressOf>
std::string set_of(Values const& values, Family family, AddressOf address_of)
{
    std::vector<std::string> texts;
    for (auto const& value : values)
        if (is_of(address_of(value), family))
            texts.push_back(value.to_text());
    return texts.empty() ? std::string{} : fmt::format("{{ {} }}", fmt::join(texts, ", "));
}

/// What is reached directly is neither intercepted nor refused: a line for each family that has any.
std::string local_passes(Gateway const& gateway, std::string_view from)
{
    std::string text;
    for (auto const family : families)
        if (auto const local = set_of(gateway.local, family, [](auto const& network) { return network.base; }); !local.empty())
            text += fmt::format("        {}{} daddr {} accept\n", from, name_of(family), local);
    return text;
}

std::string intercept_redirected(Settings const& settings)
{
    std::string text = "    chain intercept {\n        type nat hook prerouting priority dstnat; policy accept;\n";
    text += local_passes(settings.gateway, "iifname $inside ");
    for (auto const family : families)
        if (auto const port = port_for(settings.redirect, family))
            text += fmt::format(
                "        iifname $inside meta nfproto {} fib daddr type != local tcp dport {{ 80, 443 }} redirect to :{}\n",
                family == Family::v4 ? "ipv4" : "ipv6", *port);
    return text + "    }\n";
}

std::string intercept_untouched(Settings const& settings)
{
    auto text = fmt::format("    chain intercept {{\n        type filter hook prerouting priority mangle; policy accept;\n"
                            "        iifname $inside meta l4proto tcp socket transparent 1 meta mark set {} accept\n",
        mark);
    text += local_passes(settings.gateway, "iifname $inside ");
    for (auto const family : families)
        if (auto const port = port_for(settings.tproxy, family))
            text += fmt::format("        iifname $inside meta nfproto {0} fib daddr type != local tcp dport {{ 80, 443 }} "
                                "tproxy {1} to :{2} meta mark set {3} accept\n",
                family == Family::v4 ? "ipv4" : "ipv6", name_of(family), *port, mark);
    return text + "    }\n";
}

/// "tcp/993" as a match of nft.
std::string match_of(std::string const& way)
{
    if (way == "ping")
        return "meta l4proto { icmp, icmpv6 }"; // beside its errors
    auto const slash = way.find('/');
    return fmt::format("{} dport {}", way.substr(0, slash), way.substr(slash + 1));
}

std::string what_passes(Gateway const& gateway)
{
    std::string text
        = "        # What routers and hosts tell each other about packets that did not arrive.\n"
          "        icmp type { destination-unreachable, time-exceeded, parameter-problem } accept\n"
          "        icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem } accept\n";
    return text + local_passes(gateway, {});
}

std::string what_is_refused(Gateway const& gateway)
{
    std::string text;
    if (gateway.name_quic)
        text += fmt::format("        # The daemon reads what these were for; it never holds one up.\n"
                            "        udp dport 443 limit rate 200/second burst 400 packets log group {} snaplen 2048\n",
            quic_log_group);
    text += "        udp dport { 80, 443 } counter reject comment \"QUIC: browsers fall back to TCP, which is read\"\n"
            "        meta l4proto { tcp, udp } th dport 853 counter reject comment \"DNS over TLS or QUIC\"\n";
    for (auto const family : families)
        if (auto const servers = set_of(gateway.resolvers, family, [](auto const& address) { return address; }); !servers.empty())
            text += fmt::format("        {} daddr {} meta l4proto {{ tcp, udp }} th dport 53 accept\n", name_of(family), servers);
    text += "        meta l4proto { tcp, udp } th dport 53 counter reject comment \"name servers of somebody else\"\n"
            "        # Web that was not intercepted, whatever the reason, does not pass: without the gateway there is no web.\n"
            "        tcp dport { 80, 443 } counter reject with tcp reset\n";
    return text;
}

std::string what_leaves(Gateway const& gateway)
{
    std::string text;
    for (auto const& way : gateway.let_out)
        text += fmt::format("        {} counter accept\n", match_of(way));
    return text
        + "        meta l4proto tcp counter reject with tcp reset\n"
          "        counter reject with icmpx admin-prohibited comment \"VPNs, tunnels, everything else\"\n";
}

std::string option_of(Family family)
{
    return family == Family::v4 ? "-4" : "-6";
}

Command rule_command(Family family, std::string verb)
{
    return {option_of(family), "rule", std::move(verb), "fwmark", std::string{mark}, "lookup", std::string{routes}};
}

Command route_command(Family family, std::string verb)
{
    return {option_of(family), "route", std::move(verb), "local", family == Family::v4 ? "0.0.0.0/0" : "::/0", "dev", "lo",
        "table", std::string{routes}};
}

} // namespace

bool keeps_destination(Settings const& settings)
{
    return settings.gateway.intercept == "tproxy";
}

std::string render_rules(Settings const& settings)
{
    auto const& gateway = settings.gateway;
    std::string text = "#!/usr/sbin/nft -f\n"
                       "# Written by `gatehouse gateway render rules` from gatehouse.toml: change it there. Take it back: "
                       "gatehouse gateway revert.\n\n";
    text += fmt::format("define inside = {{ \"{}\" }}\n\n", fmt::join(gateway.inside, "\", \""));
    text += fmt::format("table inet {0}\ndelete table inet {0}\n\ntable inet {0} {{\n", table);
    text += keeps_destination(settings) ? intercept_untouched(settings) : intercept_redirected(settings);
    text += "\n    chain ways_out {\n        type filter hook forward priority filter; policy accept;\n"
            "        iifname $inside jump from_inside\n    }\n\n    chain from_inside {\n";
    text += what_passes(gateway) + what_is_refused(gateway) + what_leaves(gateway);
    return text + "    }\n}\n";
}

std::vector<Command> render_routes(Settings const& settings)
{
    std::vector<Command> commands;
    if (!keeps_destination(settings))
        return commands;
    for (auto const family : families) {
        if (!port_for(settings.tproxy, family))
            continue;
        commands.push_back(rule_command(family, "del")); // `add` would make a second one beside it
        commands.push_back(rule_command(family, "add"));
        commands.push_back(route_command(family, "replace"));
    }
    return commands;
}

std::vector<Command> undo_routes()
{
    std::vector<Command> commands;
    for (auto const family : families) {
        commands.push_back(rule_command(family, "del"));
        commands.push_back(route_command(family, "del"));
    }
    return commands;
}

} // namespace gatehouse::gateway
