#include "proxy/inherited_sockets.hpp"

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace gatehouse {
namespace {

bool is_listening(int descriptor)
{
    int answer = 0;
    ::socklen_t size = sizeof answer;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &answer, &size) != 0 || answer == 0)
        return false;
    return ::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &answer, &size) == 0 && answer == SOCK_STREAM;
}

::sockaddr_storage name_of(int descriptor)
{
    ::sockaddr_storage name{};
    ::socklen_t size = sizeof name;
    if (::getsockname(descriptor, reinterpret_cast<::sockaddr*>(&name), &size) != 0)
        name.ss_family = AF_UNSPEC;
    return name;
}

bool is_bound_to(int descriptor, policy::IpAddress const& address, std::uint16_t port)
{
    auto const name = name_of(descriptor);
    if (name.ss_family == AF_INET && address.is_v4()) {
        ::sockaddr_in v4;
        std::memcpy(&v4, &name, sizeof v4);
        return ntohl(v4.sin_addr.s_addr) == address.v4() && ntohs(v4.sin_port) == port;
    }
    if (name.ss_family != AF_INET6 || address.is_v4())
        return false;
    ::sockaddr_in6 v6;
    std::memcpy(&v6, &name, sizeof v6);
    return std::memcmp(&v6.sin6_addr, address.bytes.data(), address.bytes.size()) == 0 && ntohs(v6.sin6_port) == port;
}

bool is_bound_to(int descriptor, std::filesystem::path const& path)
{
    auto const name = name_of(descriptor);
    if (name.ss_family != AF_UNIX)
        return false;
    ::sockaddr_un local;
    std::memcpy(&local, &name, sizeof local);
    local.sun_path[sizeof local.sun_path - 1] = '\0';
    return path.native() == local.sun_path;
}

void close_all(std::vector<int> const& descriptors)
{
    for (int const each : descriptors)
        ::close(each);
}

/// Takes out of `from` what `wanted` accepts.
template <class Wanted>
std::vector<int> take_where(std::vector<int>& from, Wanted wanted)
{
    auto const rest = std::stable_partition(from.begin(), from.end(), [&](int each) { return !wanted(each); });
    std::vector<int> taken(rest, from.end());
    from.erase(rest, from.end());
    return taken;
}

int first_of(std::vector<int> descriptors)
{
    if (descriptors.empty())
        return -1;
    int const first = descriptors.front();
    descriptors.erase(descriptors.begin());
    close_all(descriptors);
    return first;
}

} // namespace

InheritedSockets::InheritedSockets(std::vector<int> descriptors)
    : descriptors_{std::move(descriptors)}
{
    close_all(take_where(descriptors_, [](int each) { return !is_listening(each); }));
}

InheritedSockets::InheritedSockets(InheritedSockets&& other) noexcept
    : descriptors_{std::exchange(other.descriptors_, {})}
{
}

InheritedSockets& InheritedSockets::operator=(InheritedSockets&& other) noexcept
{
    std::swap(descriptors_, other.descriptors_);
    return *this;
}

InheritedSockets::~InheritedSockets()
{
    close_all(descriptors_);
}

std::vector<int> InheritedSockets::take(policy::IpAddress const& address, std::uint16_t port)
{
    if (port == 0)
        return {};
    return take_where(descriptors_, [&](int each) { return is_bound_to(each, address, port); });
}

int InheritedSockets::take_one(policy::IpAddress const& address, std::uint16_t port)
{
    return first_of(take(address, port));
}

int InheritedSockets::take_local(std::filesystem::path const& path)
{
    return first_of(take_where(descriptors_, [&](int each) { return is_bound_to(each, path); }));
}

std::vector<std::vector<int>> spread_over(std::vector<int> const& sockets, unsigned workers)
{
    std::vector<std::vector<int>> spread(workers);
    for (std::size_t i = 0; i < sockets.size(); ++i)
        spread[i % workers].push_back(sockets[i]);
    for (std::size_t worker = sockets.size(); worker < workers; ++worker) {
        int const copy = ::fcntl(sockets[worker % sockets.size()], F_DUPFD_CLOEXEC, 3);
        if (copy < 0)
            throw boost::system::system_error({errno, boost::system::system_category()}, "cannot share a listening socket");
        spread[worker].push_back(copy);
    }
    return spread;
}

} // namespace gatehouse
