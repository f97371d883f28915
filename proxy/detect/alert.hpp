#pragma once
// What somebody has to look at, because the person may need help or be about to hurt somebody: searches, messages, pages and visits; found, described,
// told once.

#include "proxy/detect/incident.hpp"

#include <list>
#include <unordered_map>

namespace gatehouse::detect {

enum class AlertKind : std::uint8_t {
    search,
    message, ///< to a service; its words are not kept
    page,    ///< what it says reached a limit
    visit,   ///< to a site of a category that tells of them
};

/// What the person responsible is told. Of a name that was only claimed nothing is said: it may be another's.
struct Alert {
    std::chrono::system_clock::time_point at;
    AlertKind kind = AlertKind::search;
    policy::Severity severity = policy::Severity::concern;
    std::string list;       ///< id of the term list, or of the category of the page or site
    std::string theme;      ///< its title: "Thinking about ending one's life"
    std::string search;     ///< its words; of everything else nothing that was asked for is kept
    std::string site;       ///< "Google", or the host
    bool blocked = false;   ///< the block page was shown instead; what was written was not sent
    bool by_person = false; ///< it is known that a person opened it; otherwise a page may have done so by itself
    policy::People people = policy::People::pupils;
    std::string user, role, network, device; ///< empty where unknown
    policy::IpAddress client;
    policy::Confidence confidence = policy::Confidence::none;
    std::string decision_id;
};

/// The alert that a decided request is, if it is one: a list of terms speaks of its search or of what is written with it; what its page says
/// closed it or is worth telling (`worth_telling`); or its site is of a category with `alert`. Of pupils from `concern` on, of staff what is
/// `urgent`. Pages and visits that a page opened by itself, or that a grant opened, are none. Pure.
std::optional<Alert> alert_of(Observation const& seen, policy::ContentFinding const& worth_telling = {});

/// A look without work at what most requests are: certainly no search, message or visit to tell of.
inline bool may_be_alert(policy::Policy const& policy, policy::Decision const& decision)
{
    return decision.term_list != policy::none || policy.alert_of(decision.category);
}

struct AlertLimits {
    std::chrono::minutes window{60};
    std::size_t people = 4096; ///< with a list each, remembered at once; the one unseen for longest is forgotten first
};

/// Tells what is new from what was told already: one person searching on about one thing is one alert, and so are their pages and visits.
/// Not thread-safe.
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
