#include "proxy/checks/self_checks.hpp"

#include "proxy/checks/topic_checks.hpp"
#include "proxy/log/traffic_report.hpp"
#include "proxy/log/tunnel_report.hpp"
#include "proxy/tls/issuer.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace gatehouse::checks {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;
using std::chrono::hours;

constexpr hours fresh_lists{48};
constexpr days early_for_a_ca{60};
constexpr days yearly{365}; // DfE: filtering is reviewed at least once a year
constexpr unsigned fewest_log_days = 30;
constexpr unsigned much_unseen = 5; // per cent of tunnels

/// The sentence about one, or about that many.
template <class Number>
std::string said_of(Number count, std::string_view one, std::string_view many)
{
    return count == 1 ? std::string{one} : fmt::format(fmt::runtime(many), count);
}

SelfCheck check_expectations(policy::Policy const& policy, Facts const& facts)
{
    auto const all = policy.expectations.size();
    auto const failed = facts.failed_expectations.value_or(all);
    SelfCheck check{"expectations", "Does the policy decide as the school has written down that it must?",
        {fmt::format("{} of {} expectations hold.", all - failed, all)}, {}, State::good};
    if (failed > 0 || all == 0) {
        check.state = failed > 0 ? State::gap : State::look;
        check.advice = failed > 0 ? "Run `gatehouse check`." : "Write [[expect]] entries for what must never change.";
    }
    return check;
}

/// Who is known by name where they use the web: by signing in, or by a device that is theirs.
SelfCheck check_identity(policy::Policy const& policy)
{
    SelfCheck check{"identity", "Is it known who uses the web?", {}, {}, State::good};
    std::vector<std::string> by_place;
    for (auto const& network : policy.networks)
        if (!network.asks_sign_in)
            by_place.push_back(network.title.empty() ? network.id : network.title);
    auto const personal = std::count_if(
        policy.devices.begin(), policy.devices.end(), [](policy::DeviceInfo const& device) { return !device.user.empty(); });
    check.findings.push_back(fmt::format("People sign in in {} of {} networks; {} devices belong to one person.",
        policy.networks.size() - by_place.size(), policy.networks.size(), personal));
    if (by_place.empty() && !policy.networks.empty())
        return check;
    check.state = policy.networks.empty() ? State::gap : State::look;
    check.findings.push_back(by_place.empty() ? std::string{"Everybody is known by place and device only."}
                                              : fmt::format("By their place and device only: {}.", fmt::join(by_place, ", ")));
    check.advice = "Ask people to sign in where they share devices, or keep a list of who sits where.";
    return check;
}

SelfCheck check_logs(Settings const& settings, Facts const& facts)
{
    SelfCheck check{"logs", "Is it written down who asked for what, and when?", {}, {}, State::good};
    auto const& sinks = settings.log_sinks;
    bool const searchable = std::find(sinks.begin(), sinks.end(), "search") != sinks.end();
    check.findings.push_back(facts.rows_of_a_day
            ? said_of(*facts.rows_of_a_day, "1 row in the last 24 hours.", "{} rows in the last 24 hours.")
            : std::string{"The log could not be read."});
    check.findings.push_back(settings.log_days == 0
            ? std::string{"They are kept for ever."}
            : said_of(settings.log_days, "They are kept for 1 day.", "They are kept for {} days."));
    if (facts.lost_rows > 0)
        check.findings.push_back(
            said_of(facts.lost_rows, "1 row was lost since the start.", "{} rows were lost since the start."));
    check.findings.emplace_back("Rows name person or device, address, time and site.");
    if (!facts.rows_of_a_day || !searchable) {
        check.state = State::gap;
        check.advice = "Look at the Status page, and at `sinks` of gatehouse.toml: it needs \"search\".";
    } else if (*facts.rows_of_a_day == 0 || facts.lost_rows > 0
        || (settings.log_days != 0 && settings.log_days < fewest_log_days)) {
        check.state = State::look;
        check.advice
            = "No rows: does the school's traffic come this way? Lost rows: a larger `ring`. Few days: a larger `days` of [log].";
    }
    return check;
}

SelfCheck check_coverage(Facts const& facts)
{
    SelfCheck check{"coverage", "How much of the traffic can be seen?", {"The log could not be read."},
        "Look at the Status page.", State::gap};
    if (!facts.tunnels || !facts.unseen)
        return check;
    auto const percent = *facts.tunnels == 0 ? 0 : 100 * *facts.unseen / *facts.tunnels;
    check.findings = {fmt::format("Of {} encrypted connections in a week, {} ({} %) went without even the name of a site.",
                          *facts.tunnels, *facts.unseen, percent),
        "The page Looking inside says for whom."};
    check.state = percent > much_unseen ? State::look : State::good;
    check.advice = percent > much_unseen ? "Find out which devices open connections to bare addresses." : "";
    return check;
}

