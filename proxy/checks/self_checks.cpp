#include "proxy/checks/self_checks.hpp"

#include "policy/explanation.hpp"
#include "proxy/log/traffic_report.hpp"
#include "proxy/log/tunnel_report.hpp"
#include "proxy/tls/issuer.hpp"

#include <algorithm>
#include <array>
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

bool has_children(policy::Policy const& policy, std::vector<std::string> const& groups)
{
    constexpr unsigned grown_up = 18;
    return std::any_of(policy.groups.begin(), policy.groups.end(), [&](policy::Group const& group) {
        return group.youngest_age > 0 && group.youngest_age < grown_up
            && std::find(groups.begin(), groups.end(), group.id) != groups.end();
    });
}

/// Roles of children: those of rooms whose groups are of an age below 18, and that of people who are not known. All of them, if the policy says no age.
std::vector<std::size_t> protected_roles(policy::Policy const& policy)
{
    std::vector<std::size_t> roles, all;
    for (std::size_t i = 0; i < policy.roles.size(); ++i) {
        auto const& id = policy.roles[i].id;
        bool const is_childrens = std::any_of(policy.networks.begin(), policy.networks.end(),
            [&](policy::NetworkInfo const& network) { return network.role == id && has_children(policy, network.groups); });
        if (is_childrens || id == policy.unknown_role)
            roles.push_back(i);
        all.push_back(i);
    }
    bool const knows_ages = std::any_of(
        policy.groups.begin(), policy.groups.end(), [](policy::Group const& group) { return group.youngest_age > 0; });
    return knows_ages ? roles : all;
}

std::string title_of(policy::Policy const& policy, std::size_t role)
{
    auto const& found = policy.roles[role];
    return found.title.empty() ? found.id : found.title;
}

/// Whether the categories of a theme are closed for every child, at any time.
SelfCheck check_theme(policy::Policy const& policy, CategoryMatrix const& matrix, Theme const& theme)
{
    SelfCheck check{
        std::string{theme.categories.front()}, fmt::format("Is \"{}\" closed for children?", theme.title), {}, {}, State::good};
    std::vector<std::string> open;
    for (auto const category : theme.categories) {
        auto const* const row = matrix.row(category);
        if (row == nullptr) {
            open.push_back(fmt::format("the policy has no category \"{}\"", category));
            continue;
        }
        for (auto const role : protected_roles(policy))
            if (auto const& found = row->by_role[role]; !found.always())
                open.push_back(
                    fmt::format("{}: \"{}\" is closed {} % of the week", title_of(policy, role), category, found.percent()));
    }
    if (open.empty()) {
        check.finding = "Closed at any time for pupils and for whoever is not known.";
        return check;
    }
    check.state = State::gap;
    check.finding = fmt::format("{}.", fmt::join(open, "; "));
    check.advice = "Add a rule that closes it, or write down why it is open.";
    return check;
}

SelfCheck check_illegal(policy::Policy const& policy)
{
    SelfCheck check{"illegal", "Are the lists of illegal content in force, and can nobody change them?", {}, {}, State::good};
    std::uint64_t names = 0;
    unsigned lists = 0;
    for (auto const& attached : policy.attached)
        for (std::uint16_t i = 0; i < attached.info.size(); ++i)
            if (auto const info = attached.info[i]; info != policy::none && policy.lists[info].sealed) {
                ++lists;
                names += attached.set.member_count(i);
            }
    check.finding = fmt::format("{} sealed lists with {} entries; no page, rule or grant opens them.", lists, names);
    if (names > 0)
        return check;
    check.state = State::gap;
    check.advice
        = "Become a member of the Internet Watch Foundation, ask for the police list, and name both in lists.toml as sealed.";
    return check;
}

SelfCheck check_expectations(policy::Policy const& policy, Facts const& facts)
{
    auto const all = policy.expectations.size();
    auto const failed = facts.failed_expectations.value_or(all);
    SelfCheck check{"expectations", "Does the policy decide as the school has written down that it must?",
        fmt::format("{} of {} expectations hold.", all - failed, all), {}, State::good};
    if (failed > 0 || all == 0) {
        check.state = failed > 0 ? State::gap : State::look;
        check.advice = failed > 0 ? "Run `gatehouse check`." : "Write [[expect]] entries for what must never change.";
    }
    return check;
}

