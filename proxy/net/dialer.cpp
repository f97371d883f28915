#include "proxy/net/dialer.hpp"

#include "proxy/net/connect_race.hpp"

#include <algorithm>
#include <cerrno>
#include <ifaddrs.h>
#include <netinet/in.h>

namespace gatehouse::net {
namespace {

std::string_view cause_of(error_code const& ec)
{
    if (ec == asio::error::timed_out)
        return "upstream-timeout";
    if (ec == asio::error::connection_refused || ec == asio::error::connection_reset)
        return "upstream-refused";
    if (ec == asio::error::network_unreachable || ec == asio::error::host_unreachable)
        return "upstream-unreachable";
    if (ec == asio::error::no_descriptors || ec == asio::error::address_in_use
        || ec == boost::system::errc::address_not_available)
        return "gateway-busy"; // descriptors or local ports are used up
    return "upstream-failed";
}

template <class T>
bool holds(std::vector<T> const& list, T const& value)
{
    return std::find(list.begin(), list.end(), value) != list.end();
}

/// Where a translator or tunnel near by would deliver to: NAT64 (RFC 6052 §2.1), 6to4 (RFC 3056 §2). Otherwise the address itself.
policy::IpAddress delivered_to(policy::IpAddress const& address)
{
    static auto const nat64 = policy::Network::parse("64:ff9b::/96").value(),
                      six_to_four = policy::Network::parse("2002::/16").value();
    auto const v4_at = [&bytes = address.bytes](std::size_t at) {
        return policy::IpAddress::from_v4((std::uint32_t{bytes[at]} << 24) | (std::uint32_t{bytes[at + 1]} << 16)
            | (std::uint32_t{bytes[at + 2]} << 8) | bytes[at + 3]);
    };
    return nat64.contains(address) ? v4_at(12) : six_to_four.contains(address) ? v4_at(2) : address;
}

/// An interface may have got the address after the start. What can be bound to is ours, unless the system lets anything be bound to.
bool is_ours_by_now(policy::IpAddress const& address, Executor const& executor)
{
    Socket probe(executor);
    error_code failure;
    auto const place = endpoint_of(address, 0);
    probe.open(place.protocol(), failure);
    if (!failure)
        probe.bind(place, failure);
    if (failure)
        return false;
    auto const now = interface_addresses();
    return !now || holds(*now, address);
}

std::string_view cause_of(AddressGuard::Answer answer)
{
    switch (answer) {
    case AddressGuard::Answer::loop: return "loop";
    case AddressGuard::Answer::outside_name: return "private-by-name";
    default: return "private-address";
    }
}

} // namespace

NamedBy AddressGuard::named_by(policy::Host const& host, bool from_hosts_file) const
{
    auto const is_within = [&](std::string const& domain) { return host.is_within(domain); };
    bool const ours = host.is_address() || from_hosts_file || std::any_of(private_names.begin(), private_names.end(), is_within);
    return ours ? NamedBy::us : NamedBy::outsiders;
}

AddressGuard::Answer AddressGuard::check(
    policy::IpAddress const& address, std::uint16_t port, NamedBy named, bool ends_here) const
{
    bool const own = ends_here || holds(own_addresses, address) || holds(own_addresses, delivered_to(address))
        || address == policy::IpAddress{} || address == policy::IpAddress::from_v4(0)
        || policy::Network{policy::IpAddress::from_v4(0x7f000000), 104}.contains(address);
    if (own && holds(own_ports, port))
        return port == portal_port ? Answer::allowed : Answer::loop;
    auto const is_exception = [&](policy::Network const& network) { return network.contains(address); };
    if (std::any_of(reachable_private.begin(), reachable_private.end(), is_exception))
        return named == NamedBy::us ? Answer::allowed : Answer::outside_name;
    if (own || policy::is_special_purpose(address))
        return Answer::forbidden;
    return Answer::allowed;
}

result<std::vector<policy::IpAddress>> interface_addresses()
{
    std::vector<policy::IpAddress> found;
    ifaddrs* list = nullptr;
    if (getifaddrs(&list) != 0)
        return error_code{errno, boost::system::generic_category()};
    for (auto* entry = list; entry != nullptr; entry = entry->ifa_next) {
        if (entry->ifa_addr == nullptr)
            continue;
        if (entry->ifa_addr->sa_family == AF_INET) {
            sockaddr_in v4;
            std::memcpy(&v4, entry->ifa_addr, sizeof v4);
            found.push_back(policy::IpAddress::from_v4(ntohl(v4.sin_addr.s_addr)));
        } else if (entry->ifa_addr->sa_family == AF_INET6) {
            sockaddr_in6 v6;
            std::memcpy(&v6, entry->ifa_addr, sizeof v6);
            policy::IpAddress address;
            std::memcpy(address.bytes.data(), &v6.sin6_addr, address.bytes.size());
            found.push_back(address);
        }
    }
    freeifaddrs(list);
    return found;
}

Dialer::Dialer(Resolver& resolver, AddressGuard const& guard, Executor executor, DeadlineWheel& wheel, DialOptions options)
    : resolver_(resolver)
    , guard_(guard)
    , executor_(executor)
    , wheel_(wheel)
    , options_(options)
{
}

task<Dialed> Dialer::dial(policy::Host const& host, std::uint16_t port, AliasJudge* judge)
{
    DnsAnswer answer = co_await resolver_.resolve(host);
    if (answer.error != DnsError::none)
        co_return Dialed{to_text(answer.error), std::nullopt, {}};
    std::vector<policy::IpAddress> allowed;
    auto const named = guard_.named_by(host, answer.from_hosts_file);
    auto refusal = AddressGuard::Answer::forbidden;
    for (auto const& address : answer.addresses) {
        auto const verdict = guard_.check(address, port, named);
        if (verdict == AddressGuard::Answer::allowed)
            allowed.push_back(address);
        else
            refusal = std::max(refusal, verdict);
    }
    if (allowed.empty())
        co_return Dialed{cause_of(refusal), std::nullopt, {}};
    if (judge != nullptr && judge->closes(answer.aliases, allowed))
        co_return Dialed{"closed-by-alias", std::nullopt, {}};
    RaceResult race;
    if (allowed.size() == 1)
        race = co_await connect_to(executor_, wheel_, allowed.front(), port, options_.connect);
    else
        race = co_await race_to_connect(executor_, std::move(allowed), port, options_.attempt, options_.connect);
    if (!race.socket)
        co_return Dialed{cause_of(race.failure), std::nullopt, {}};
    if (holds(guard_.own_ports, port) && is_ours_by_now(race.address, executor_)) {
        auto const verdict = guard_.check(race.address, port, named, true);
        if (verdict != AddressGuard::Answer::allowed)
            co_return Dialed{cause_of(verdict), std::nullopt, {}};
    }
    co_return Dialed{{}, std::move(race.socket), race.address, std::move(answer.aliases)};
}

} // namespace gatehouse::net