SelfCheck check_lists(Facts const& facts)
{
    SelfCheck check{"lists", "Are the lists up to date?", {}, {}, State::good};
    check.findings.push_back(facts.lists_age
            ? said_of(facts.lists_age->count(), "They were compiled 1 hour ago.", "They were compiled {} hours ago.")
            : std::string{"They were never compiled."});
    if (!facts.lists_age || *facts.lists_age > fresh_lists) {
        check.state = facts.lists_age ? State::look : State::gap;
        check.advice = "Run `gatehouse lists update` once a day.";
    }
    return check;
}

SelfCheck check_certificate(Facts const& facts)
{
    SelfCheck check{"certificate", "Can the gateway look inside where the rules want it?", {}, {}, State::good};
    check.findings.push_back(facts.ca_left ? said_of(facts.ca_left->count(), "The school's certificate is valid for 1 more day.",
                                 "The school's certificate is valid for {} more days.")
                                           : std::string{"There is no certificate."});
    if (!facts.ca_left || *facts.ca_left < early_for_a_ca) {
        check.state = facts.ca_left && facts.ca_left->count() > 0 ? State::look : State::gap;
        check.advice = facts.ca_left ? "Plan the change: every device needs the new one." : "Run `gatehouse ca create`.";
    }
    return check;
}

SelfCheck check_record(Facts const& facts)
{
    SelfCheck check{"record", "Can the record of decisions be trusted?", {}, {}, State::good};
    check.findings.emplace_back(!facts.audit_is_whole ? "It could not be read."
            : *facts.audit_is_whole                   ? "The chain of records is whole."
                                                      : "The chain of records is broken.");
    if (!facts.audit_is_whole.value_or(false)) {
        check.state = State::gap;
        check.advice = "Look at the Audit page and run `gatehouse audit verify`.";
    }
    return check;
}

SelfCheck check_review(Facts const& facts)
{
    SelfCheck check{"review", "Is the filter looked at once a year?", {}, {}, State::good};
    check.findings.push_back(facts.last_reviewed ? said_of(facts.last_reviewed->count(),
                                 "The last review of the filter was 1 day ago.", "The last review of the filter was {} days ago.")
                                                 : std::string{"No review of the filter was ever recorded."});
    check.findings.push_back(facts.last_checked
            ? said_of(facts.last_checked->count(), "These checks were run 1 day ago.", "These checks were run {} days ago.")
            : std::string{"These checks were never run before."});
    if (!facts.last_reviewed || *facts.last_reviewed > yearly) {
        check.state = State::look;
        check.advice = "Review the filter with the headteacher, who records it on the page Reviews.";
    } else if (!facts.last_checked || *facts.last_checked > yearly) {
        check.state = State::look;
        check.advice = "Run them at least once a term, and keep the printed page with the governors' papers.";
    }
    return check;
}

} // namespace

std::string_view to_text(State state)
{
    return state == State::good ? "good" : state == State::look ? "look" : "gap";
}

Facts read_facts(Settings const& settings, std::chrono::sys_seconds now)
{
    Facts facts;
    if (auto const day = log::report_traffic(settings.log_dir, {now - 24h, now + 1s, 1s}))
        facts.rows_of_a_day = day->all.requests;
    if (auto const week = log::report_tunnels(settings.log_dir, log::day_of(now), 7, 1s)) {
        facts.tunnels = 0;
        facts.unseen = 0;
        for (auto const& role : week->roles) {
            *facts.tunnels += role.inside + role.by_name + role.unseen;
            *facts.unseen += role.unseen;
        }
    }
    if (auto const ca = tls::read_ca_info(settings.state_dir / "ca"))
        facts.ca_left = std::chrono::floor<days>(ca->not_after - now);
    return facts;
}

std::vector<SelfCheck> run(
    policy::Policy const& policy, Settings const& settings, Facts const& facts, std::chrono::sys_seconds now, Clock const& clock)
{
    auto const categories = asked_categories(policy);
    MomentOf const moment_of = [&clock](auto at) { return clock.moment_of(at); };
    auto const on = [&](policy::DeviceKind device) { return enforce_categories(policy, categories, now, moment_of, device); };
    Tried const tried{
        on(policy::DeviceKind::school), on(policy::DeviceKind::personal), on(policy::DeviceKind::unknown), facts.look};
    std::vector<SelfCheck> checks{check_proxy(policy, tried), check_illegal(policy, tried)};
    for (auto const& theme : themes())
        checks.push_back(check_theme(policy, tried, theme));
    checks.push_back(check_safe_search(policy, clock.moment_of(now)));
    checks.push_back(check_profiles(policy, tried));
    checks.push_back(check_languages(policy));
    checks.push_back(check_expectations(policy, facts));
    checks.push_back(check_identity(policy));
    checks.push_back(check_own_devices(policy, tried));
    checks.push_back(check_logs(settings, facts));
    checks.push_back(check_coverage(facts));
    checks.push_back(check_lists(facts));
    checks.push_back(check_certificate(facts));
    checks.push_back(check_record(facts));
    checks.push_back(check_review(facts));
    return checks;
}

} // namespace gatehouse::checks
