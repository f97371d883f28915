#include "proxy/portal/pac.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <fmt/format.h>

namespace gatehouse::portal {
namespace {

/// Text that can stand between quotes in a script: host names and addresses only.
std::string host_text(std::string_view host)
{
    std::string out;
    std::copy_if(host.begin(), host.end(), std::back_inserter(out), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
    });
    return out;
}

std::string host_of_url(std::string const& url)
{
    auto const parsed = boost::urls::parse_uri(url);
    return parsed && parsed->has_authority() ? std::string(parsed->encoded_host()) : std::string();
}

PacAnswer answer_for(Settings const& settings, policy::IpAddress const& device)
{
    auto const has_device = [&](policy::Network const& network) { return network.contains(device); };
    for (auto const& answer : settings.pac)
        if (answer.from.empty() || std::any_of(answer.from.begin(), answer.from.end(), has_device))
            return answer;
    return {};
}

/// Where no proxy is named: the first listener, or the portal's host if that listens everywhere.
std::string usual_proxy(Settings const& settings, std::string const& portal_host)
{
    if (settings.proxy.empty())
        return portal_host + ":3128";
    auto const& end = settings.proxy.front();
    bool const everywhere = end.address == policy::IpAddress{} || end.address == policy::IpAddress::from_v4(0);
    auto const address = end.address.is_v4() ? end.address.to_text() : "[" + end.address.to_text() + "]";
    return fmt::format("{}:{}", everywhere ? portal_host : address, end.port);
}

std::string mask_of(policy::Network const& network)
{
    auto const bits = network.prefix - 96U; // an IPv4 network in its 16-byte form
    return policy::IpAddress::from_v4(bits == 0 ? 0 : ~std::uint32_t{0} << (32 - bits)).to_text();
}

std::string conditions_of(PacAnswer const& answer)
{
    std::string text;
    for (auto const& name : answer.direct_names) {
        auto const bare = host_text(name.starts_with('.') ? name.substr(1) : name);
        text += fmt::format(" ||\n      host === \"{}\"", bare);
        if (name.starts_with('.'))
            text += fmt::format(" || dnsDomainIs(host, \".{}\")", bare);
    }
    for (auto const& network : answer.direct_networks) // of bare addresses only: names are not looked up for it
        text += fmt::format(" ||\n      (isAddress && isInNet(host, \"{}\", \"{}\"))", network.base.to_text(), mask_of(network));
    return text;
}

} // namespace

std::string pac_script(Settings const& settings, policy::IpAddress const& device, std::string const& portal_url)
{
    auto answer = answer_for(settings, device);
    auto const portal_host = host_text(host_of_url(portal_url));
    if (answer.proxies.empty())
        answer.proxies.push_back(usual_proxy(settings, portal_host));
    std::string proxies;
    for (auto const& proxy : answer.proxies)
        proxies += (proxies.empty() ? "PROXY " : "; PROXY ") + host_text(proxy);
    return fmt::format(
        "function FindProxyForURL(url, host) {{\n"
        "  var isAddress = /^[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+$/.test(host);\n"
        "  if (isPlainHostName(host) || host === \"{}\" || host === \"localhost\" || host === \"127.0.0.1\"{}) {{\n"
        "    return \"DIRECT\";\n"
        "  }}\n"
        "  return \"{}\";\n"
        "}}\n",
        portal_host, conditions_of(answer), proxies);
}

} // namespace gatehouse::portal
