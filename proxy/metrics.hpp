#pragma once
// The gateway's counters for a monitoring system: GET /metrics in Prometheus' text format 0.0.4. No person, host or address in any label.

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse {

struct Metric {
    std::string_view name; ///< without the prefix "gatehouse_"
    std::string_view help;
    bool counter = true; ///< otherwise a gauge
    double value = 0;
};

/// The text that a scrape gets.
std::string metrics_text(std::vector<Metric> const& metrics);

class MetricsServer {
public:
    using Source = std::function<std::vector<Metric>()>; ///< called for each scrape on the io_context's thread

    /// Listens on `address` ("127.0.0.1") and `port` (zero: any), or on the socket `inherited` that another process opened there.
    /// Throws boost::system::system_error if it cannot.
    MetricsServer(
        boost::asio::io_context& context, std::string const& address, std::uint16_t port, Source source, int inherited = -1);
    ~MetricsServer();

    std::uint16_t port() const;
    int descriptor() const; ///< of the listening socket, for the gateway that follows
    void stop();            ///< accepts no more; on the io_context's thread, or when none runs it

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace gatehouse
