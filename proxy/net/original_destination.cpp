#include "proxy/net/original_destination.hpp"

#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>

namespace gatehouse::net {
namespace {

constexpr int so_original_dst = 80; ///< SO_ORIGINAL_DST and IP6T_SO_ORIGINAL_DST of the kernel's netfilter headers

Destination destination_in(sockaddr_storage const& storage)
{
    if (storage.ss_family == AF_INET) {
        sockaddr_in v4;
        std::memcpy(&v4, &storage, sizeof v4);
        return {policy::IpAddress::from_v4(ntohl(v4.sin_addr.s_addr)), ntohs(v4.sin_port)};
    }
    sockaddr_in6 v6;
    std::memcpy(&v6, &storage, sizeof v6);
    Destination destination;
    std::memcpy(destination.address.bytes.data(), &v6.sin6_addr, destination.address.bytes.size());
    destination.port = ntohs(v6.sin6_port);
    return destination;
}

/// The socket's own end. For `redirect` the listener's address, for `tproxy` what the client meant.
result<Destination> local_end(int socket)
{
    sockaddr_storage name{};
    socklen_t size = sizeof name;
    if (::getsockname(socket, reinterpret_cast<sockaddr*>(&name), &size) != 0)
        return last_error();
    return destination_in(name);
}

/// From the kernel's connection tracking, which keeps what it rewrote.
result<Destination> before_redirection(int socket)
{
    sockaddr_storage name{};
    socklen_t size = sizeof name;
    auto const local = local_end(socket);
    if (!local)
        return local.error();
    int const level = local->address.is_v4() ? IPPROTO_IP : IPPROTO_IPV6;
    if (::getsockopt(socket, level, so_original_dst, &name, &size) != 0)
        return last_error();
    return destination_in(name);
}

} // namespace

result<Destination> original_destination(Socket& socket, Arrival arrival, std::uint16_t listening_port)
{
    auto const number = socket.native_handle();
    auto const meant = arrival == Arrival::redirect ? before_redirection(number) : local_end(number);
    if (!meant)
        return meant.error();
    // With tproxy the rules send only web ports here, so a connection to the listener's own port was made to it directly.
    if (meant->port == listening_port)
        return make_error_code(boost::system::errc::address_in_use);
    return meant;
}

} // namespace gatehouse::net
