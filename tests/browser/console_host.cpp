// What the browser suites need beside gatehoused: people, requests, reports and rows to look at, put into a state folder before the daemon starts
// (`seed`), and a server of portal and console alone (`serve`) for work on the pages.
//
// usage: console_host seed CONFIG      prints one JSON object: links to status pages, ids
//        console_host serve CONFIG     prints "portal PORT" and "console PORT", ends when its input ends

#include "proxy/log/access_log.hpp"
#include "proxy/portal/ask_token.hpp"
#include "proxy/portal/server.hpp"
#include "proxy/settings.hpp"
#include "proxy/store/incidents.hpp"
#include "proxy/store/reports.hpp"
#include "proxy/store/restrictions.hpp"
#include "proxy/store/school_lists.hpp"
#include "proxy/store/sign_in.hpp"
#include "proxy/store/unblock_requests.hpp"

#include <boost/json.hpp>
#include <fstream>
#include <iostream>
#include <mutex>
#include <thread>

namespace {

using namespace gatehouse;
using store::ConsoleRole;
using store::Ledger;

constexpr char password[] = "three plain words";

store::Instant now()
{
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

/// The value, or an end with the reason: a fixture that cannot be made is no test.
template <class T>
T must(result<T> outcome, char const* what)
{
    if (outcome)
        return std::move(*outcome);
    std::cerr << what << ": " << outcome.error().message() << "\n";
    std::exit(1);
}

Settings read_settings(std::string const& dir)
{
    auto loaded = load_settings(dir);
    for (auto const& problem : loaded.problems) {
        std::cerr << problem.file << ":" << problem.line << ": " << problem.message << "\n";
        std::exit(1);
    }
    return loaded.settings;
}

std::unique_ptr<store::Store> open_store(Settings const& settings)
{
    store::StoreOptions options;
    options.ledger.state_dir = settings.state_dir;
    options.hash_cost = {1, 8 * 1024 * 1024};
    return must(store::Store::open(options), "store");
}

void add_people(store::Store& store)
{
    struct Person {
        char const *login, *name;
        ConsoleRole role;
    };
    for (auto const& [login, name, role] : {Person{"officer", "Olive Officer", ConsoleRole::officer},
             Person{"officer2", "Otto Officer", ConsoleRole::officer}, Person{"head", "Harriet Head", ConsoleRole::headteacher},
             Person{"ict", "Ian Cooper", ConsoleRole::ict_lead}, Person{"dsl", "Dora Lane", ConsoleRole::dsl},
             Person{"dpo", "Dev Patel", ConsoleRole::dpo}, Person{"chief", "Chidi Eze", ConsoleRole::chief_executive},
             Person{"marketing", "Mia King", ConsoleRole::marketing}, Person{"auditor", "Ada Ward", ConsoleRole::auditor}}) {
        store::NewAccount account;
        account.login = login;
        account.display_name = name;
        account.console_role = role;
        account.must_change_password = false;
        must(store::issue_account_now(store, account, password, {store::AccountId::none, "command-line:test", ""}, now()), login);
    }
    store::NewAccount fresh;
    fresh.login = "fresh";
    fresh.display_name = "Fern Fresh";
    fresh.console_role = ConsoleRole::officer;
    must(store::issue_account_now(store, fresh, password, {store::AccountId::none, "command-line:test", ""}, now()), "fresh");
}

store::NewRequest request_for(std::string url, std::string why, std::string name)
{
    store::NewRequest request;
    request.requester = {"", "pupil", "year-9", "", "year-9-room", "127.0.1.10", std::move(name)};
    request.url = std::move(url);
    request.why = std::move(why);
    request.rule = "blocked-games";
    request.clause = "12";
    request.category = "games";
    return request;
}

boost::json::object add_records(store::Store& store)
{
    auto const work = [](Ledger& ledger) -> result<boost::json::object> {
        boost::json::object links;
        auto const at = now();
        auto const officer = store::find_account(ledger, "officer");
        auto const first = store::submit_request(ledger,
            request_for("https://www.chess.example/learn", "We learn openings in the chess club on Friday.", "Ben, 9B"), at);
        auto const second
            = store::submit_request(ledger, request_for("https://maps.example/", "I need it for geography.", "Zoe, 9A"), at);
        auto const third
            = store::submit_request(ledger, request_for("https://poems.example/", "Homework for English.", "Kit, 9C"), at);
        if (!officer || !first || !second || !third)
            return store::errc::invalid_value;
        links["waiting"] = "/status/" + first->reference + "?key=" + first->status_token;
        links["waiting_id"] = store::number(first->id);
        links["recommended_id"] = store::number(second->id);
        store::Recommendation recommendation;
        recommendation.text = "A map for a lesson. Nothing else is on the site.";
        recommendation.scope = store::Scope::group;
        recommendation.scope_value = "year-9";
        recommendation.host = "maps.example";
        recommendation.from = at;
        recommendation.until = at + std::chrono::hours(24 * 7);
        auto const advised
            = store::recommend_request(ledger, {second->id, 1, {officer->id, "officer", "127.0.0.1"}, at}, recommendation);
        store::NewReport site, pupil;
        site.url = "https://nasty.example/";
        site.text = "There was a nasty picture on this page.";
        pupil.about = store::ReportAbout::pupil;
        pupil.about_person = "a friend";
        pupil.text = "My friend is very sad and looks at sad pages.";
        auto const told = store::submit_report(ledger, site, at);
        auto const worried = store::submit_report(ledger, pupil, at);
        detect::Alert alert;
        alert.severity = policy::Severity::urgent;
        alert.list_title = "Thinking about ending one's life";
        alert.search = "i want to die";
        alert.engine = "Google";
        alert.blocked = true;
        alert.role = "pupil";
        alert.network = "library";
        if (auto const raised = store::raise_alert(ledger, alert, at); !raised)
            return raised.error();
        store::NewSchoolEntry entry{store::SchoolList::block, "time-waster.example", "Played in lessons.", {2027, 9, 1}};
        auto const listed = store::add_school_entry(ledger, entry, {officer->id, "officer", "127.0.0.1"}, at);
        if (!advised || !told || !worried || !listed)
            return store::errc::invalid_value;
        links["report_id"] = store::number(told->id);
        links["person_report_id"] = store::number(worried->id);
        links["entry_id"] = store::number(listed->id);
        detect::Incident incident;
        incident.at = std::chrono::system_clock::now();
        incident.kind = detect::IncidentKind::vpn_host;
        incident.grade = detect::Grade::attempt;
        incident.role = "pupil";
        incident.network = "library";
        incident.host = "vpn.example";
        incident.port = 443;
        incident.evidence = "The name is on the list of VPN services.";
        auto const kept = store::add_incidents(ledger, std::span(&incident, 1));
        return kept ? result<boost::json::object>(links) : kept.error();
    };
    return must(store.run(work), "records");
}

void add_rows(Settings const& settings)
{
    log::Options options;
    options.log_dir = settings.log_dir;
    log::AccessLog access{options};
    access.start();
    for (int i = 0; i < 60; ++i) {
        bool const blocked = i % 3 == 0;
        log::AccessRecord row;
        row.at = std::chrono::system_clock::now() - std::chrono::seconds(i);
        auto const decision = "seed-" + std::to_string(i);
        row.decision_id = decision;
        row.client = policy::IpAddress::from_v4(0x7f00010a);
        row.role = blocked ? "pupil" : "staff";
        row.network = blocked ? "year-9-room" : "staff-room";
        row.user = i == 1 ? "=cmd|' /C calc'!A0" : i % 2 == 0 ? "j.teacher" : "";
        row.method = "CONNECT";
        row.host = blocked ? "www.instagram.com" : "www.bbc.co.uk";
        row.port = 443;
        row.status = blocked ? 403 : 200;
        row.code = blocked ? log::ResultCode::tcp_denied : log::ResultCode::tcp_tunnel;
        row.verdict = blocked ? policy::Verdict::block : policy::Verdict::allow;
        row.stage = "rule";
        row.rule = blocked ? "blocked-social-media" : "default-staff";
        row.clause = blocked ? "12" : "8";
        row.category = blocked ? "social-media" : "";
        row.period = "lesson-2";
        access.ring_for_worker(0).append(row);
    }
    access.flush();
    access.stop();
}

std::string read_file(std::filesystem::path const& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// The policy of CONFIG with grants and the school's own lists, without the big lists: enough for pages.
std::shared_ptr<policy::Policy const> build_policy(Settings const& settings, store::Store& store)
{
    policy::PolicySources sources;
    for (auto [source, name] : {std::pair{&sources.policy, "policy.toml"}, std::pair{&sources.timetable, "timetable.toml"},
             std::pair{&sources.lists, "lists.toml"}, std::pair{&sources.content, "content.toml"}})
        *source = {name, read_file(settings.config_dir / name)};
    for (auto const& file : std::filesystem::directory_iterator{settings.config_dir / "phrases"})
        sources.phrases.push_back({"phrases/" + file.path().filename().string(), read_file(file.path())});
    auto parsed = policy::parse_policy(sources);
    auto policy = std::make_shared<policy::Policy>(std::move(parsed.policy));
    policy->version = "test-" + std::to_string(now().time_since_epoch().count());
    auto const work = [](Ledger& ledger) { return store::current_overrides(ledger, now()); };
    for (auto const& row : must(store.run(work), "grants")) {
        auto made = store::to_override(row, *policy);
        if (auto* grant = std::get_if<policy::Override>(&made))
            policy->overrides.push_back(*grant);
    }
    return policy;
}

int seed(Settings const& settings)
{
    auto const store = open_store(settings);
    add_people(*store);
    auto const links = add_records(*store);
    add_rows(settings);
    std::cout << boost::json::serialize(links) << std::endl;
    return 0;
}

int serve(Settings const& settings)
{
    auto const store = open_store(settings);
    std::mutex guard;
    auto policy = build_policy(settings, *store);
    portal::Services services{settings, *store,
        [&](std::string_view) {
            auto next = build_policy(settings, *store);
            std::lock_guard const lock{guard};
            policy = next;
            return portal::PublishResult{true, next->version, {}};
        },
        [&] {
            std::lock_guard const lock{guard};
            return policy;
        },
        [] { return std::string(R"({"version":"0.1.0","uptime_seconds":12,"workers":2,"policy":{"rules":10,"grants":1}})"); },
        [] { return std::string(); }};
    boost::asio::io_context context;
    portal::Server server{context, services};
    std::cout << "portal " << server.portal_port() << "\nconsole " << server.console_port() << std::endl;
    std::thread pages{[&] { context.run(); }};
    std::string line;
    while (std::getline(std::cin, line)) { }
    context.stop();
    pages.join();
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    std::vector<std::string_view> const arguments(argv + 1, argv + argc);
    if (arguments.size() != 2 || (arguments[0] != "seed" && arguments[0] != "serve")) {
        std::cerr << "usage: console_host seed|serve CONFIG\n";
        return 2;
    }
    auto const settings = read_settings(std::string(arguments[1]));
    return arguments[0] == "seed" ? seed(settings) : serve(settings);
}
