#pragma once
// Writes the steps of an evaluation down in words. Internal to policy/.

#include "policy/evaluate.hpp"
#include "policy/explanation.hpp"

namespace gatehouse::policy {

/// Lifetime: `facts` and `steps` outlive it.
class StepWriter final : public Recorder {
public:
    StepWriter(Facts const& facts, std::vector<Step>& steps);

    void sealed(bool decided) override;
    void restriction(Restriction const& restriction, bool in_force, bool decided) override;
    void override_grant(Override const& grant, bool live, Match const& match) override;
    void override_chosen(Override const& grant) override;
    void rule(Rule const& rule, Match const& match) override;
    void role_default() override;
    void wrapped(UrlForm const& wrapper, Facts const& behind) override;
    void refused(InspectionRule const& entry) override;

private:
    std::string describe_who() const;
    std::string describe_what() const;
    std::string describe_where() const;
    std::string describe_when() const;
    template <class Entry>
    std::string describe(Entry const& entry, Match const& match) const;

    Facts const* facts_; ///< of the target, then of the site behind it
    std::vector<Step>& steps_;
};

} // namespace gatehouse::policy
