#pragma once
// The one evaluation behind decide() and explain(), which therefore cannot disagree. Internal to policy/.

#include "policy/match.hpp"

namespace gatehouse::policy {

/// Is told of every step in order. The base class keeps nothing.
class Recorder {
public:
    virtual void sealed(bool /*decided*/) { }
    virtual void restriction(Restriction const& /*restriction*/, bool /*in_force*/, bool /*decided*/) { }
    /// `match` is meaningful only if the grant is live.
    virtual void override_grant(Override const& /*grant*/, bool /*live*/, Match const& /*match*/) { }
    virtual void override_chosen(Override const& /*grant*/) { }
    virtual void rule(Rule const& /*rule*/, Match const& /*match*/) { }
    virtual void role_default() { }
    /// After one of the above allowed it: the steps that follow are about the site behind it. Lifetime of `behind`: those steps.
    virtual void wrapped(UrlForm const& /*wrapper*/, Facts const& /*behind*/) { }
    /// After one of the above allowed it.
    virtual void refused(InspectionRule const& /*entry*/) { }

protected:
    ~Recorder() = default;
};

/// For whom only the decision matters.
class SilentRecorder final : public Recorder { };

Decision evaluate(Facts const& facts, Recorder& recorder);
/// As if that rule were the one that decides, by that entry of its "what" column, and nothing were behind the target.
Decision decide_by_rule(Facts const& facts, std::uint16_t index, Selector const& what);

} // namespace gatehouse::policy
