#include "proxy/detect/alert.hpp"

namespace gatehouse::detect {
namespace {

/// Staff look things up for their pupils: of them only what is urgent is told.
policy::Severity least_told(std::string_view role)
{
    return role == "staff" ? policy::Severity::urgent : policy::Severity::concern;
}

std::string key_of(Alert const& alert)
{
    return alert.client.to_text() + ' ' + alert.user + ' ' + alert.list;
}

} // namespace

std::optional<Alert> alert_of(policy::Policy const& policy, policy::Subject const& subject, policy::Target const& target,
    policy::Decision const& decision, std::string_view decision_id, std::chrono::system_clock::time_point at)
{
    if (decision.term_list == policy::none || policy.term_lists[decision.term_list].severity < least_told(subject.role))
        return std::nullopt;
    policy::SearchText search;
    if (!decision.by_writing && !find_search_within(policy, target, search))
        return std::nullopt;
    auto const& list = policy.term_lists[decision.term_list];
    Alert alert;
    alert.at = at;
    alert.severity = list.severity;
    alert.list = list.id;
    alert.list_title = list.title;
    if (decision.by_writing) {
        alert.engine = target.host.text();
    } else {
        policy::Words const words{search.text()};
        for (auto const& word : words.all())
            (alert.search += alert.search.empty() ? "" : " ") += word.plain;
        alert.engine = policy.url_forms[search.form].title;
    }
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

void AlertMemory::forget(Alert const& alert)
{
    auto const known = by_key_.find(key_of(alert));
    if (known == by_key_.end())
        return;
    told_.erase(known->second);
    by_key_.erase(known);
}

bool AlertMemory::is_new(Alert const& alert)
{
    auto const key = key_of(alert);
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
