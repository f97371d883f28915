#pragma once
// How much was asked for and how much of it was blocked, by time, site, category, role and group: counted over the day files, without any person.

#include "policy/result.hpp"
#include "proxy/log/utc.hpp"

#include <array>
#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace gatehouse::log {

struct Traffic {
    std::uint64_t requests = 0; ///< rows: requests and tunnels
    std::uint64_t blocked = 0;  ///< of them
    std::uint64_t bytes = 0;    ///< sent to clients

    Traffic& operator+=(Traffic const& other);
};

struct TrafficOf {
    std::string name; ///< as the row had it: the id of a category, role or group; a site's registered domain, else its host
    Traffic traffic;
};

struct TrafficReport {
    Traffic all;
    std::map<std::chrono::sys_seconds, Traffic> hours; ///< by the beginning of the hour, UTC; hours without a row are missing
    std::vector<TrafficOf> sites;                      ///< most requests first, at most `most_names`; sealed ones are left out
    std::vector<TrafficOf> blocked_sites;              ///< most blocked first, at most `most_names`
    std::vector<TrafficOf> categories, roles, groups;  ///< most requests first; rows without one are left out
    unsigned days = 0;                                 ///< day files that were read
    unsigned unreadable_days = 0;                      ///< damaged ones that were passed over
    bool complete = true;                              ///< false: the budget ended before the oldest day
};

struct TrafficRange {
    std::chrono::sys_seconds from, to; ///< inclusive, exclusive
    std::chrono::milliseconds budget{};
};

/// What one or more days say, by text.
struct TrafficCounts {
    std::chrono::sys_seconds from, to; ///< of the rows that count
    using Table = std::map<std::string, Traffic, std::less<>>;
    std::map<std::chrono::sys_seconds, Traffic> hours;
    Table sites, categories, roles, groups;
};

inline constexpr std::size_t most_names = 20; ///< of sites
inline constexpr std::size_t most_ids = 500;  ///< of the others: the policy has fewer

TrafficReport report_of(TrafficCounts const& counts);

/// Blocks on the disk, so not for a worker. Thread-safe.
/// Errors: `errc::io_error` if the folder cannot be read.
result<TrafficReport> report_traffic(std::filesystem::path const& log_dir, TrafficRange const& range);

} // namespace gatehouse::log
