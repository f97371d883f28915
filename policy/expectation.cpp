#include "policy/explanation.hpp"
#include "policy/parse.hpp"

#include <fmt/format.h>

namespace gatehouse::policy {
namespace {

/// The person of the expectation, as the address map would describe them.
Subject subject_of(Policy const& policy, Expectation const& expectation)
{
    Subject subject;
    for (auto const& device : policy.devices)
        if (device.id == expectation.device)
            subject = policy.subject_at(device.address);
    for (auto const& network : policy.networks)
        if (network.id == expectation.network) {
            subject.network = network.id;
            subject.groups = network.groups;
            subject.device_kind = network.device_kind;
            subject.trusts_ca = network.trusts_ca;
        }
    subject.role = expectation.role;
    subject.user = expectation.user;
    if (!expectation.group.empty())
        subject.groups = {expectation.group};
    return subject;
}

Problem failure(Expectation const& expectation, std::string message)
{
    Problem problem;
    problem.file = expectation.source.file;
    problem.line = expectation.source.line;
    problem.column = 1;
    problem.message = std::move(message);
    return problem;
}

} // namespace

std::vector<Problem> check_expectations(Policy const& policy, std::chrono::sys_seconds (*to_instant)(LocalTime const&))
{
    std::vector<Problem> problems;
    for (auto const& expectation : policy.expectations) {
        auto const target = Target::parse_url(expectation.url);
        if (!target)
            continue; // parse_policy has complained
        auto const subject = subject_of(policy, expectation);
        Moment const now{expectation.at, to_instant(expectation.at)};
        auto const visible = visible_part(policy, {subject, *target, now, {}});
        auto const decision = decide(policy, {subject, visible, now, {}});
        auto const rule = rule_id(policy, decision);
        if (decision.verdict != expectation.verdict)
            problems.push_back(failure(expectation,
                fmt::format("{} at {}: {} is expected to {}, but \"{}\" decides to {}", expectation.role,
                    expectation.at.to_text(), expectation.url, to_text(expectation.verdict), rule, to_text(decision.verdict))));
        else if (!expectation.rule.empty() && rule != expectation.rule)
            problems.push_back(failure(expectation,
                fmt::format("{} at {}: {} is decided by \"{}\", not by \"{}\" as expected", expectation.role,
                    expectation.at.to_text(), expectation.url, rule, expectation.rule)));
    }
    return problems;
}

} // namespace gatehouse::policy
