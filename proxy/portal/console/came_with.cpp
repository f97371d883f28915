#include "proxy/portal/console/came_with.hpp"

#include "proxy/log/replay.hpp"
#include "proxy/log/search.hpp"
#include "proxy/portal/console/seen_part.hpp"
#include "proxy/settings.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace gatehouse::portal::console {

namespace {

using std::chrono::steady_clock;
using SeenBefore = result<log::SearchPage>;

constexpr std::size_t most_visits = 20, most_hosts = 8, rows_of_visit = 300;
constexpr std::chrono::seconds before_visit{2}, after_visit{10};
constexpr std::chrono::days looked_back{14};
constexpr std::chrono::milliseconds longest{1500}; ///< for all of it; what was found by then counts

/// The newest rows of the site, each of another minute or person.
std::vector<log::StoredRecord> visits_of(std::filesystem::path const& dir, std::string const& host, store::Instant now)
{
    log::SearchQuery query;
    query.host = host;
    query.from = std::chrono::system_clock::time_point{now - looked_back};
    query.limit = most_visits * 10;
    auto found = log::search(dir, query);
    std::vector<log::StoredRecord> visits;
    std::set<std::pair<std::string, std::int64_t>> seen;
    if (found)
        for (auto& row : found->rows) {
            auto const minute = std::chrono::floor<std::chrono::minutes>(row.at).time_since_epoch().count();
            if (visits.size() < most_visits && seen.emplace(row.client.to_text(), minute).second)
                visits.push_back(std::move(row));
        }
    return visits;
}

/// What else the same device asked for at that time.
std::set<std::string> companions_of(std::filesystem::path const& dir, log::StoredRecord const& visit, policy::Host const& own)
{
    log::SearchQuery query;
    query.client = visit.client.to_text();
    query.from = visit.at - before_visit;
    query.to = visit.at + after_visit;
    query.limit = rows_of_visit;
    std::set<std::string> hosts;
    auto const found = log::search(dir, query);
    if (found)
        for (auto const& row : found->rows) {
            auto const host = policy::Host::parse(row.host);
            if (host && !host->is_address() && !host->is_within(own.text())
                && row.stage != policy::to_text(policy::Stage::sealed))
                hosts.insert(row.host);
        }
    return hosts;
}

struct Wanted {
    policy::Host host;
    std::string asker; ///< address of who asks
    store::Instant now;
};

/// What came with half of the visits. A site that only one other person opened with it is nobody's business here.
std::vector<std::string> usual_companions(std::filesystem::path const& dir, Wanted const& wanted)
{
    auto const until = steady_clock::now() + longest;
    std::map<std::string, std::size_t> times;
    std::map<std::string, std::set<std::string>> whose;
    std::size_t looked_at = 0;
    for (auto const& visit : visits_of(dir, std::string(wanted.host.text()), wanted.now)) {
        if (steady_clock::now() >= until)
            break;
        ++looked_at;
        for (auto const& companion : companions_of(dir, visit, wanted.host)) {
            ++times[companion];
            whose[companion].insert(visit.client.to_text());
        }
    }
    std::vector<std::string> usual;
    for (auto const& [companion, count] : times)
        if (2 * count >= looked_at && (whose[companion].size() > 1 || whose[companion].contains(wanted.asker)))
            usual.push_back(companion);
    std::stable_sort(
        usual.begin(), usual.end(), [&](auto const& left, auto const& right) { return times.at(left) > times.at(right); });
    return usual;
}

bool is_blocked(Visit const& visit, policy::Subject const& who, std::string const& host)
{
    auto const& services = visit.site.services;
    auto const policy = services.current_policy();
    auto const url = "https://" + host + "/";
    auto const target = policy::Target::parse_url(url);
    if (!target)
        return false;
    auto const seen = question::seen_of(*policy, who, *target, visit.now, services.settings.connect_ports);
    auto const decision = policy::decide(*policy, {who, seen.target, visit.now, seen.signals});
    return decision.verdict == policy::Verdict::block && decision.stage != policy::Stage::sealed;
}

} // namespace

task<std::vector<std::string>> blocked_companions(Visit const& visit, store::UnblockRequest const& request)
{
    auto const host = policy::Host::parse(request.host);
    std::vector<std::string> blocked;
    if (!host)
        co_return blocked;
    auto const work
        = [dir = visit.site.services.settings.log_dir, wanted = Wanted{*host, request.requester.address, visit.instant()}] {
              return usual_companions(dir, wanted);
          };
    auto const usual = co_await run_aside(visit.site, work);
    auto const who = subject_of(*visit.site.services.current_policy(), request.requester);
    for (auto const& companion : usual)
        if (blocked.size() < most_hosts && is_blocked(visit, who, companion))
            blocked.push_back(companion);
    co_return blocked;
}

} // namespace gatehouse::portal::console
