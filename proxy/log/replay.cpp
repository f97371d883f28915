#include "proxy/log/replay.hpp"

#include "proxy/log/search.hpp"

#include <algorithm>

namespace gatehouse::log {
namespace {

constexpr std::size_t rows_at_once = 10000;

std::vector<ChangedBy> most_changed_first(std::map<std::string, Changed> const& counts, std::size_t most)
{
    std::vector<ChangedBy> sorted;
    for (auto const& [name, changed] : counts)
        sorted.push_back({name, changed});
    auto const is_more = [](ChangedBy const& left, ChangedBy const& right) { return left.changed.all() > right.changed.all(); };
    std::stable_sort(sorted.begin(), sorted.end(), is_more);
    sorted.resize(std::min(sorted.size(), most));
    return sorted;
}

/// Refused QUIC comes again as a request over TCP, which has a row of its own.
bool is_request(StoredRecord const& row)
{
    return row.method != "QUIC" && row.method != "UDP" && !row.host.empty();
}

/// Whether it could be looked into is said by the place; of one that the policy knows no more, by a row from inside the connection.
policy::Subject subject_in(policy::Policy const& policy, StoredRecord const& row)
{
    auto subject = subject_of(row);
    auto const& networks = policy.networks;
    auto const place
        = std::find_if(networks.begin(), networks.end(), [&](policy::NetworkInfo const& each) { return each.id == row.network; });
    subject.trusts_ca = place != networks.end() ? place->trusts_ca : row.scheme == "https";
    return subject;
}

Replay::Judged judge_by(
    policy::Policy const& policy, StoredRecord const& row, policy::Target const& target, policy::Moment const& now)
{
    auto const subject = subject_in(policy, row);
    auto const seen = policy::visible_part(policy, {subject, target, now, row.signals});
    auto const decision = policy::decide(policy, {subject, seen, now, row.signals});
    bool const is_opened = decision.verdict == policy::Verdict::allow && decision.tls == policy::TlsAction::bump;
    return {decision.verdict, seen.scheme == policy::Scheme::tunnel ? is_opened : true};
}

/// What is known of the row, and what would be of the next one like it.
void count_insight(StoredRecord const& row, Replay::Judged const& before, Replay::Judged const& after, ReplayReport& counts)
{
    bool const was_open = row.verdict == policy::Verdict::allow; // in what was closed there was nothing to see
    if (row.scheme.empty()) {
        counts.by_name += was_open && row.tls != policy::TlsAction::bump ? 1 : 0;
        counts.looked_into += after.is_inside && !before.is_inside ? 1 : 0;
    } else if (row.scheme == "https")
        counts.let_be += before.is_inside && !after.is_inside && after.verdict == policy::Verdict::allow ? 1 : 0;
}

/// Requests inside it have rows of their own, which were written before this one.
bool was_looked_into(StoredRecord const& row)
{
    return row.scheme.empty() && row.verdict == policy::Verdict::allow && row.tls == policy::TlsAction::bump;
}

} // namespace

policy::Subject subject_of(StoredRecord const& row)
{
    policy::Subject subject;
    subject.role = row.role;
    if (!row.group.empty())
        subject.groups.push_back(row.group);
    subject.user = row.user;
    subject.network = row.network;
    subject.device = row.device;
    subject.device_kind = row.device_kind;
    subject.confidence = row.confidence;
    subject.address = row.client;
    return subject;
}

result<policy::Target> target_of(StoredRecord const& row)
{
    auto const host = policy::Host::parse(row.host);
    if (!host)
        return host.error();
    using policy::Scheme;
    auto const scheme = row.scheme.empty() ? Scheme::tunnel : row.scheme == "https" ? Scheme::https : Scheme::http;
    return policy::Target{scheme, *host, row.port, row.path};
}

Replay::Replay(policy::Policy const& before, policy::Policy const& after, MomentOf moment_of)
    : before_(before)
    , after_(after)
    , moment_of_(std::move(moment_of))
{
}

void Replay::judge(StoredRecord const& row)
{
    count_begun_after(row.at);
    auto const target = is_request(row) ? target_of(row) : result<policy::Target>{policy::errc::empty_host};
    if (!target)
        return;
    auto const now = moment_of_(std::chrono::floor<std::chrono::seconds>(row.at));
    ByBoth const judged{judge_by(before_, row, *target, now), judge_by(after_, row, *target, now)};
    if (was_looked_into(row)) {
        auto const begun = row.at - row.elapsed;
        sites_open_.emplace(site_of(row), open_.emplace(begun, Connection{row, judged}));
        return;
    }
    if (row.scheme == "https")
        stand_for_connection(row, judged.changes());
    count(row, judged);
}

Replay::Site Replay::site_of(StoredRecord const& row)
{
    return {row.client, row.port, row.host};
}

void Replay::stand_for_connection(StoredRecord const& request, bool changes)
{
    auto const [first, last] = sites_open_.equal_range(site_of(request));
    for (auto each = first; each != last; ++each) {
        auto& connection = each->second->second;
        connection.has_requests = true;
        connection.is_told = connection.is_told || changes;
    }
}

void Replay::count_begun_after(std::chrono::system_clock::time_point at)
{
    while (!open_.empty() && open_.begin()->first > at) {
        auto const begun = open_.begin();
        auto const& [row, judged, has_requests, is_told] = begun->second;
        if (!has_requests || (judged.changes() && !is_told))
            count(row, judged);
        auto const [first, last] = sites_open_.equal_range(site_of(row));
        sites_open_.erase(std::find_if(first, last, [&](auto const& each) { return each.second == begun; }));
        open_.erase(begun);
    }
}

void Replay::count(StoredRecord const& row, ByBoth const& judged)
{
    ++counts_.rows;
    count_insight(row, judged.before, judged.after, counts_);
    if (!judged.changes())
        return;
    bool const opens = judged.after.verdict == policy::Verdict::allow;
    auto const add = [opens](Changed& changed) { ++(opens ? changed.opened : changed.closed); };
    add(counts_.changed);
    add(roles_[row.role]);
    if (!row.group.empty())
        add(groups_[row.group]);
    add(sites_[row.host]);
    (opens ? people_opened_ : people_closed_).insert(row.user.empty() ? row.client.to_text() : row.user);
}

ReplayReport Replay::report(std::size_t most_sites)
{
    count_begun_after(std::chrono::system_clock::time_point::min());
    auto report = counts_;
    report.people_opened = people_opened_.size();
    report.people_closed = people_closed_.size();
    report.roles = most_changed_first(roles_, roles_.size());
    report.groups = most_changed_first(groups_, groups_.size());
    report.sites = most_changed_first(sites_, most_sites);
    return report;
}

result<ReplayReport> replay(std::filesystem::path const& log_dir, ReplayRange const& range, policy::Policy const& before,
    policy::Policy const& after, Replay::MomentOf moment_of)
{
    using clock = std::chrono::steady_clock;
    auto const until = clock::now() + range.budget;
    Replay counting(before, after, std::move(moment_of));
    SearchQuery query;
    query.from = range.from;
    query.to = range.to;
    query.limit = rows_at_once;
    query.fields = SearchQuery::Fields::of_decision;
    bool complete = true;
    unsigned unreadable_days = 0;
    do {
        query.budget
            = std::max(std::chrono::milliseconds{1}, std::chrono::floor<std::chrono::milliseconds>(until - clock::now()));
        auto const page = search(log_dir, query);
        if (!page)
            return page.error();
        for (auto const& row : page->rows)
            counting.judge(row);
        unreadable_days = std::max(unreadable_days, page->unreadable_days);
        query.cursor = page->next;
        complete = query.cursor.empty();
    } while (!complete && clock::now() < until);
    auto report = counting.report(range.most_sites);
    report.complete = complete;
    report.unreadable_days = unreadable_days;
    return report;
}

} // namespace gatehouse::log
