#pragma once
// How much of what went through tunnels could be seen, and who does not take the school's certificate: counted over the day files.

#include "policy/result.hpp"
#include "proxy/log/utc.hpp"

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace gatehouse::log {

/// Tunnels that were opened for people of one role.
struct SeenTunnels {
    std::string role;
    std::uint64_t inside = 0;  ///< looked into: each page is decided and recorded
    std::uint64_t by_name = 0; ///< the name of the site alone
    std::uint64_t unseen = 0;  ///< to a bare address: not even that
};

/// A site whose app does not take the school's certificate, though the devices that use it take it elsewhere: it insists on its own.
struct PinnedSite {
    std::string host;
    std::uint64_t refusals = 0;
    std::size_t devices = 0;
    std::chrono::system_clock::time_point last{};
};

/// A device that takes the school's certificate nowhere: it does not have it.
struct UntrustingDevice {
    std::string client;
    std::uint64_t refusals = 0;
    std::chrono::system_clock::time_point last{};
};

struct TunnelReport {
    std::vector<SeenTunnels> roles;        ///< most tunnels first
    std::vector<PinnedSite> pinned;        ///< most refusals first
    std::vector<UntrustingDevice> devices; ///< most refusals first
    unsigned days = 0;                     ///< day files that were read
    unsigned unreadable_days = 0;          ///< damaged ones that were passed over
    bool complete = true;                  ///< false: the budget ended before the oldest day
};

/// What one or more days say, by text.
struct TunnelCounts {
    struct Refusals {
        std::uint64_t count = 0;
        std::chrono::system_clock::time_point last{};
    };
    std::map<std::string, SeenTunnels> by_role;
    std::map<std::pair<std::string, std::string>, Refusals> refused; ///< by host and client
    std::map<std::string, std::uint64_t> taken_from;                 ///< by host: tunnels looked into
    std::map<std::string, std::uint64_t> taken_by;                   ///< by client: the same
};

/// A site is told as pinned from this many refusals on, if fewer than one in ten tunnels to it were taken.
inline constexpr std::uint64_t fewest_refusals = 3;

TunnelReport report_of(TunnelCounts const& counts);

/// Over the last `days` days, today's among them. Blocks on the disk, so not for a worker. Thread-safe.
/// Errors: `errc::io_error` if the folder cannot be read.
result<TunnelReport> report_tunnels(
    std::filesystem::path const& log_dir, Day today, unsigned days, std::chrono::milliseconds budget);

} // namespace gatehouse::log
