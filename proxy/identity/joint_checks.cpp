#include "proxy/identity/joint_checks.hpp"

#include <utility>

namespace gatehouse::identity {

CredentialKey JointChecks::key_of(policy::IpAddress const& client, Credentials const& credentials) const
{
    return keys_.key_of(client, credentials);
}

bool JointChecks::begin(CredentialKey const& key, Hear hear)
{
    std::lock_guard const lock(guard_);
    auto const [check, is_first] = waiting_.try_emplace(key);
    if (!is_first)
        check->second.push_back(std::move(hear));
    return is_first;
}

void JointChecks::end(CredentialKey const& key, SignInResult const& result)
{
    std::vector<Hear> waiting;
    {
        std::lock_guard const lock(guard_);
        if (auto const found = waiting_.find(key); found != waiting_.end()) {
            waiting = std::move(found->second);
            waiting_.erase(found);
        }
    }
    for (auto const& hear : waiting)
        hear(result);
}

LeadingCheck::LeadingCheck(JointChecks& checks, CredentialKey const& key)
    : checks_(checks)
    , key_(key)
{
}

LeadingCheck::~LeadingCheck()
{
    if (!answered_)
        checks_.end(key_, {SignInStatus::unavailable, {}});
}

void LeadingCheck::answer(SignInResult const& result)
{
    answered_ = true;
    checks_.end(key_, result);
}

} // namespace gatehouse::identity
