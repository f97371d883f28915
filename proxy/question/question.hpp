#pragma once
// What would be decided for somebody who asks for a site, on what the gateway would see of it: for `gatehouse explain`, the console's "Check a site"
// and the forms that open sites. Not a request that was made: that is decided again on what was seen of it then (log/replay).

#include "policy/explanation.hpp"
#include "proxy/clock.hpp"

#include <span>
#include <variant>

namespace gatehouse::question {

/// Who asks for what and when, as a person writes it: ids of the policy. Empty: not said.
struct Question {
    std::string url = {}; ///< http or https, as pasted: without a scheme https is meant, and a fragment means nothing
    std::string role = {}, user = {}, network = {}, device = {};
    std::vector<std::string> groups = {};  ///< empty: those of the network or device
    std::string address = {};              ///< instead of network and device: whoever sits there
    std::vector<std::string> aliases = {}; ///< other names of the site, and private addresses that its name leads to
    std::string at = {};                   ///< local wall clock, "2026-11-24T10:40"; empty: now
};

struct Complaint {
    std::string_view field; ///< name of the member of Question it is about: "url", "group"
    std::string text;       ///< for a person, without a full stop
};

struct Answer {
    policy::Subject subject;
    policy::Explanation explanation;
    bool by_name = false; ///< the URL says more than its host, and the gateway sees no more than that
};

/// What the gateway decides on. Lifetime: that of the URL.
struct Seen {
    policy::Target target;
    policy::SignalSet signals;
    bool path() const { return target.scheme != policy::Scheme::tunnel; }
};

/// Of an https URL it is the tunnel, unless that is allowed and looked into. `connect_ports`: those of the settings.
Seen seen_of(policy::Policy const& policy, policy::Subject const& subject, policy::Target const& url, policy::Moment const& now,
    std::span<std::uint16_t const> connect_ports);

/// Of the question's `at`. The minute that runs is now, not its beginning: a grant of some seconds ago is in force.
result<policy::Moment> moment_of(Clock& clock, std::string const& at);

/// Whoever sits at the address, device or network, as the live proxy would describe them; then what the question says otherwise.
std::variant<policy::Subject, Complaint> subject_of(policy::Policy const& policy, Question const& question);

/// By the same decision as the live proxy's.
std::variant<Answer, Complaint> answer(
    policy::Policy const& policy, Question const& question, Clock& clock, std::span<std::uint16_t const> connect_ports);

} // namespace gatehouse::question
