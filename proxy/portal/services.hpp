#pragma once
// What the portal and the console are given: the rest of the daemon as values and functions, so that no page knows a
// socket or a worker.

#include "policy/parse.hpp"
#include "proxy/clock.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse {
struct Settings;
}

namespace gatehouse::store {
class Store;
}

namespace gatehouse::portal {

struct PublishResult {
    bool published = false;
    std::string version;                   ///< of the policy that now runs
    std::vector<policy::Problem> problems; ///< why not, or warnings
};

/// Lifetime: everything outlives the servers that use it.
struct Services {
    Settings const& settings;
    store::Store& store;

    /// Builds a policy from the configuration and the store (overrides, restrictions, school lists), checks its
    /// expectations and publishes it to every worker. Blocks until all workers run it, or says why not. Callable from
    /// any thread but a worker's.
    std::function<PublishResult(std::string_view cause)> publish;

    /// The policy that runs now. Never null. Callable from any thread.
    std::function<std::shared_ptr<policy::Policy const>()> current_policy;

    /// JSON object with what `gatehouse status --json` prints. Callable from any thread but a worker's.
    std::function<std::string()> status_json;

    /// The school CA's certificate in PEM, empty if there is none.
    std::function<std::string()> ca_pem;
};

} // namespace gatehouse::portal
