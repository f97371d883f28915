#pragma once
// The composition root: makes the parts, connects them, starts and stops them in order.

#include "proxy/detect/habits.hpp"
#include "proxy/metrics.hpp"
#include "proxy/publisher.hpp"
#include "proxy/worker.hpp"

#include "proxy/portal/server.hpp"

#include <atomic>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/object.hpp>

namespace gatehouse {

class ControlServer;

class Server {
public:
    /// Opens everything that can fail: store, policy, CA, ports. Throws std::runtime_error that says what to do.
    explicit Server(Settings settings);
    ~Server();

    /// Serves until SIGTERM or SIGINT, then drains. SIGHUP publishes; SIGUSR1 opens the log files again.
    void run();

private:
    struct Listening {
        std::vector<std::vector<int>> by_worker;
        std::vector<std::uint16_t> ports;
    };
    Listening open_listeners() const;
    void make_guard(std::vector<std::uint16_t> const& ports);
    void start_portal();
    void start_control();
    void wait_for_signal();
    void schedule_next_change();
    void keep_house();
    void record_replaced_log(std::chrono::sys_seconds now);
    void deliver(std::shared_ptr<policy::Policy const> policy);
    void reload(std::string_view cause);
    void report_incident(detect::Incident const& incident);
    session::Counters worker_counters() const;
    boost::json::object status() const;
    std::vector<Metric> metrics() const;
    void drain();

    Settings settings_;
    Clock clock_;
    boost::asio::io_context main_{1};    ///< signals, control socket, timers
    boost::asio::io_context console_{1}; ///< portal and console, on a thread of its own
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<log::AccessLog> access_log_;
    std::unique_ptr<net::ResolverThread> resolver_;
    net::AddressGuard guard_;
    Admission admission_;
    Publisher publisher_;
    std::unique_ptr<WorkerParts> parts_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::unique_ptr<portal::Server> portal_;
    std::unique_ptr<ControlServer> control_;
    std::unique_ptr<MetricsServer> metrics_;
    std::thread console_thread_;
    boost::asio::signal_set signals_;
    boost::asio::steady_timer change_timer_;
    std::chrono::sys_seconds house_kept_{};
    std::uint64_t log_files_replaced_ = 0; ///< that the audit tells of
    std::vector<std::uint16_t> proxy_ports_;
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    std::atomic<std::uint64_t> incidents_dropped_{0};
    detect::Habits habits_; ///< touched on the store's thread only
};

} // namespace gatehouse
