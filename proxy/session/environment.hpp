#pragma once
// What a session is given by its worker. One for each worker, touched by that worker's thread only.

#include "proxy/clock.hpp"
#include "proxy/detect/alert.hpp"
#include "proxy/detect/incident.hpp"
#include "proxy/files/kind_process.hpp"
#include "proxy/http2/client_streams.hpp"
#include "proxy/http2/origins.hpp"
#include "proxy/http2/wide_windows.hpp"
#include "proxy/identity/sign_in.hpp"
#include "proxy/log/access_log.hpp"
#include "proxy/net/upstream_pool.hpp"
#include "proxy/session/decision_id.hpp"
#include "proxy/session/open_tunnels.hpp"
#include "proxy/session/portal_place.hpp"
#include "proxy/session/scratch.hpp"
#include "proxy/settings.hpp"
#include "proxy/tls/issuer.hpp"

#include <boost/intrusive/list.hpp>
#include <boost/smart_ptr/local_shared_ptr.hpp>
#include <functional>
#include <memory>
#include <optional>

namespace gatehouse::session {

/// Plain counters of one worker; read by others only through a post to the worker.
struct Counters {
    std::uint64_t connections = 0; ///< accepted
    std::uint64_t connections_open = 0;
    std::uint64_t connections_refused = 0; ///< over a cap
    std::uint64_t streams_refused = 0;     ///< requests over HTTP/2 of a client that has too many open
    std::uint64_t requests = 0;            ///< heads read and understood, CONNECT among them
    std::uint64_t blocked = 0;
    std::uint64_t refused = 0; ///< messages that the gate turned away
    std::uint64_t upstream_failures = 0;
    std::uint64_t tunnels_open = 0;
    std::uint64_t tunnels_inspected = 0; ///< begun
    std::uint64_t tunnels_ended_by_policy = 0;
    std::uint64_t origins_proved = 0;      ///< certificates of origins that were verified
    std::uint64_t origins_without_sct = 0; ///< of them: without a word of a transparency log

    Counters& operator+=(Counters const& other)
    {
        connections += other.connections;
        connections_open += other.connections_open;
        connections_refused += other.connections_refused;
        streams_refused += other.streams_refused;
        requests += other.requests;
        blocked += other.blocked;
        refused += other.refused;
        upstream_failures += other.upstream_failures;
        tunnels_open += other.tunnels_open;
        tunnels_inspected += other.tunnels_inspected;
        tunnels_ended_by_policy += other.tunnels_ended_by_policy;
        origins_proved += other.origins_proved;
        origins_without_sct += other.origins_without_sct;
        return *this;
    }
};

/// The policy as one worker holds it: counted by its own thread alone, so that requests share no counter with other workers.
using PolicyInForce = boost::local_shared_ptr<policy::Policy const>;

/// The last of the worker's own references gives the shared one back.
inline PolicyInForce hold_for_worker(std::shared_ptr<policy::Policy const> shared)
{
    auto const* const policy = shared.get();
    return PolicyInForce(policy, [held = std::move(shared)](auto const*) mutable { held.reset(); });
}

/// What may last for longer than a policy is in force: the outcome of a tunnel that is open. Leaves its list by itself.
struct Lasting : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> { };
using LastingOutcomes = boost::intrusive::list<Lasting, boost::intrusive::constant_time_size<false>>;

/// Files of one client that wait whole for their virus check, a worker; of others the last bytes wait.
inline constexpr std::size_t most_files_kept = 16;

struct Environment {
    Settings const& settings;
    net::Executor executor;
    net::DeadlineWheel& wheel;
    net::Dialer& dialer;
    net::UpstreamPool& pool;
    http2::Origins& origins;
    files::KindProcess& kinds;
    log::Ring& access;
    Clock clock;
    DecisionIds ids;
    tls::Issuer* issuer; ///< null without a CA: blocked tunnels are refused in plain
    identity::SignIn& sign_in;
    std::function<void(detect::Incident const&)> report_incident; ///< never blocks
    std::function<void(detect::Alert const&)> report_alert;       ///< never blocks
    std::string portal_url;
    PortalPlace portal{};
    std::array<std::byte, 32> digest_key{}; ///< for what may be recognised but not read

    PolicyInForce policy;         ///< never null
    std::uint64_t generation = 1; ///< grows with each publication
    OpenTunnels tunnels;
    LastingOutcomes lasting{}; ///< with policies that may be out of force
    Counters counters;
    bool draining = false;         ///< the next answer is each connection's last
    bool end_after_answer = false; ///< while draining: also where an answer on its way still promised another

    http2::ClientStreams client_streams{};
    http2::ClientStreams portal_visits{}; ///< requests to the portal that are under way, of each client
    std::optional<std::chrono::milliseconds> told_of_refused_streams{}; ///< time of the wheel
    http2::WideWindows wide_windows{};                                  ///< of clients' connections
    http2::WideWindows kept_files{most_files_kept};                     ///< places for files that wait whole
    std::optional<std::chrono::milliseconds> told_of_files_in_part{};   ///< time of the wheel
    policy::PhraseScratch phrases{};                                    ///< for reading pages, one piece at a time
    std::vector<char> relay_buffer;
    SpareScratch spare_scratch;
};

struct Outcome;
/// From now on the outcome keeps no policy that is out of force: what was decided while it was opened may have been by one that is already.
void lasts(Environment& env, Outcome& outcome);
/// Puts a policy in force: tunnels are judged by it at once, and those that stay open let go of the one before. Returns how many it ended.
std::size_t put_in_force(Environment& env, std::shared_ptr<policy::Policy const> policy);

} // namespace gatehouse::session
