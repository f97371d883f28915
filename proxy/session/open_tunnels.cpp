#include "proxy/session/open_tunnels.hpp"

#include "proxy/session/aliases.hpp"

namespace gatehouse::session {

OpenTunnel::OpenTunnel(OpenTunnels& list, Session& session, Outcome const& outcome, net::Stream& upstream)
    : list_(list)
    , session_(session)
    , outcome_(outcome)
    , upstream_(upstream)
    , next_(list.first_)
{
    if (next_ != nullptr)
        next_->previous_ = this;
    list_.first_ = this;
    ++list_.size_;
}

OpenTunnel::~OpenTunnel()
{
    (previous_ != nullptr ? previous_->next_ : list_.first_) = next_;
    if (next_ != nullptr)
        next_->previous_ = previous_;
    --list_.size_;
}

bool OpenTunnel::is_open_by(policy::Policy const& policy, policy::Moment const& now) const
{
    policy::Query const query{session_.subject, outcome_.target, now, outcome_.decision.signals};
    auto const decision = policy::decide(policy, query);
    return decision.verdict == policy::Verdict::allow
        && !policy::judge_names(policy, query, decision, leads_to(outcome_.aliases, {&outcome_.upstream, 1}));
}

/// Only cancels what waits; the tunnel's own coroutine unwinds later, so the list stays as it is.
void OpenTunnel::abort()
{
    session_.client.abort();
    upstream_.abort();
}

std::size_t OpenTunnels::judge_again(policy::Policy const& policy, policy::Moment const& now)
{
    std::size_t ended = 0;
    for (auto* tunnel = first_; tunnel != nullptr; tunnel = tunnel->next_) {
        if (tunnel->ended_by_policy_)
            continue;
        refresh_subject(tunnel->session_.subject, policy);
        if (tunnel->is_open_by(policy, now))
            continue;
        tunnel->ended_by_policy_ = true;
        tunnel->abort();
        ++ended;
    }
    return ended;
}

void OpenTunnels::abort_all()
{
    for (auto* tunnel = first_; tunnel != nullptr; tunnel = tunnel->next_)
        tunnel->abort();
}

void lasts(Environment& env, Outcome& outcome)
{
    if (outcome.policy == env.policy)
        env.lasting.push_back(outcome);
    else
        outcome.let_go_of_policy();
}

std::size_t put_in_force(Environment& env, std::shared_ptr<policy::Policy const> policy)
{
    env.policy = hold_for_worker(std::move(policy));
    ++env.generation;
    auto const ended = env.tunnels.judge_again(*env.policy, env.clock.now());
    while (!env.lasting.empty())
        static_cast<Outcome&>(env.lasting.front()).let_go_of_policy();
    return ended;
}

void refresh_subject(policy::Subject& subject, policy::Policy const& policy)
{
    if (subject.confidence <= policy::Confidence::address) {
        subject = policy.subject_at(subject.address);
        return;
    }
    auto const here = policy.subject_at(subject.address);
    subject.network = here.network;
    subject.device = here.device;
    subject.device_kind = here.device_kind;
    subject.trusts_ca = here.trusts_ca;
}

} // namespace gatehouse::session
