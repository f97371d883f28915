#pragma once
// What the portal and the console are given: the rest of the daemon as values and functions, so that no page knows a
// socket or a worker.

#include "policy/parse.hpp"
#include "proxy/checks/finding.hpp"
#include "proxy/clock.hpp"
#include "proxy/store/ids.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse {
struct Endpoint;
struct Settings;
} // namespace gatehouse

namespace gatehouse::store {
class Store;
}

namespace gatehouse::portal {

struct PublishResult {
    bool published = false;
    std::string version;                   ///< of the policy that now runs
    std::vector<policy::Problem> problems; ///< why not, or warnings
};

/// A policy as it would be, in force nowhere.
struct Preview {
    std::shared_ptr<policy::Policy const> policy; ///< null: there is none
    std::vector<policy::Problem> problems;        ///< one of severity error: it would be refused

    bool holds() const
    {
        for (auto const& problem : problems)
            if (problem.severity == policy::Problem::Severity::error)
                return false;
        return policy != nullptr;
    }
};

/// How what decides is kept.
struct PolicyHealth {
    std::size_t failed_expectations = 0;                         ///< of the policy that runs, asked again now
    std::optional<std::chrono::sys_seconds> lists_compiled_at{}; ///< the image on the disk; nothing: there is none
};

/// A part of the gateway as the watchdog last saw it.
struct PartPulse {
    enum class State : std::uint8_t { turns, works, hangs };
    std::string_view name; ///< "workers"; a literal
    State state = State::turns;
};

/// Lifetime: everything outlives the servers that use it.
struct Services {
    Settings const& settings;
    store::Store& store;

    /// Builds a policy from the configuration and the store (overrides, restrictions, school lists), checks its
    /// expectations and publishes it to every worker. Blocks until all workers run it, or says why not. Callable from
    /// any thread but a worker's.
    std::function<PublishResult(std::string_view cause)> publish;

    /// Makes the publications that are due live, each only if the policy holds with it, and publishes. The result is that of the
    /// publication, or of the last that was refused if none went live; a refused one has gone back to the draft. Blocks, callable as `publish`.
    std::function<PublishResult()> publish_pending;

    /// What would run with the draft's changes, or with those alone that one account made of it (none: all). Blocks, callable as `publish`.
    std::function<Preview(store::AccountId by)> preview_draft;

    /// The policy that runs now. Never null. Callable from any thread.
    std::function<std::shared_ptr<policy::Policy const>()> current_policy;

    /// Callable from any thread but a worker's; takes some milliseconds.
    std::function<PolicyHealth()> policy_health;

    /// JSON object with what `gatehouse status --json` prints. Callable from any thread but a worker's.
    std::function<std::string()> status_json;

    /// The school CA's certificate in PEM, empty if there is none.
    std::function<std::string()> ca_pem;

    /// Where the gateway listens for its people, with the ports it has; and the addresses of this machine. Callable from any thread.
    std::function<std::vector<Endpoint>()> proxy_listeners{};
    std::function<std::vector<policy::IpAddress>()> own_addresses{};

    /// How the machine is (proxy/doctor). Asks others, so it blocks for some seconds at worst; callable from any thread but a worker's.
    std::function<std::vector<checks::Finding>(std::chrono::sys_seconds now)> examine
        = [](std::chrono::sys_seconds) { return std::vector<checks::Finding>{}; };

    /// From memory alone: it waits for nobody. Callable from any thread.
    std::function<std::vector<PartPulse>()> pulses = [] { return std::vector<PartPulse>{}; };
};

} // namespace gatehouse::portal
