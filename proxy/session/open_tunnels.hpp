#pragma once
// The tunnels that are open on a worker, and the answers that are on their way, to be judged again at period boundaries and on every publication.

#include "policy/decide.hpp"
#include "proxy/net/stream.hpp"

namespace gatehouse::session {

struct Outcome;
struct Session;
class OpenTunnels;

/// One open tunnel, upgraded connection or answer on its way. Registers itself for its lifetime.
class OpenTunnel {
public:
    /// Lifetime: all references outlive this object. The target, signals, names and address in `outcome` stay as they are.
    OpenTunnel(OpenTunnels& list, Session& session, Outcome const& outcome, net::Stream& upstream);
    ~OpenTunnel();
    OpenTunnel(OpenTunnel const&) = delete;
    OpenTunnel& operator=(OpenTunnel const&) = delete;

    bool ended_by_policy() const { return ended_by_policy_; }

private:
    friend class OpenTunnels;
    bool is_open_by(policy::Policy const& policy, policy::Moment const& now) const;
    void abort();

    OpenTunnels& list_;
    Session& session_;
    Outcome const& outcome_;
    net::Stream& upstream_;
    bool ended_by_policy_ = false;
    OpenTunnel* previous_ = nullptr;
    OpenTunnel* next_ = nullptr;
};

class OpenTunnels {
public:
    /// Decides each tunnel again, by its other names too, and ends those that are no longer allowed. Returns how many it ended.
    std::size_t judge_again(policy::Policy const& policy, policy::Moment const& now);
    /// Ends them all (shutdown).
    void abort_all();
    std::size_t size() const { return size_; }

private:
    friend class OpenTunnel;
    OpenTunnel* first_ = nullptr;
    std::size_t size_ = 0;
};

/// Brings a subject up to date with a policy: people known by address only may sit in another network now; proved ones keep their name.
void refresh_subject(policy::Subject& subject, policy::Policy const& policy);

} // namespace gatehouse::session
