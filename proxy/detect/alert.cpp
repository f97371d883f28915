#include "proxy/detect/alert.hpp"

namespace gatehouse::detect {
namespace {

/// Staff look things up for their pupils: of them only what is urgent is told.
policy::Severity least_told(std::string_view role)
{
    return role == "staff" ? policy::Severity::urgent : policy::Severity::concern;
}

} // namespace

std::optional<Alert> alert_of(policy::Policy const& policy, policy::Subject const& subject, policy::Target const& target,
    policy::Decision const& decision, std::string_view decision_id, std::chrono::system_clock::time_point at)
{
    policy::SearchText search;
    if (decision.term_list == policy::none || policy.term_lists[decision.term_list].severity < least_told(subject.role)
        || !find_search_within(policy, target, search))
        return std::nullopt;
    auto const& list = policy.term_lists[decision.term_list];
    Alert alert;
    alert.at = at;
    alert.severity = list.severity;
    alert.list = list.id;
    alert.list_title = list.title;
    policy::Words const words{search.text()};
    for (auto const& word : words.all())
        (alert.search += alert.search.empty() ? "" : " ") += word.plain;
    alert.engine = policy.url_forms[search.form].title;
    alert.blocked = decision.verdict == policy::Verdict::block;
    if (subject.confidence > policy::Confidence::claimed)
        alert.user = subject.user;
    alert.role = subject.role;
    alert.network = subject.network;
    alert.device = subject.device;
    alert.client = subject.address;
    alert.confidence = subject.confidence;
    alert.decision_id = decision_id;
    return alert;
}

bool AlertMemory::is_new(Alert const& alert)
{
    auto const key = alert.client.to_text() + ' ' + alert.user + ' ' + alert.list;
    if (auto const known = by_key_.find(key); known != by_key_.end()) {
        if (alert.at - known->second->at < limits_.window)
            return false;
        told_.erase(known->second);
        by_key_.erase(known);
    }
    told_.push_front({key, alert.at});
    by_key_[key] = told_.begin();
    if (told_.size() > limits_.people) {
        by_key_.erase(told_.back().key);
        told_.pop_back();
    }
    return true;
}

} // namespace gatehouse::detect
