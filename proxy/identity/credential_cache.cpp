#include "proxy/identity/credential_cache.hpp"

namespace gatehouse::identity {

std::optional<Proved> CredentialCache::find(
    policy::IpAddress const& client, Credentials const& credentials, std::chrono::steady_clock::time_point now)
{
    auto const found = entries_.find(keys_.key_of(client, credentials));
    if (found == entries_.end())
        return std::nullopt;
    if (now >= found->second.at + max_age) {
        entries_.erase(found);
        return std::nullopt;
    }
    return found->second.proved;
}

void CredentialCache::keep(
    policy::IpAddress const& client, Credentials const& credentials, Proved proved, std::chrono::steady_clock::time_point now)
{
    if (entries_.size() >= max_entries)
        std::erase_if(entries_, [&](auto const& entry) { return now >= entry.second.at + max_age; });
    if (entries_.size() >= max_entries)
        entries_.clear();
    entries_.insert_or_assign(keys_.key_of(client, credentials), Entry{std::move(proved), now});
}

} // namespace gatehouse::identity
