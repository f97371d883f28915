#pragma once
// The gateway asked through its own front door for the test site of each category (policy/self_check.hpp), from every place of the school that this
// machine can ask from, and what came back beside what the rules say: the listener, the identification, the decision, the answer and the log.

#include "proxy/checks/places.hpp"
#include "proxy/clock.hpp"
#include "proxy/settings.hpp"

#include <functional>
#include <memory>

namespace gatehouse::checks {

enum class Answer : std::uint8_t {
    closed,
    open,
    wants_name, ///< people sign in there first (407)
    none        ///< no answer, or one that is none of these
};

struct Look {
    std::string category;
    std::size_t place = 0; ///< into ProxyLook::places.reached
    Answer due = Answer::none, seen = Answer::none;
};

struct ProxyLook {
    Places places;
    std::vector<Look> looks;
    bool logged = false; ///< the access log has a row for every one of them
};

struct ProxyToAsk {
    std::vector<Endpoint> listeners; ///< with the ports they have
    std::vector<policy::IpAddress> own_addresses;
    std::function<std::shared_ptr<policy::Policy const>()> current_policy;
    std::filesystem::path log_dir;
};

/// Asks for `categories` that the policy has. A place that gives no answer is asked no more. Blocks: some milliseconds a question, a minute at most.
ProxyLook look_through_proxy(ProxyToAsk const& proxy, std::span<std::string_view const> categories, Clock clock);

} // namespace gatehouse::checks
