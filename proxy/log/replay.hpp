#pragma once
// What would have been decided otherwise: the access log's rows judged by two policies. The same decision as the live proxy's, so that the answer
// is what it then does, as far as rows tell: without queries (unless the log keeps them) nothing is known of searches, and what pages and files
// held is not read again. Each policy judges what it would see: of a connection that it does not look into the name alone, whatever the row says of a page
// inside. What was asked for inside a connection that nobody looked into, no row tells; and of the other names (CNAME) of a site a row keeps only the one
// that closed it: what a rule closes or opens by such a name, or by the private address that a name leads to, is not counted.

#include "policy/decide.hpp"
#include "proxy/log/stored_record.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace gatehouse::log {

/// Who a row was about, as the decision takes it.
policy::Subject subject_of(StoredRecord const& row);
/// What a row was about. Lifetime: views the row. Errors: those of Host, for rows without a readable name.
result<policy::Target> target_of(StoredRecord const& row);

/// Requests that would be decided otherwise.
struct Changed {
    std::uint64_t opened = 0; ///< blocked before, allowed after
    std::uint64_t closed = 0; ///< allowed before, blocked after
    std::uint64_t all() const { return opened + closed; }
};
struct ChangedBy {
    std::string name;
    Changed changed;
};

struct ReplayReport {
    std::uint64_t rows = 0;        ///< counted
    std::uint64_t by_name = 0;     ///< of them: connections that were not looked into
    std::uint64_t looked_into = 0; ///< of them: connections that would be, with the policy after, and are not with the one before
    std::uint64_t let_be = 0;      ///< of them: requests inside connections that would be looked into no longer
    Changed changed;
    std::uint64_t people_opened = 0; ///< different people, or addresses where the person is not known
    std::uint64_t people_closed = 0;
    std::vector<ChangedBy> roles, groups, sites; ///< most changed first; groups: people without one are left out
    unsigned unreadable_days = 0;                ///< damaged day files that were passed over
    bool complete = true;                        ///< false: the time was up before the oldest row
};

struct ReplayRange {
    std::chrono::system_clock::time_point from, to; ///< inclusive, exclusive
    std::chrono::milliseconds budget{10000};        ///< for all of it
    std::size_t most_sites = 20;
};

/// Counts as it goes. Rows come newest first: a connection that was looked into is written at its end, and is not counted beside the requests inside it,
/// unless it changes and none of them does. Lifetime: both policies outlive it.
class Replay {
public:
    using MomentOf = std::function<policy::Moment(std::chrono::sys_seconds)>;

    Replay(policy::Policy const& before, policy::Policy const& after, MomentOf moment_of);
    void judge(StoredRecord const& row);
    ReplayReport report(std::size_t most_sites);

    /// What one policy makes of a row.
    struct Judged {
        policy::Verdict verdict = policy::Verdict::block;
        bool is_inside = false; ///< it would see what is inside the connection
    };

private:
    struct ByBoth {
        Judged before, after;

        bool changes() const { return before.verdict != after.verdict; }
    };
    struct Connection {
        StoredRecord row;
        ByBoth judged;
        bool has_requests = false; ///< in the log
        bool is_told = false;      ///< one of them changes
    };
    /// By when they began, the last first: what began after a row holds none of the rows to come.
    using Connections = std::multimap<std::chrono::system_clock::time_point, Connection, std::greater<>>;
    using Site = std::tuple<policy::IpAddress, std::uint16_t, std::string>;

    static Site site_of(StoredRecord const& row);
    void stand_for_connection(StoredRecord const& request, bool changes);
    void count_begun_after(std::chrono::system_clock::time_point at);
    void count(StoredRecord const& row, ByBoth const& judged);

    policy::Policy const& before_;
    policy::Policy const& after_;
    MomentOf moment_of_;
    ReplayReport counts_;
    std::map<std::string, Changed> roles_, groups_, sites_;
    std::set<std::string> people_opened_, people_closed_;
    Connections open_;
    std::multimap<Site, Connections::iterator> sites_open_;
};

/// Over the day files, newest first. Blocks on the disk, so not for a worker. Errors: those of search().
result<ReplayReport> replay(std::filesystem::path const& log_dir, ReplayRange const& range, policy::Policy const& before,
    policy::Policy const& after, Replay::MomentOf moment_of);

} // namespace gatehouse::log
