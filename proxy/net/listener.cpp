#include "proxy/net/listener.hpp"

#include <boost/system/system_error.hpp>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gatehouse::net {
namespace {

constexpr int backlog = 4096;

struct Address {
    sockaddr_storage storage{};
    socklen_t size = 0;
};

Address make_address(policy::IpAddress const& address, std::uint16_t port)
{
    Address made;
    if (address.is_v4()) {
        sockaddr_in v4{};
        v4.sin_family = AF_INET;
        v4.sin_port = htons(port);
        v4.sin_addr.s_addr = htonl(address.v4());
        std::memcpy(&made.storage, &v4, sizeof v4);
        made.size = sizeof v4;
        return made;
    }
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, address.bytes.data(), address.bytes.size());
    std::memcpy(&made.storage, &v6, sizeof v6);
    made.size = sizeof v6;
    return made;
}

std::uint16_t port_of(int socket)
{
    Address bound;
    bound.size = sizeof bound.storage;
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&bound.storage), &bound.size);
    sockaddr_in v4; // the port stands at the same place in both families
    std::memcpy(&v4, &bound.storage, sizeof v4);
    return ntohs(v4.sin_port);
}

enum class Share : std::uint8_t { no, yes };

bool make_transparent(int socket, int family)
{
    int const one = 1;
    bool const v4 = family == AF_INET;
    return ::setsockopt(socket, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_TRANSPARENT : IPV6_TRANSPARENT, &one, sizeof one) == 0;
}

int bind_socket(policy::IpAddress const& address, std::uint16_t port, Share share, Transparent transparent)
{
    auto const at = make_address(address, port);
    int const socket = ::socket(at.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int const one = 1;
    bool ok = socket >= 0 && ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0;
    if (ok && share == Share::yes)
        ok = ::setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) == 0;
    if (ok && at.storage.ss_family == AF_INET6)
        ok = ::setsockopt(socket, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one) == 0;
    if (ok && transparent == Transparent::yes)
        ok = make_transparent(socket, at.storage.ss_family);
    ok = ok && ::bind(socket, reinterpret_cast<sockaddr const*>(&at.storage), at.size) == 0;
    if (ok)
        return socket;
    boost::system::error_code const why(errno, boost::system::system_category());
    if (socket >= 0)
        ::close(socket);
    throw boost::system::system_error(why, "cannot listen on " + address.to_text() + " port " + std::to_string(port));
}

} // namespace

BoundListeners listen_on(policy::IpAddress const& address, std::uint16_t port, unsigned workers, Transparent transparent)
{
    if (port != 0) {
        int const probe = bind_socket(address, port, Share::no, transparent); // alone, so that a second gateway does not creep in
        ::listen(probe, 1);
        ::close(probe);
    }
    BoundListeners bound{{}, port};
    for (unsigned i = 0; i < workers; ++i) {
        bound.sockets.push_back(bind_socket(address, bound.port, Share::yes, transparent));
        bound.port = port_of(bound.sockets.back());
        if (::listen(bound.sockets.back(), backlog) != 0)
            throw boost::system::system_error({errno, boost::system::system_category()}, "cannot listen");
    }
    return bound;
}

} // namespace gatehouse::net
