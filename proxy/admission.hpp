#pragma once
// Who may come in: connections of one client over all workers, and what the process may use of descriptors and memory.
// Asked once for a connection, never for a request.

#include "proxy/settings.hpp"

#include <atomic>
#include <memory_resource>
#include <mutex>
#include <unordered_map>

namespace gatehouse {

struct AddressHash {
    std::size_t operator()(policy::IpAddress const& address) const
    {
        std::string_view const bytes{reinterpret_cast<char const*>(address.bytes.data()), address.bytes.size()};
        return std::hash<std::string_view>{}(bytes);
    }
};

class Admission {
public:
    explicit Admission(Limits const& limits);

    /// Counts one more connection of that client. False, and not counted, if it has as many as it may. Any thread.
    bool enter(policy::IpAddress const& client);
    void leave(policy::IpAddress const& client);

    /// Compares the memory in use with the budget; gives free memory back to the system when it is short. By the main thread, a few times a second.
    void look_at_memory();
    /// Until memory is well below the budget again, whoever comes new is turned away. Any thread.
    bool is_short_of_memory() const { return short_of_memory_.load(std::memory_order_relaxed); }

private:
    std::size_t per_client_;
    std::size_t budget_; ///< bytes; zero: none
    std::mutex guard_;
    // Entries come and go with connections: without the heap. Both guarded by guard_.
    std::pmr::unsynchronized_pool_resource memory_;
    std::pmr::unordered_map<policy::IpAddress, std::size_t, AddressHash> open_{&memory_};
    std::atomic<bool> short_of_memory_{false};
};

/// Raises the limit of descriptors as far as the system lets us, and lowers `connections` and the upstream pool to what fits, so that
/// some are always left for the log, the store, the resolver and the console.
void fit_to_descriptors(Settings& settings);

/// What the control group of this process may use, in bytes; zero: no limit. `root` is where control groups are mounted, `own` names ours.
std::size_t control_group_memory(
    std::filesystem::path const& root = "/sys/fs/cgroup", std::filesystem::path const& own = "/proc/self/cgroup");

} // namespace gatehouse
