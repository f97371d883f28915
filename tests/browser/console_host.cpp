// What the browser suites need beside gatehoused: people, requests, reports and rows to look at, put into a state folder before the daemon starts.
//
// usage: console_host seed CONFIG      prints one JSON object: links to status pages, ids

#include "proxy/log/access_log.hpp"
#include "proxy/portal/ask_token.hpp"
#include "proxy/settings.hpp"
#include "proxy/store/given_access.hpp"
#include "proxy/store/incidents.hpp"
#include "proxy/store/permissions.hpp"
#include "proxy/store/policy_changes.hpp"
#include "proxy/store/reports.hpp"
#include "proxy/store/role_grants.hpp"
#include "proxy/store/sign_in.hpp"
#include "proxy/store/supervisions.hpp"
#include "proxy/store/unblock_requests.hpp"

#include <boost/json.hpp>
#include <iostream>

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
    for (auto const& [login, name, role] :
        {Person{"officer", "Olive Officer", ConsoleRole::officer}, Person{"officer2", "Otto Officer", ConsoleRole::officer},
            Person{"head", "Harriet Head", ConsoleRole::headteacher}, Person{"ict", "Ian Cooper", ConsoleRole::ict_lead},
            Person{"dsl", "Dora Lane", ConsoleRole::dsl}, Person{"dpo", "Dev Patel", ConsoleRole::dpo},
            Person{"chief", "Chidi Eze", ConsoleRole::chief_executive}, Person{"marketing", "Mia King", ConsoleRole::marketing},
            Person{"held", "Hugo Held", ConsoleRole::officer}, Person{"refused", "Rita Gray", ConsoleRole::officer},
            Person{"auditor", "Ada Ward", ConsoleRole::auditor}, Person{"beside", "Bea Side", ConsoleRole::supervisor}}) {
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

/// One whose role waits for a second person, and one who has it since a moment ago.
void add_newcomers(store::Store& store)
{
    auto const find = [&](char const* login) {
        return must(store.run([login](Ledger& ledger) { return store::find_account(ledger, login); }), login).id;
    };
    store::Actor const lead{find("ict"), "ict", "127.0.0.1"}, head{find("head"), "head", "127.0.0.1"};
    for (auto const* const login : {"newcomer", "newrole"}) {
        store::NewAccount account;
        account.login = login;
        account.display_name = login;
        account.console_role = ConsoleRole::officer;
        must(store::issue_account_now(store, account, password, lead, now()), login);
    }
    auto const settle = [&](Ledger& ledger) -> result<store::AccountId> {
        auto const account = store::find_account(ledger, "newrole");
        auto const waiting = account ? store::waiting_role(ledger, account->id) : result<store::RoleGrant>{account.error()};
        if (!waiting)
            return waiting.error();
        if (auto const confirmed = store::confirm_role(ledger, {waiting->id, head, now()}); !confirmed)
            return confirmed.error();
        auto const hold = store::find_access_hold(ledger, account->id, now());
        if (!hold)
            return hold.error();
        if (auto const known = store::confirm_access(ledger, {account->id, hold->given.back().id, head, now()}); !known)
            return known.error();
        auto const chosen = ledger.transact(
            [&] { return ledger.database().execute("UPDATE accounts SET must_change = 0 WHERE id = ?", account->id); });
        return chosen ? result<store::AccountId>{account->id} : result<store::AccountId>{chosen.error()};
    };
    must(store.run(settle), "newrole");
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

std::string exam_rule(char const* who)
{
    return std::string("[[rule]]\nid = \"exam-week\"\nclause = \"12\"\nwho = [\"") + who
        + "\"]\nwhat = [\"host:fun.example\"]\naction = \"block\"\nreason = \"Not in the exam week.\"\n";
}

/// A rule that is live from the console.
result<void> add_rule_changes(Ledger& ledger, store::Actor const& officer, store::Instant at, boost::json::object& links)
{
    using policy::EditedTable;
    auto const is_new = store::draft_policy_changes(
        ledger, {{{EditedTable::rule, {}, exam_rule("pupil"), "updates-always"}}, "Exams."}, officer, at);
    if (!is_new)
        return is_new;
    auto const proposed = store::propose_draft(ledger, {"The exams begin.", at}, officer, at);
    if (!proposed)
        return proposed.error();
    store::AppliedEdit const applied{true, {EditedTable::rule, "exam-week", {}, {}}};
    if (auto const live = store::apply_publication(ledger, proposed->id, at, {applied}); !live)
        return live;
    links["rules_id"] = store::number(proposed->id);
    return {};
}

/// A publication of each state that has pages, and a change in the draft.
result<void> add_publications(Ledger& ledger, store::Actor const& officer, store::Instant at, boost::json::object& links)
{
    std::vector<store::RefusedLine> refused;
    auto const block = [](std::string host) {
        return store::NewChanges{store::SchoolList::block, {std::move(host)}, "Played in lessons.", {2027, 9, 1}};
    };
    auto const listed = store::propose_additions(ledger, block("time-waster.example"), refused, officer, at);
    if (!listed)
        return listed.error();
    if (auto const applied = store::apply_publication(ledger, listed->id, at); !applied)
        return applied;
    links["entry_id"] = store::number(store::list_school_entries(ledger, store::SchoolList::block)->front().id);
    auto const live = store::propose_additions(ledger, block("arcade.example"), refused, officer, at);
    if (!live)
        return live.error();
    if (auto const applied = store::apply_publication(ledger, live->id, at); !applied)
        return applied;
    links["publication_id"] = store::number(live->id);
    if (auto const rules = add_rule_changes(ledger, officer, at, links); !rules)
        return rules;
    if (auto const drafted = store::draft_additions(ledger, block("later.example"), refused, officer, at); !drafted)
        return drafted;
    auto const pending = store::propose_draft(ledger, {"For the new term.", at + std::chrono::hours(24 * 30)}, officer, at);
    if (!pending)
        return pending.error();
    links["pending_id"] = store::number(pending->id);
    auto const asked = store::propose_additions(ledger,
        {store::SchoolList::leave_alone, {"pinned.example"}, "An app of the school.", {2027, 9, 1}}, refused, officer, at);
    if (!asked)
        return asked.error();
    links["asked_id"] = store::number(asked->id);
    if (auto const drafted = store::draft_additions(ledger, block("www.library.example"), refused, officer, at); !drafted)
        return drafted;
    links["change_id"] = store::number(store::read_draft(ledger)->front().id);
    auto const changed = store::draft_policy_changes(ledger,
        {{{policy::EditedTable::rule, "exam-week", exam_rule("group:year-9"), "updates-always"}}, "Year 9 only."}, officer, at);
    if (!changed)
        return changed;
    links["edit_id"] = store::number(store::policy_changes_of(ledger, store::PublicationId::none)->front().id);
    return {};
}

/// Supervised use that is proposed, and one in force with a member of staff beside; a permission with one of its keys.
result<void> add_decisions_about_people(Ledger& ledger, store::Instant at, boost::json::object& links)
{
    auto const by = [&](char const* login) { return store::Actor{store::find_account(ledger, login)->id, login, "127.0.0.1"}; };
    auto const later = at + std::chrono::hours(24 * 14);
    auto const proposed = store::propose_restriction(ledger,
        {"pat.year9", "A proxy site on Monday and on Tuesday.", "The account may have been used by a friend.", "12", at, later},
        by("officer"), at);
    if (!proposed)
        return proposed.error();
    links["proposed_id"] = store::number(proposed->id);
    auto const active
        = store::propose_restriction(ledger, {"jo.year8", "A VPN on three days.", "", "12", at, later}, by("officer"), at);
    if (!active)
        return active.error();
    links["supervised_id"] = store::number(active->id);
    if (auto const confirmed = store::confirm_restriction(ledger, {active->id, active->version, by("head"), at}); !confirmed)
        return confirmed.error();
    if (auto const started
        = store::start_supervision(ledger, active->id, "library-kiosk", at + std::chrono::minutes(30), by("beside"), at);
        !started)
        return started.error();
    auto const permission = store::propose_permission(
        ledger, {"group:year-9", "service:youtube", "network:year-9-room", "Film project, led by Mr Hall."}, by("officer"), at);
    if (!permission)
        return permission.error();
    links["permission_id"] = store::number(permission->id);
    auto const key = store::give_key(
        ledger, {permission->id, permission->version, by("officer"), at}, later, "Restricted mode is on; Mr Hall looks on.");
    return key ? result<void>{} : key.error();
}

/// One that waits, and one that somebody said no to.
result<void> give_ways_in(Ledger& ledger, store::Actor const& lead, store::Instant at, boost::json::object& links)
{
    auto const head = store::find_account(ledger, "head");
    for (auto const* const login : {"held", "refused"}) {
        auto const account = store::find_account(ledger, login);
        if (!head || !account)
            return store::errc::not_found;
        if (auto const named = store::set_sign_on(ledger, account->id, std::string(login) + "@school.example", lead, at); !named)
            return named;
        links[std::string(login) + "_id"] = store::number(account->id);
    }
    auto const refused = store::find_account(ledger, "refused");
    auto const hold = store::find_access_hold(ledger, refused->id, at);
    if (!hold)
        return hold.error();
    auto const done = store::refuse_access(
        ledger, {refused->id, hold->given.back().id, {head->id, "head", "127.0.0.1"}, at}, "Rita knows nothing of it.");
    return done ? result<void>{} : result<void>{done.error()};
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
        alert.theme = "Thinking about ending one's life";
        alert.search = "i want to die";
        alert.site = "Google";
        alert.blocked = true;
        alert.role = "pupil";
        alert.network = "library";
        if (auto const raised = store::raise_alert(ledger, alert, at); !raised)
            return raised.error();
        if (!advised || !told || !worried)
            return store::errc::invalid_value;
        if (auto const published = add_publications(ledger, {officer->id, "officer", "127.0.0.1"}, at, links); !published)
            return published.error();
        if (auto const decided = add_decisions_about_people(ledger, at, links); !decided)
            return decided.error();
        links["account_id"] = store::number(officer->id);
        auto const fresh = store::find_account(ledger, "fresh");
        auto const lead = store::find_account(ledger, "ict");
        if (!fresh || !lead)
            return store::errc::not_found;
        if (auto const asked = store::set_console_role(ledger, fresh->id, ConsoleRole::dsl, {lead->id, "ict", "127.0.0.1"}, at);
            !asked)
            return asked.error();
        auto const waiting = store::waiting_role(ledger, fresh->id);
        if (!waiting)
            return waiting.error();
        links["role_grant_id"] = store::number(waiting->id);
        if (auto const given = give_ways_in(ledger, {lead->id, "ict", "127.0.0.1"}, at, links); !given)
            return given.error();
        links["report_id"] = store::number(told->id);
        links["person_report_id"] = store::number(worried->id);
        detect::Incident incident;
        incident.at = std::chrono::system_clock::now();
        incident.kind = detect::IncidentKind::vpn_host;
        incident.grade = detect::Grade::attempt;
        incident.role = "pupil";
        incident.network = "library";
        incident.host = "vpn.example";
        incident.port = 443;
        incident.evidence = "vpn.example belongs to a VPN provider.";
        auto of_a_person = incident;
        of_a_person.user = "jo.year8";
        std::array const incidents{incident, of_a_person};
        auto const kept = store::add_incidents(ledger, incidents);
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
        row.host = blocked ? "www.instagram.com" : "www.library.example";
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

int seed(Settings const& settings)
{
    auto const store = open_store(settings);
    add_people(*store);
    add_newcomers(*store);
    auto const links = add_records(*store);
    add_rows(settings);
    std::cout << boost::json::serialize(links) << std::endl;
    return 0;
}

} // namespace

int main(int argc, char** argv)
{
    std::vector<std::string_view> const arguments(argv + 1, argv + argc);
    if (arguments.size() != 2 || arguments[0] != "seed") {
        std::cerr << "usage: console_host seed CONFIG\n";
        return 2;
    }
    return seed(read_settings(std::string(arguments[1])));
}
