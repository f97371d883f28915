#pragma once
// One core's share of the gateway: a thread, an io_context, listeners of its own, a pool, a policy pointer. Workers share nothing mutable.

#include "proxy/admission.hpp"
#include "proxy/net/ending_context.hpp"
#include "proxy/net/origin_tls.hpp"
#include "proxy/session/refused_quic.hpp"
#include "proxy/session/session.hpp"

#include <boost/asio/steady_timer.hpp>
#include <thread>

namespace gatehouse {

/// What all workers are made from. Lifetime: outlives the workers.
struct WorkerParts {
    Settings const& settings;
    net::ResolverThread& resolver;
    net::AddressGuard const& guard;
    log::AccessLog& access_log;
    store::Store& store;
    Admission& admission;
    Clock clock;
    std::filesystem::path signer; ///< the program that holds the CA's key
    std::filesystem::path kinds;  ///< the program that libmagic runs in
    std::string portal_url;
    std::uint16_t portal_port = 0;
    std::array<std::byte, 32> digest_key{};
    std::function<void(detect::Incident const&)> report_incident;
    std::function<void(detect::Alert const&)> report_alert;
    std::shared_ptr<identity::JointChecks> sign_in_checks = std::make_shared<identity::JointChecks>();
};

struct ListeningSocket {
    int number = -1;
    net::Arrival arrival = net::Arrival::explicit_proxy;
};

class Worker {
public:
    /// `listeners` are bound, listening sockets of this worker's own (SO_REUSEPORT). Without a CA that can be used
    /// pages inside TLS are not shown; that is logged.
    Worker(unsigned index, WorkerParts const& parts, std::shared_ptr<policy::Policy const> policy,
        std::vector<ListeningSocket> const& listeners);
    ~Worker();

    void start();
    /// What becomes of the listening sockets when the worker takes no more connections.
    enum class Listeners : std::uint8_t {
        close,     ///< who connects from now on is refused
        keep,      ///< somebody else keeps them open: who connects waits for the next gateway
        hand_over, ///< the next gateway accepts on them already
    };
    /// Before the first of all workers drains: a connection that one of them still took would have to wait for the end, and who is told to
    /// leave by one would be let in by another.
    void stop_listening(Listeners listeners);
    /// Step 1 ends here: no new connections; what is open goes on. Idle connections are ended, but not at a hand-over: there each may
    /// still ask once, so that no client meets a connection that ends under its request.
    /// `emptied` runs once on the worker's thread when no connection is open any more.
    void drain(Listeners listeners, std::function<void()> emptied);
    /// Cancels what is left and ends the thread.
    void stop();

    /// Hands over a policy; `done` runs on the worker's thread once it is in force and open tunnels were judged again.
    void publish(std::shared_ptr<policy::Policy const> policy, std::function<void()> done);
    /// Calls `reader` on the worker's thread with its counters and the number of open connections.
    void read_counters(std::function<void(session::Counters const&)> reader);
    /// Calls `answer` on the worker's thread at its next turn.
    void ask_turn(std::function<void()> answer);
    /// Forgets cached names (after a change of the hosts file) and proved credentials.
    void forget_caches();

private:
    /// A connection's place among those that are open, given back on every way out: also when there is no memory to begin its session.
    class Place {
    public:
        Place() = default;
        Place(Worker& worker, policy::IpAddress const& peer);
        Place(Place&& other) noexcept
            : worker_(std::exchange(other.worker_, nullptr))
            , peer_(other.peer_)
        {
        }
        Place& operator=(Place&&) = delete;
        ~Place();
        explicit operator bool() const { return worker_ != nullptr; }

    private:
        Worker* worker_ = nullptr; ///< null: not admitted
        policy::IpAddress peer_;
    };

    void run();
    void begin_loops();
    net::task<> accept_loop(net::Acceptor& acceptor, session::Entrance entrance);
    net::task<> tick();
    net::task<> end_sessions();
    void say_if_emptied();
    Place admit(net::Socket& socket, policy::IpAddress const& peer);
    void judge_tunnels_again();

    net::EndingContext context_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO}; // its sockets and timers are used by this thread alone
    WorkerParts const& parts_;
    net::DeadlineWheel wheel_;
    net::Resolver resolver_;
    net::Dialer dialer_;
    net::OriginTrust origin_trust_;
    net::OriginContext origins_;
    net::UpstreamPool pool_;
    http2::Origins http2_origins_;
    files::KindProcess kinds_;
    std::optional<tls::Issuer> issuer_;
    identity::SignIn sign_in_;
    session::Environment env_;
    std::vector<net::Acceptor> acceptors_;
    std::vector<session::Entrance> entrances_; ///< of the acceptors
    std::vector<int>
        listening_; ///< sockets of the acceptors, until drain; touched by the thread that starts and stops the worker
    std::vector<bool> accepting_;                        ///< for each acceptor: its loop runs
    std::unique_ptr<session::RefusedQuic> refused_quic_; ///< of one worker, where the firewall logs such packets
    bool naming_quic_ = false;
    bool ticking_ = false;
    std::function<void()> emptied_; ///< of drain, until it was called
    std::uint16_t judged_minute_ = 0;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace gatehouse
