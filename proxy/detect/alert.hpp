#pragma once
// Searches that somebody has to look at, because the person may need help or be about to hurt somebody: found, described, told once.

#include "policy/decide.hpp"

#include <chrono>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>

namespace gatehouse::detect {

/// What the person responsible is told. Of a name that was only claimed nothing is said: it may be another's.
struct Alert {
    std::chrono::system_clock::time_point at;
    policy::Severity severity = policy::Severity::concern;
    std::string list;       ///< id of the term list
    std::string list_title; ///< "Thinking about ending one's life"
    std::string search;     ///< its words; empty for what was written to a service, which is not kept
    std::string engine;     ///< "Google", or the host written to
    bool blocked = false;   ///< the block page was shown in the place of the results; what was written was not sent
    std::string user, role, network, device; ///< empty where unknown
    policy::IpAddress client;
    policy::Confidence confidence = policy::Confidence::none;
    std::string decision_id;
};

/// The alert that a decided request is, if a list of severity `concern` or above speaks of its search or of what is written with it; of staff,
/// `urgent`. Pure.
std::optional<Alert> alert_of(policy::Policy const& policy, policy::Subject const& subject, policy::Target const& target,
    policy::Decision const& decision, std::string_view decision_id, std::chrono::system_clock::time_point at);

struct AlertLimits {
    std::chrono::minutes window{60};
    std::size_t people = 4096; ///< with a list each, remembered at once; the one unseen for longest is forgotten first
};

/// Tells what is new from what was told already: one person searching on about one thing is one alert. Not thread-safe.
class AlertMemory {
public:
    explicit AlertMemory(AlertLimits limits = {})
        : limits_(limits)
    {
    }
    /// True if nothing of that person and list was told within the window; it is told from now on.
    bool is_new(Alert const& alert);
    /// It could not be told after all.
    void forget(Alert const& alert);

private:
    struct Told {
        std::string key;
        std::chrono::system_clock::time_point at;
    };
    AlertLimits limits_;
    std::list<Told> told_; ///< most recently told first
    std::unordered_map<std::string, std::list<Told>::iterator> by_key_;
};

} // namespace gatehouse::detect
