#include "proxy/detect/habits.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace gatehouse::detect {
namespace {

/// People who proved who they are, wherever they sit; everyone else by address.
std::string key_of(Incident const& incident)
{
    if (!incident.user.empty() && incident.confidence >= policy::Confidence::session)
        return "user " + incident.user;
    return "address " + incident.client.to_text();
}

std::string try_of(Incident const& incident)
{
    bool const any_host = incident.kind == IncidentKind::ip_literal || incident.kind == IncidentKind::odd_port;
    return fmt::format("{} {}", to_text(incident.kind), any_host ? std::string{} : incident.host);
}

} // namespace

Habits::Habits(HabitLimits limits)
    : limits_{limits}
{
}

Habits::Person& Habits::person_of(Incident const& incident)
{
    auto key = key_of(incident);
    if (auto const found = by_key_.find(key); found != by_key_.end()) {
        people_.splice(people_.begin(), people_, found->second);
        return people_.front();
    }
    if (people_.size() >= limits_.people) {
        by_key_.erase(people_.back().key);
        people_.pop_back();
    }
    people_.push_front({std::move(key), {}, {}});
    by_key_.emplace(people_.front().key, people_.begin());
    return people_.front();
}

std::optional<Incident> Habits::observe(Incident const& incident)
{
    if (incident.grade == Grade::signal || incident.kind == IncidentKind::burst)
        return std::nullopt;
    auto& person = person_of(incident);
    if (incident.at < person.quiet_until)
        return std::nullopt;

    auto& tries = person.tries;
    std::erase_if(tries, [&](Try const& old) { return old.at + limits_.window < incident.at; });
    auto what = try_of(incident);
    auto const same = std::find_if(tries.begin(), tries.end(), [&](Try const& old) { return old.what == what; });
    if (same != tries.end()) {
        same->user_driven = same->user_driven || incident.user_driven;
        return std::nullopt;
    }
    tries.push_back({incident.at, std::move(what), incident.user_driven});
    if (tries.size() < limits_.tries)
        return std::nullopt;

    auto burst = incident;
    burst.kind = IncidentKind::burst;
    burst.user_driven = std::all_of(tries.begin(), tries.end(), [](Try const& one) { return one.user_driven; });
    burst.grade = burst.user_driven ? Grade::confirmed : Grade::attempt;
    burst.protocol.clear();
    std::string list;
    for (auto const& one : tries)
        fmt::format_to(std::back_inserter(list), "{}{}", list.empty() ? "" : ", ", one.what);
    burst.evidence = fmt::format("{} different tries within {} minutes: {}.", tries.size(),
        std::chrono::ceil<std::chrono::minutes>(limits_.window).count(), list);
    tries.clear();
    person.quiet_until = incident.at + limits_.window;
    return burst;
}

} // namespace gatehouse::detect
