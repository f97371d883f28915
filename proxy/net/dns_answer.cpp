#include "proxy/net/dns_answer.hpp"

#include <algorithm>
#include <cstring>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gatehouse::net {
namespace {

DnsError error_of(int status)
{
    switch (status) {
    case ARES_SUCCESS: return DnsError::none;
    case ARES_ENOTFOUND: return DnsError::no_such_name;
    case ARES_ENODATA: return DnsError::no_address;
    case ARES_ETIMEOUT: return DnsError::timeout;
    default: return DnsError::server_failure;
    }
}

policy::IpAddress address_of_v6(sockaddr_in6 const& v6)
{
    policy::IpAddress address;
    std::memcpy(address.bytes.data(), &v6.sin6_addr, address.bytes.size());
    return address;
}

policy::IpAddress address_of(ares_addrinfo_node const& node)
{
    if (node.ai_family == AF_INET) {
        sockaddr_in v4;
        std::memcpy(&v4, node.ai_addr, sizeof v4);
        return policy::IpAddress::from_v4(ntohl(v4.sin_addr.s_addr));
    }
    sockaddr_in6 v6;
    std::memcpy(&v6, node.ai_addr, sizeof v6);
    return address_of_v6(v6);
}

/// Nothing is sent: the system says which address of ours would be used. One that is not for the internet leads nowhere there.
bool leads_somewhere(policy::IpAddress const& address)
{
    sockaddr_in6 there{};
    there.sin6_family = AF_INET6;
    there.sin6_port = htons(443);
    std::memcpy(&there.sin6_addr, address.bytes.data(), address.bytes.size());
    sockaddr_in6 here{};
    socklen_t size = sizeof here;
    int const probe = ::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool const has_way = probe >= 0 && ::connect(probe, reinterpret_cast<sockaddr const*>(&there), sizeof there) == 0
        && ::getsockname(probe, reinterpret_cast<sockaddr*>(&here), &size) == 0;
    if (probe >= 0)
        ::close(probe);
    return has_way && (policy::is_special_purpose(address) || !policy::is_special_purpose(address_of_v6(here)));
}

Aliases aliases_in(ares_addrinfo const& found)
{
    std::vector<policy::Host> names;
    for (auto const* link = found.cnames; link != nullptr && names.size() < DnsAnswer::max_aliases; link = link->next) {
        auto const name = policy::Host::parse(link->name != nullptr ? link->name : "");
        if (name && std::find(names.begin(), names.end(), *name) == names.end()) // each comes with both families
            names.push_back(*name);
    }
    return names.empty() ? nullptr : std::make_shared<std::vector<policy::Host> const>(std::move(names));
}

} // namespace

std::vector<policy::IpAddress> in_order_to_try(
    std::vector<policy::IpAddress> const& v6, std::vector<policy::IpAddress> const& v4, bool v6_leads_somewhere)
{
    auto const& first = v6_leads_somewhere ? v6 : v4;
    auto const& second = v6_leads_somewhere ? v4 : v6;
    std::vector<policy::IpAddress> ordered;
    ordered.reserve(std::min(first.size() + second.size(), DnsAnswer::max_addresses));
    for (std::size_t i = 0; ordered.size() < DnsAnswer::max_addresses && (i < first.size() || i < second.size()); ++i) {
        if (i < first.size())
            ordered.push_back(first[i]);
        if (i < second.size() && ordered.size() < DnsAnswer::max_addresses)
            ordered.push_back(second[i]);
    }
    return ordered;
}

DnsAnswer answer_of(int status, ares_addrinfo const* found, std::chrono::seconds max_ttl)
{
    DnsAnswer answer;
    answer.error = error_of(status);
    answer.ttl = max_ttl;
    std::vector<policy::IpAddress> v4, v6;
    for (auto const* node = found != nullptr ? found->nodes : nullptr; node != nullptr; node = node->ai_next) {
        answer.ttl = std::min(answer.ttl, std::chrono::seconds{std::max(node->ai_ttl, 0)});
        auto& family = node->ai_family == AF_INET ? v4 : v6;
        if (family.size() == DnsAnswer::max_addresses)
            continue;
        auto const address = address_of(*node);
        if (std::find(family.begin(), family.end(), address) == family.end())
            family.push_back(address);
    }
    answer.addresses = in_order_to_try(v6, v4, !v6.empty() && leads_somewhere(v6.front()));
    if (found != nullptr && found->cnames != nullptr)
        answer.aliases = aliases_in(*found);
    if (answer.error == DnsError::none && answer.addresses.empty())
        answer.error = DnsError::no_address;
    return answer;
}

} // namespace gatehouse::net
