#include "proxy/portal/quota.hpp"

namespace gatehouse::portal {

void Quota::forget_old(std::chrono::sys_seconds now)
{
    for (auto entry = seen_.begin(); entry != seen_.end();) {
        while (!entry->second.empty() && now - entry->second.front() >= window_)
            entry->second.pop_front();
        entry = entry->second.empty() ? seen_.erase(entry) : std::next(entry);
    }
}

bool Quota::admit(std::string const& who, std::chrono::sys_seconds now)
{
    forget_old(now);
    auto& times = seen_[who];
    if (times.size() >= most_)
        return false;
    times.push_back(now);
    return true;
}

} // namespace gatehouse::portal