SelfCheck check_safe_search(policy::Policy const& policy, policy::Moment const& now)
{
    SelfCheck check{"safe-search", "Do children search with safe search?", {}, {}, State::good};
    std::vector<std::string> without;
    constexpr std::array engines{"www.google.com", "www.bing.com", "duckduckgo.com"};
    for (auto const role : protected_roles(policy)) {
        policy::Subject subject;
        subject.role = policy.roles[role].id;
        for (auto const* const engine : engines) {
            auto const url = fmt::format("http://{}/", engine); // which the target views
            auto const target = policy::Target::parse_url(url);
            auto const decision = policy::decide(policy, {subject, *target, now, {}});
            if (decision.verdict == policy::Verdict::allow && decision.safe_search == policy::none)
                without.push_back(fmt::format("{} on {}", title_of(policy, role), engine));
        }
    }
    check.finding = without.empty()
        ? "Google, Bing and DuckDuckGo are strict, or closed, for pupils and for whoever is not known."
        : fmt::format("Without it: {}.", fmt::join(without, ", "));
    if (!without.empty()) {
        check.state = State::gap;
        check.advice = "Add [[safe_search]] entries for them.";
    }
    return check;
}

SelfCheck check_profiles(policy::Policy const& policy, CategoryMatrix const& matrix)
{
    SelfCheck check{"profiles", "Do pupils and staff have rules of their own?", {}, {}, State::good};
    std::vector<std::string> kinds;
    for (std::size_t role = 0; role < matrix.roles.size(); ++role) {
        std::string profile;
        for (auto const& row : matrix.rows)
            profile += fmt::format("{} ", row.by_role[role].percent());
        if (std::find(kinds.begin(), kinds.end(), profile) == kinds.end())
            kinds.push_back(profile);
    }
    check.finding
        = fmt::format("{} roles, {} of them are told apart by what is closed for them.", policy.roles.size(), kinds.size());
    if (kinds.size() < 2) {
        check.state = State::look;
        check.advice = "Give pupils and staff roles with rules of their own.";
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
    check.finding = fmt::format("People sign in in {} of {} networks; {} devices belong to one person.",
        policy.networks.size() - by_place.size(), policy.networks.size(), personal);
    if (by_place.empty() && !policy.networks.empty())
        return check;
    check.state = policy.networks.empty() ? State::gap : State::look;
    check.finding += fmt::format(
        " By their place and device only: {}.", by_place.empty() ? "everybody" : fmt::format("{}", fmt::join(by_place, ", ")));
    check.advice = "Ask people to sign in where they share devices, or keep a list of who sits where.";
    return check;
}

/// What is closed on devices that are not the school's, and for addresses of no network.
SelfCheck check_own_devices(policy::Policy const& policy, std::span<CategoryMatrix const> by_device)
{
    SelfCheck check{"own-devices", "Does it hold for devices that are not the school's?", {}, {}, State::good};
    std::vector<std::string> open;
    for (auto const& matrix : by_device)
        for (auto const& row : matrix.rows)
            for (auto const role : protected_roles(policy))
                if (auto text = fmt::format("{}: \"{}\"", title_of(policy, role), row.category);
                    !row.by_role[role].always() && std::find(open.begin(), open.end(), text) == open.end())
                    open.push_back(std::move(text));
    check.finding = open.empty()
        ? "The same topics are closed on personal and on unknown devices, by the names of the sites."
        : fmt::format("Not closed at any time on a personal or unknown device for {}.", fmt::join(open, "; "));
    if (!open.empty()) {
        check.state = State::gap;
        check.advice = "Look for rules with `where` that leave such devices out.";
    }
    return check;
}

SelfCheck check_logs(Settings const& settings, Facts const& facts)
{
    SelfCheck check{"logs", "Is it written down who asked for what, and when?", {}, {}, State::good};
    auto const& sinks = settings.log_sinks;
    bool const searchable = std::find(sinks.begin(), sinks.end(), "search") != sinks.end();
    check.finding = fmt::format("{} rows in the last 24 hours, kept for {}; {} were lost since the start. Rows name person or "
                                "device, address, time and site.",
        facts.rows_of_a_day ? std::to_string(*facts.rows_of_a_day) : "Unreadable",
        settings.log_days == 0 ? "ever" : fmt::format("{} days", settings.log_days), facts.lost_rows);
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
    SelfCheck check{
        "coverage", "How much of the traffic can be seen?", "The log could not be read.", "Look at the Status page.", State::gap};
    if (!facts.tunnels || !facts.unseen)
        return check;
    auto const percent = *facts.tunnels == 0 ? 0 : 100 * *facts.unseen / *facts.tunnels;
    check.finding = fmt::format("Of {} encrypted connections in a week, {} ({} %) went without even the name of a site. The page "
                                "Looking inside says for whom.",
        *facts.tunnels, *facts.unseen, percent);
    check.state = percent > much_unseen ? State::look : State::good;
    check.advice = percent > much_unseen ? "Find out which devices open connections to bare addresses." : "";
    return check;
}

SelfCheck check_lists(Facts const& facts)
{
    SelfCheck check{"lists", "Are the lists up to date?", {}, {}, State::good};
    check.finding
        = facts.lists_age ? fmt::format("Compiled {} hours ago.", facts.lists_age->count()) : "They were never compiled.";
    if (!facts.lists_age || *facts.lists_age > fresh_lists) {
        check.state = facts.lists_age ? State::look : State::gap;
        check.advice = "Run `gatehouse lists update` once a day.";
    }
    return check;
}

SelfCheck check_certificate(Facts const& facts)
{
    SelfCheck check{"certificate", "Can the gateway look inside where the rules want it?", {}, {}, State::good};
    check.finding = facts.ca_left ? fmt::format("The school's certificate is valid for {} more days.", facts.ca_left->count())
                                  : "There is no certificate.";
    if (!facts.ca_left || *facts.ca_left < early_for_a_ca) {
        check.state = facts.ca_left && facts.ca_left->count() > 0 ? State::look : State::gap;
        check.advice = facts.ca_left ? "Plan the change: every device needs the new one." : "Run `gatehouse ca create`.";
    }
    return check;
}

SelfCheck check_record(Facts const& facts)
{
    SelfCheck check{"record", "Can the record of decisions be trusted?", {}, {}, State::good};
    check.finding = !facts.audit_is_whole ? "It could not be read."
        : *facts.audit_is_whole           ? "The chain of records is whole."
                                          : "The chain of records is broken.";
    if (!facts.audit_is_whole.value_or(false)) {
        check.state = State::gap;
        check.advice = "Look at the Audit page and run `gatehouse audit verify`.";
    }
    return check;
}

SelfCheck check_review(Facts const& facts)
{
    SelfCheck check{"review", "Is the filter looked at once a year?", {}, {}, State::good};
    check.finding = facts.last_checked ? fmt::format("These checks were run {} days ago.", facts.last_checked->count())
                                       : "These checks were never run before.";
    if (!facts.last_checked || *facts.last_checked > yearly) {
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

std::vector<Theme> const& themes()
{
    static std::vector<Theme> const all{{"Discrimination and hate speech", {"hate"}}, {"Drugs and substance abuse", {"drugs"}},
        {"Extremism", {"extremism"}}, {"Gambling", {"gambling"}}, {"Malware and hacking", {"malware", "hacking"}},
        {"Mis- and disinformation", {"misinformation"}}, {"Pornography", {"adult"}}, {"Piracy", {"piracy"}},
        {"Self-harm and suicide", {"self-harm"}}, {"Violence", {"violence", "weapons"}},
        {"Ways round the filter", {"vpn", "proxy", "tor", "doh"}}};
    return all;
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
    std::vector<std::string_view> categories;
    for (auto const& theme : themes())
        categories.insert(categories.end(), theme.categories.begin(), theme.categories.end());
    MomentOf const moment_of = [&clock](auto at) { return clock.moment_of(at); };
    auto const matrix = enforce_categories(policy, categories, now, moment_of);
    std::vector<SelfCheck> checks{check_illegal(policy)};
    for (auto const& theme : themes())
        checks.push_back(check_theme(policy, matrix, theme));
    checks.push_back(check_safe_search(policy, clock.moment_of(now)));
    checks.push_back(check_profiles(policy, matrix));
    checks.push_back(check_expectations(policy, facts));
    checks.push_back(check_identity(policy));
    std::array const by_device{enforce_categories(policy, categories, now, moment_of, policy::DeviceKind::personal),
        enforce_categories(policy, categories, now, moment_of, policy::DeviceKind::unknown)};
    checks.push_back(check_own_devices(policy, by_device));
    checks.push_back(check_logs(settings, facts));
    checks.push_back(check_coverage(facts));
    checks.push_back(check_lists(facts));
    checks.push_back(check_certificate(facts));
    checks.push_back(check_record(facts));
    checks.push_back(check_review(facts));
    return checks;
}

} // namespace gatehouse::checks
