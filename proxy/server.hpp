#pragma once
// The composition root: makes the parts, connects them, starts and stops them in order.

#include "proxy/control.hpp"
#include "proxy/detect/habits.hpp"
#include "proxy/mail/notifier.hpp"
#include "proxy/metrics.hpp"
#include "proxy/predecessor.hpp"
#include "proxy/publisher.hpp"
#include "proxy/service_manager.hpp"
#include "proxy/watchdog.hpp"
#include "proxy/worker.hpp"

#include "proxy/portal/server.hpp"

#include <atomic>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/json/object.hpp>

namespace gatehouse {

/// What the process has from before: its service manager, and the gateway that it follows.
struct Beginning {
    std::unique_ptr<ServiceManager> manager;  ///< never null
    std::unique_ptr<Predecessor> predecessor; ///< null: none runs
    InheritedSockets sockets;                 ///< of either of them
    bool sockets_are_kept = false;            ///< by the service manager, also when we are gone
    std::filesystem::path program;            ///< on the disk, for the gateway that will follow us
};

/// While one lives, the main thread may wait for others (a publication for the store and the workers) and the watchdog gives it the time of long work.
class RightlyWaits {
public:
    explicit RightlyWaits(std::atomic<bool>& flag)
        : flag_(flag)
        , before_(flag.exchange(true))
    {
    }
    ~RightlyWaits() { flag_ = before_; }
    RightlyWaits(RightlyWaits const&) = delete;
    RightlyWaits& operator=(RightlyWaits const&) = delete;

private:
    std::atomic<bool>& flag_;
    bool before_;
};

class Server {
public:
    /// Opens everything that can fail: store, policy, CA, ports. Throws std::runtime_error that says what to do.
    Server(Settings settings, Beginning beginning);
    ~Server();

    /// Serves until SIGTERM, SIGINT or another gateway's `retire`, then drains. SIGHUP publishes; SIGUSR1 opens the log files again.
    /// Throws std::runtime_error if the gateway before us does not make way.
    void run();

private:
    struct Listening {
        std::vector<std::vector<ListeningSocket>> by_worker;
        std::vector<std::uint16_t> ports;
    };
    Listening open_listeners();
    void open_listener(Endpoint const& endpoint, net::Arrival arrival, Listening& listening);
    int take_socket(Endpoint const& endpoint);
    std::filesystem::path control_path() const;
    void make_guard(std::vector<std::uint16_t> const& ports);
    void start_portal();
    void start_control();
    std::vector<Endpoint> proxy_listeners() const; ///< with the ports they have
    void run_console();
    void wait_for_signal();
    void schedule_next_change();
    void keep_house();
    void let_records_go(std::chrono::sys_seconds now);
    void keep_head(std::chrono::sys_seconds now);
    void purge(store::Ledger& ledger, std::chrono::sys_seconds now) const;
    void record_replaced_log(std::chrono::sys_seconds now);
    void check_store();
    void deliver(std::shared_ptr<policy::Policy const> policy);
    void reload(std::string_view cause);
    void report_incident(detect::Incident const& incident);
    void report_alert(detect::Alert const& alert);
    session::Counters worker_counters() const;
    boost::json::object pulses() const;
    std::vector<portal::PartPulse> part_pulses() const;
    boost::json::object status() const;
    std::vector<Metric> metrics() const;
    void begin_watch();
    void end_predecessor();
    ControlAnswer hand_over();
    boost::json::object retire(boost::json::object const& request);
    boost::json::object restart();
    void reap_successor();
    portal::PublishResult publish(std::string_view cause);
    void drain();
    void close();

    Settings settings_;
    Beginning beginning_;
    Clock clock_;
    boost::asio::io_context main_{1};    ///< signals, control socket, timers
    boost::asio::io_context console_{1}; ///< portal and console, on a thread of its own
    lists::PrivateImages images_;
    std::unique_ptr<store::Store> store_;
    std::atomic<std::chrono::sys_seconds> believed_; ///< the time by which records go (store/believed_time)
    std::unique_ptr<log::AccessLog> access_log_;
    std::unique_ptr<net::ResolverThread> resolver_;
    net::AddressGuard guard_;
    Admission admission_;
    Publisher publisher_;
    std::unique_ptr<WorkerParts> parts_;
    std::vector<std::unique_ptr<Worker>> workers_;
    std::unique_ptr<portal::Server> portal_;
    std::unique_ptr<mail::Notifier> notifier_;
    std::unique_ptr<ControlServer> control_;
    std::unique_ptr<MetricsServer> metrics_;
    std::thread console_thread_;
    boost::asio::signal_set signals_;
    boost::asio::steady_timer change_timer_;
    std::uint64_t log_files_replaced_ = 0; ///< that the audit tells of
    std::chrono::sys_seconds house_kept_{}, store_checked_{};
    std::chrono::sys_days head_kept_on_{},
        head_missed_on_{};     ///< the day (UTC) of the audit's head that was kept last, or could not be; the store's thread
    policy::Date purged_on_{}; ///< the school's date on which old records went last; the store's thread
    std::chrono::steady_clock::time_point next_try_{}; ///< of changes that stayed due
    std::vector<std::uint16_t> proxy_ports_;
    std::vector<int> listening_;             ///< the proxy's sockets; the workers own them
    std::string ticket_;                     ///< of the last hand-over; the console's thread
    std::atomic<bool> main_waits_{false};    ///< the main thread rightly waits for others, see RightlyWaits
    std::atomic<bool> stopping_{false};      ///< a signal said so
    std::atomic<bool> retired_{false};       ///< another gateway has our sockets
    std::atomic<::pid_t> successor_{0};      ///< its process, zero: none was started
    std::atomic<bool> audit_agrees_{true};   ///< false: rows of the audit were cut or edited
    std::atomic<bool> store_failing_{false}; ///< the last write did not reach the disk
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
    std::atomic<std::uint64_t> incidents_dropped_{0};
    mutable std::mutex counters_guard_;
    mutable std::vector<session::Counters> last_counters_; ///< of each worker, under counters_guard_
    detect::Habits habits_;                                ///< touched on the store's thread only
    detect::AlertMemory alerts_;                           ///< touched by the store's thread only
    std::unique_ptr<Watchdog> watchdog_;                   ///< asks all of the above
};

} // namespace gatehouse
