#include "proxy/detect/alert.hpp"

#include "policy/self_check.hpp"

namespace gatehouse::detect {
namespace {

/// Staff look things up for their pupils: of them only what is urgent is told.
policy::Severity least_told(policy::People people)
{
    return people == policy::People::staff ? policy::Severity::urgent : policy::Severity::concern;
}

/// A search and a visit about one thing are two: the second is the step further.
std::string key_of(Alert const& alert)
{
    bool const by_words = alert.kind == AlertKind::search || alert.kind == AlertKind::message;
    return alert.client.to_text() + ' ' + alert.user + (by_words ? " words " : " sites ") + alert.list;
}

std::string words_of(policy::SearchText const& search)
{
    std::string text;
    policy::Words const words{search.text()};
    for (auto const& word : words.all())
        (text += text.empty() ? "" : " ") += word.plain;
    return text;
}

/// A search, or a message.
std::optional<Alert> find_words(Observation const& seen)
{
    auto const& decision = seen.decision;
    if (decision.term_list == policy::none)
        return std::nullopt;
    policy::SearchText search;
    if (!decision.by_writing && !find_search_within(seen.policy, seen.target, search))
        return std::nullopt;
    auto const& list = seen.policy.term_lists[decision.term_list];
    Alert alert;
    alert.severity = list.severity;
    alert.list = list.id;
    alert.theme = list.title;
    if (decision.by_writing) {
        alert.kind = AlertKind::message;
        alert.site = seen.target.host.text();
    } else {
        alert.search = words_of(search);
        alert.site = seen.policy.url_forms[search.form].title;
    }
    return alert;
}

/// Of what the category says; nothing if it tells nothing.
std::optional<Alert> alert_about(Observation const& seen, AlertKind kind, std::uint16_t category)
{
    auto const severity = seen.policy.alert_of(category);
    if (!severity || seen.intent == Intent::embedded || seen.decision.stage == policy::Stage::override_grant)
        return std::nullopt;
    Alert alert;
    alert.kind = kind;
    alert.severity = *severity;
    alert.list = seen.policy.categories[category].id;
    alert.theme = seen.policy.categories[category].title;
    alert.site = seen.target.host.text();
    return alert;
}

std::optional<Alert> find_page(Observation const& seen, policy::ContentFinding const& worth_telling)
{
    auto const list = seen.decision.stage == policy::Stage::content ? seen.decision.phrase_list : worth_telling.list;
    if (list == policy::none)
        return std::nullopt;
    return alert_about(seen, AlertKind::page, seen.policy.phrase_lists[list].category_index);
}

void describe(Alert& alert, Observation const& seen)
{
    auto const& subject = seen.subject;
    alert.at = seen.at;
    alert.blocked = seen.decision.verdict == policy::Verdict::block;
    alert.by_person = seen.intent == Intent::user_navigation;
    if (subject.confidence > policy::Confidence::claimed)
        alert.user = subject.user;
    alert.role = subject.role;
    alert.network = subject.network;
    alert.device = subject.device;
    alert.client = subject.address;
    alert.confidence = subject.confidence;
    alert.decision_id = seen.decision_id;
}

} // namespace

std::optional<Alert> alert_of(Observation const& seen, policy::ContentFinding const& worth_telling)
{
    if (policy::is_self_check(seen.target.host))
        return std::nullopt;
    auto const people = seen.policy.people_of(seen.subject.role);
    auto const is_told = [&](std::optional<Alert> const& alert) { return alert && alert->severity >= least_told(people); };
    auto alert = find_words(seen);
    if (!is_told(alert))
        alert = find_page(seen, worth_telling);
    if (!is_told(alert))
        alert = alert_about(seen, AlertKind::visit, seen.decision.category);
    if (!is_told(alert))
        return std::nullopt;
    alert->people = people;
    describe(*alert, seen);
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
        auto const age = alert.at - known->second->at;
        // Long before it is after a clock that was ahead, and nobody shall wait until that comes true.
        if (-limits_.window < age && age < limits_.window)
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
