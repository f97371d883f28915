#pragma once
// What the service manager gives us and hears from us: sockets that it opened (sd_listen_fds(3)), readiness, main process and watchdog
// (sd_notify(3)). The whole protocol is a few variables and a datagram, so no library stands between; without a manager all is silent.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse {

class ServiceManager {
public:
    /// Reads the environment and takes the variables that are meant for this process alone out of it. Before other threads start.
    ServiceManager();

    /// Listening sockets that the manager opened and keeps open itself, so that no connect is refused while nothing runs. Empty if none.
    std::vector<int> take_sockets();
    /// How long the manager waits for a sign of life; nothing: it does not.
    std::optional<std::chrono::microseconds> watchdog() const { return watchdog_; }
    /// Such as "READY=1". Waits up to 5 seconds for a manager that is slow to hear; for "WATCHDOG=1", of which there are many, not at all.
    void tell(std::string const& state) const;

private:
    std::vector<int> sockets_;
    std::string notify_socket_;
    std::optional<std::chrono::microseconds> watchdog_;
};

/// The number that the whole text is; nothing for anything else.
std::optional<unsigned long long> parse_number(std::string_view text);

} // namespace gatehouse
