#include "proxy/checks/machine.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <netinet/in.h>
#include <poll.h>
#include <random>
#include <sstream>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace gatehouse::checks {
namespace {

constexpr std::uint16_t dns_port = 53;

class Socket {
public:
    Socket(int family, int type)
        : value_{::socket(family, type | SOCK_CLOEXEC, 0)}
    {
    }
    Socket(Socket const&) = delete;
    Socket& operator=(Socket const&) = delete;
    ~Socket()
    {
        if (value_ >= 0)
            ::close(value_);
    }
    int value() const { return value_; }

private:
    int value_;
};

struct Address {
    ::sockaddr_storage storage{};
    ::socklen_t size = 0;
    ::sockaddr const* get() const { return reinterpret_cast<::sockaddr const*>(&storage); }
    int family() const { return storage.ss_family; }
};

Address to_address(Endpoint const& endpoint)
{
    Address address;
    if (endpoint.address.is_v4()) {
        auto& v4 = reinterpret_cast<::sockaddr_in&>(address.storage);
        v4.sin_family = AF_INET;
        v4.sin_port = htons(endpoint.port);
        v4.sin_addr.s_addr = htonl(endpoint.address.v4());
        address.size = sizeof v4;
        return address;
    }
    auto& v6 = reinterpret_cast<::sockaddr_in6&>(address.storage);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(endpoint.port);
    std::copy(endpoint.address.bytes.begin(), endpoint.address.bytes.end(), v6.sin6_addr.s6_addr);
    address.size = sizeof v6;
    return address;
}

/// "10.0.0.53", "10.0.0.53:5353", "[fd00::53]:53".
std::optional<Endpoint> parse_server(std::string const& text)
{
    if (auto const address = policy::IpAddress::parse(text))
        return Endpoint{*address, dns_port};
    auto const colon = text.rfind(':');
    if (colon == std::string::npos)
        return std::nullopt;
    auto host = text.substr(0, colon);
    if (host.size() > 2 && host.front() == '[' && host.back() == ']')
        host = host.substr(1, host.size() - 2);
    auto const address = policy::IpAddress::parse(host);
    std::uint16_t port = 0;
    auto const [end, ec] = std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
    if (!address || ec != std::errc{} || end != text.data() + text.size())
        return std::nullopt;
    return Endpoint{*address, port};
}

} // namespace

PortState look_at_port(Endpoint const& endpoint)
{
    auto const address = to_address(endpoint);
    Socket const socket{address.family(), SOCK_STREAM};
    int const on = 1;
    ::setsockopt(socket.value(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on); // as the daemon does
    if (socket.value() >= 0 && ::bind(socket.value(), address.get(), address.size) == 0 && ::listen(socket.value(), 1) == 0)
        return PortState::free;
    return errno == EADDRINUSE ? PortState::in_use : PortState::not_ours;
}

std::optional<std::uintmax_t> free_space(std::filesystem::path folder)
{
    std::error_code ec;
    while (!std::filesystem::exists(folder, ec) && folder.has_relative_path())
        folder = folder.parent_path();
    auto const space = std::filesystem::space(folder, ec);
    return ec ? std::nullopt : std::optional{space.available};
}

std::vector<Endpoint> name_servers(Resolver const& resolver, std::filesystem::path const& resolv_conf)
{
    std::vector<Endpoint> servers;
    for (auto const& text : resolver.servers)
        if (auto const server = parse_server(text))
            servers.push_back(*server);
    if (!resolver.servers.empty())
        return servers;
    std::ifstream file{resolv_conf};
    for (std::string line; std::getline(file, line);) {
        std::istringstream words{line};
        std::string keyword;
        std::string value;
        if (words >> keyword >> value && keyword == "nameserver")
            if (auto const server = parse_server(value))
                servers.push_back(*server);
    }
    return servers;
}

bool answers_dns(Endpoint const& server, std::chrono::milliseconds patience)
{
    auto const address = to_address(server);
    Socket const socket{address.family(), SOCK_DGRAM};
    if (socket.value() < 0 || ::connect(socket.value(), address.get(), address.size) != 0)
        return false;
    auto const id = static_cast<std::uint16_t>(std::random_device{}());
    std::array<unsigned char, 17> query{
        static_cast<unsigned char>(id >> 8), static_cast<unsigned char>(id), 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1};
    if (::send(socket.value(), query.data(), query.size(), 0) != static_cast<::ssize_t>(query.size()))
        return false;
    ::pollfd wait{socket.value(), POLLIN, 0};
    if (::poll(&wait, 1, static_cast<int>(patience.count())) != 1)
        return false;
    std::array<unsigned char, 512> answer{};
    auto const size = ::recv(socket.value(), answer.data(), answer.size(), 0);
    return size >= 12 && answer[0] == query[0] && answer[1] == query[1] && (answer[2] & 0x80) != 0;
}

bool answers_ping(std::filesystem::path const& socket, std::chrono::milliseconds patience)
{
    constexpr std::string_view question{"zPING\0", 6};
    ::sockaddr_un address{};
    address.sun_family = AF_UNIX;
    auto const path = socket.string();
    if (path.size() >= sizeof address.sun_path)
        return false;
    std::copy(path.begin(), path.end(), address.sun_path);
    Socket const number{AF_UNIX, SOCK_STREAM};
    ::timeval const wait{.tv_sec = patience.count() / 1000, .tv_usec = patience.count() % 1000 * 1000};
    ::setsockopt(number.value(), SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    std::array<char, 16> answer{};
    bool const heard = ::connect(number.value(), reinterpret_cast<::sockaddr const*>(&address), sizeof address) == 0
        && ::send(number.value(), question.data(), question.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(question.size())
        && ::recv(number.value(), answer.data(), answer.size(), 0) > 0;
    return heard && std::string_view{answer.data()} == "PONG";
}

} // namespace gatehouse::checks
