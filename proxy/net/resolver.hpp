#pragma once
// Names to addresses: an extra hosts file first, then the system's, then c-ares on a thread of its own, and a bounded cache for each worker.

#include "policy/host.hpp"
#include "proxy/net/task.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace gatehouse::net {

enum class DnsError : std::uint8_t { none, no_such_name, no_address, server_failure, timeout };
/// "no-such-name", "dns-timeout" ...; the cause codes of error pages and log rows.
std::string_view to_text(DnsError error);

/// Names that the one asked for leads to (CNAME records), in their order. Null: none.
using Aliases = std::shared_ptr<std::vector<policy::Host> const>;

struct DnsAnswer {
    DnsError error = DnsError::none;
    std::vector<policy::IpAddress> addresses; ///< at most max_addresses, in the order to try
    std::chrono::seconds ttl{0};              ///< already capped
    bool from_hosts_file = false;             ///< this machine's administrator wrote it, no name server
    Aliases aliases{};                        ///< at most max_aliases

    static constexpr std::size_t max_aliases = 16;
    static constexpr std::size_t max_addresses = 16;
};

struct ResolverOptions {
    std::vector<std::string> servers; ///< "10.0.0.53" or "10.0.0.53:5353"; empty: the system's
    std::string hosts_file;           ///< empty: none
    std::chrono::milliseconds timeout{4000};
    std::chrono::seconds max_ttl{300};
    std::chrono::seconds negative_ttl{5};
    std::string system_hosts = "/etc/hosts"; ///< asked after `hosts_file`, read again whenever it has changed; empty: none
};

/// The thread that asks. Shared by all workers; answers are delivered by a callback on the resolver's thread.
class ResolverThread {
public:
    using Callback = std::function<void(DnsAnswer)>;

    /// Throws std::runtime_error if c-ares cannot start (a failed start) or a server is not an address.
    explicit ResolverThread(ResolverOptions options);
    ~ResolverThread();
    ResolverThread(ResolverThread const&) = delete;
    ResolverThread& operator=(ResolverThread const&) = delete;

    void resolve(std::string name, Callback done);
    /// Calls `answer` on the resolver's thread at its next turn.
    void ask_turn(std::function<void()> answer);
    /// Reads the hosts file again. Returns false, with the old one kept, if it cannot be read.
    bool reload_hosts();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// A worker's view: cache in front.
class Resolver {
public:
    Resolver(ResolverThread& thread, Executor executor, std::size_t max_cached);

    /// IP literals answer themselves. Lifetime: the resolver outlives the call.
    task<DnsAnswer> resolve(policy::Host const& host);
    void forget_all() { cache_.clear(); }
    std::size_t cached() const { return cache_.size(); }

private:
    struct Entry {
        DnsAnswer answer;
        std::chrono::steady_clock::time_point until;
    };
    void keep(std::string name, DnsAnswer const& answer);

    ResolverThread& thread_;
    Executor executor_;
    std::size_t max_cached_;
    std::unordered_map<std::string, Entry> cache_;
};

} // namespace gatehouse::net
