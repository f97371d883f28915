#include "proxy/admission.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <malloc.h>
#include <spdlog/spdlog.h>
#include <string_view>
#include <sys/resource.h>
#include <unistd.h>

namespace gatehouse {
namespace {

constexpr std::size_t kept_descriptors = 64; ///< for log, store, resolver, console and listeners
constexpr std::size_t in_percent = 100;
constexpr std::size_t group_share = 85; ///< percent of the control group's limit: the kernel ends us at 100
constexpr std::size_t relief = 90;      ///< percent of the budget at which newcomers are let in again

/// Memory that only swapping could take away: without the mapped list images. Zero if the system does not tell (proc_pid_statm(5)).
std::size_t memory_in_use()
{
    static int const file
        = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC); // asked four times a second, and opening is the dear part
    std::array<char, 128> text{};
    auto const length = ::pread(file, text.data(), text.size() - 1, 0);
    std::size_t size = 0;
    std::size_t resident = 0;
    std::size_t shared = 0;
    if (length <= 0 || std::sscanf(text.data(), "%zu %zu %zu", &size, &resident, &shared) != 3 || resident < shared)
        return 0;
    return (resident - shared) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// The number in the first line of a file; zero if there is none ("max").
std::size_t read_number(std::filesystem::path const& path)
{
    std::ifstream file(path);
    std::string line;
    std::size_t value = 0;
    if (std::getline(file, line))
        std::from_chars(line.data(), line.data() + line.size(), value);
    return value;
}

} // namespace

std::size_t control_group_memory(std::filesystem::path const& root, std::filesystem::path const& own)
{
    std::ifstream file(own);
    std::size_t least = 0;
    // "0::/path" in version 2, "9:memory:/path" in version 1
    for (std::string line; std::getline(file, line);) {
        auto const first = line.find(':');
        auto const second = first == line.npos ? first : line.find(':', first + 1);
        if (second == line.npos)
            continue;
        auto const controllers = std::string_view{line}.substr(first + 1, second - first - 1);
        auto const path = line.substr(second + 1);
        std::size_t limit = 0;
        if (controllers.empty())
            limit = read_number(root.string() + path + "/memory.max");
        else if (controllers == "memory")
            limit = read_number(root.string() + "/memory" + path + "/memory.limit_in_bytes");
        if (limit != 0 && (least == 0 || limit < least))
            least = limit;
    }
    return least;
}

Admission::Admission(Limits const& limits)
    : per_client_(limits.connections_per_client)
    , budget_(limits.memory != 0 ? limits.memory : control_group_memory() / in_percent * group_share)
{
}

bool Admission::enter(policy::IpAddress const& client)
{
    std::lock_guard const lock(guard_);
    auto const [entry, is_new] = open_.try_emplace(client, 0);
    if (entry->second >= per_client_)
        return false;
    ++entry->second;
    return true;
}

void Admission::leave(policy::IpAddress const& client)
{
    std::lock_guard const lock(guard_);
    auto const entry = open_.find(client);
    if (entry != open_.end() && --entry->second == 0)
        open_.erase(entry);
}

void Admission::look_at_memory()
{
    if (budget_ == 0)
        return;
    auto used = memory_in_use();
    bool const was_short = is_short_of_memory();
    if (used > budget_ || was_short) {
        ::malloc_trim(0); // what sessions gave back stays with the allocator otherwise
        used = memory_in_use();
    }
    bool const is_short = used > (was_short ? budget_ / in_percent * relief : budget_);
    short_of_memory_.store(is_short, std::memory_order_relaxed);
    if (is_short != was_short)
        spdlog::warn("memory.{} used={} budget={}", is_short ? "short" : "enough_again", used, budget_);
}

void fit_to_descriptors(Settings& settings)
{
    rlimit allowed{};
    if (::getrlimit(RLIMIT_NOFILE, &allowed) != 0)
        return;
    allowed.rlim_cur = allowed.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &allowed);
    auto const all = static_cast<std::size_t>(allowed.rlim_cur);
    auto const usable = all - std::min(all, kept_descriptors);
    auto& limits = settings.limits;
    auto const workers = std::max(1U, settings.workers);
    limits.idle_upstream_per_worker = std::clamp<std::size_t>(usable / 8 / workers, 1, limits.idle_upstream_per_worker);
    // Each connection may hold another one to its origin.
    auto const most = (usable - std::min(usable, limits.idle_upstream_per_worker * workers)) / 2;
    if (limits.connections <= most)
        return;
    spdlog::warn(
        "descriptors.few limit={} wanted_connections={} connections={}", all, limits.connections, std::max<std::size_t>(most, 1));
    limits.connections = std::max<std::size_t>(most, 1);
}

} // namespace gatehouse
