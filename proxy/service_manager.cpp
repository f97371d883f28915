#include "proxy/service_manager.hpp"

#include <charconv>
#include <cstdlib>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace gatehouse {
namespace {

constexpr int first_socket = 3; // SD_LISTEN_FDS_START
constexpr unsigned long long most_sockets = 1024;
constexpr std::string_view sign_of_life = "WATCHDOG=1";

std::string take_variable(char const* name)
{
    char const* const value = std::getenv(name);
    std::string taken = value == nullptr ? "" : value;
    ::unsetenv(name);
    return taken;
}

bool is_for_us(std::string const& process)
{
    return parse_number(process) == static_cast<unsigned long long>(::getpid());
}

} // namespace

std::optional<unsigned long long> parse_number(std::string_view text)
{
    unsigned long long value = 0;
    auto const [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failure != std::errc{} || end != text.data() + text.size() || text.empty())
        return std::nullopt;
    return value;
}

ServiceManager::ServiceManager()
{
    auto const count = parse_number(take_variable("LISTEN_FDS"));
    ::unsetenv("LISTEN_FDNAMES");
    if (is_for_us(take_variable("LISTEN_PID")) && count && *count <= most_sockets)
        for (int i = 0; i < static_cast<int>(*count); ++i) {
            ::fcntl(first_socket + i, F_SETFD, FD_CLOEXEC);
            sockets_.push_back(first_socket + i);
        }
    // A gateway that follows another under the same manager inherits both of these, without the number of the process.
    if (char const* const path = std::getenv("NOTIFY_SOCKET"); path != nullptr)
        notify_socket_ = path;
    auto const process = take_variable("WATCHDOG_PID");
    char const* const patience = std::getenv("WATCHDOG_USEC");
    if (patience != nullptr && (process.empty() || is_for_us(process)))
        if (auto const microseconds = parse_number(patience); microseconds && *microseconds > 0)
            watchdog_ = std::chrono::microseconds{*microseconds};
}

std::vector<int> ServiceManager::take_sockets()
{
    return std::exchange(sockets_, {});
}

void ServiceManager::tell(std::string const& state) const
{
    ::sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (notify_socket_.empty() || notify_socket_.size() >= sizeof address.sun_path)
        return;
    notify_socket_.copy(address.sun_path, notify_socket_.size());
    auto size = static_cast<::socklen_t>(offsetof(::sockaddr_un, sun_path) + notify_socket_.size());
    if (address.sun_path[0] == '@')
        address.sun_path[0] = '\0'; // an abstract name
    int const socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0)
        return;
    ::timeval const patience{5, 0}; // with a manager that is slow to hear: the number of a new main process must not be lost
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    int const flags = MSG_NOSIGNAL | (state == sign_of_life ? MSG_DONTWAIT : 0); // one of many
    ::sendto(socket, state.data(), state.size(), flags, reinterpret_cast<::sockaddr const*>(&address), size);
    ::close(socket);
}

} // namespace gatehouse
