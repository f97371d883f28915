#include "proxy/session/content_gate.hpp"

namespace gatehouse::session {

using State = content::PageScan::State;

std::unique_ptr<ContentGate> ContentGate::make(Session& session, Outcome const& outcome, http1::ResponseHead const& head)
{
    if (outcome.policy->content_rules.empty() || head.framing == http1::Framing::none || head.switches_protocol)
        return nullptr;
    auto const kind = content::kind_of(head.find("Content-Type").value_or(""));
    if (!kind)
        return nullptr;
    auto const now = session.env.clock.now();
    policy::Query const query{session.subject, outcome.target, now, outcome.decision.signals};
    auto const plan = policy::plan_content(*outcome.policy, query, outcome.decision);
    return plan.none() ? nullptr : std::make_unique<ContentGate>(session, *outcome.policy, plan, *kind, head);
}

ContentGate::ContentGate(Session& session, policy::Policy const& policy, policy::ContentPlan const& plan, content::TextKind kind,
    http1::ResponseHead const& head)
    : wheel_(session.env.wheel)
    , policy_(policy)
    , closes_(policy::closing_part(policy, plan).any())
    , closes_unreadable_(closes_ && fails_closed(policy, session.subject))
    , scan_(policy, plan, session.env.phrases, kind, head.find("Content-Type").value_or(""), head.joined("Content-Encoding"))
    , began_(wheel_.now())
{
    // Events come one by one, each of them awaited: they are read before they go on, but never wait for the next.
    if (!closes_ || head.find("Content-Type").value_or("").starts_with("text/event-stream"))
        holding_ = false;
}

bool ContentGate::is_fit(Outcome& outcome) const
{
    if (scan_.state() == State::unreadable && closes_unreadable_) {
        outcome.failure = "content-unreadable";
        return false;
    }
    auto const finding = scan_.judge();
    if (finding)
        outcome.decision = policy::close_for(outcome.decision, policy_, finding);
    return !finding;
}

bool ContentGate::holds(std::size_t waiting)
{
    holding_
        = holding_ && scan_.state() == State::reading && waiting < most_held && time_left() > std::chrono::milliseconds::zero();
    return holding_;
}

std::chrono::milliseconds ContentGate::time_left() const
{
    return std::max(longest_held - (wheel_.now() - began_), std::chrono::milliseconds::zero());
}

} // namespace gatehouse::session
