#include "proxy/portal/console/system_view.hpp"

#include "policy/policy.hpp"
#include "proxy/checks/parts.hpp"
#include "proxy/portal/console/publication_view.hpp"
#include "proxy/portal/menu.hpp"
#include "proxy/settings.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>

namespace gatehouse::portal::console {

namespace {

namespace fs = std::filesystem;
using State = checks::Finding::State;

constexpr std::chrono::hours lists_age_limit{48};

/// What is put in may be a problem of the policy or a failure, which have no words of a page.
Words said(checks::Sentence const& sentence)
{
    std::vector<Words> parts;
    for (auto const& part : sentence.parts)
        parts.push_back(Words::kept("problem", part));
    return {sentence.words, std::move(parts)};
}

} // namespace

Words subject_of(std::string_view id)
{
    struct Name {
        std::string_view id;
        char const* words;
    };
    static constexpr Name names[] = {{"clock", "Clock"}, {"configuration", "Configuration"}, {"lists", "Lists"},
        {"ca", "School certificate"}, {"state", "Folder of the state"}, {"disk-state", "Disk of the state"},
        {"disk-log", "Disk of the log"}, {"dns", "Name servers"}, {"mail", "E-mail"}, {"sign-on", "Signing in elsewhere"},
        {"antivirus", "Virus check"}, {"log", "Access log"}, {"store", "Store"}, {"audit", "Record of decisions"},
        {"expectations", "Expectations of the policy"}, {"accounts", "Accounts"}, {"workers", "Traffic"},
        {"resolver", "Look-up of names"}, {"main", "Timetable and grants"}, {"console", "Pages"},
        {"pages", "Publications and searches"}};
    auto const found = std::find_if(std::begin(names), std::end(names), [id](Name const& name) { return name.id == id; });
    return found == std::end(names) ? Words(id) : Words(found->words);
}

namespace {

Cell state_cell(State state)
{
    switch (state) {
    case State::ok: return {"Well", {}, "green"};
    case State::warning: return {"Look at it soon", {}, "yellow"};
    case State::failed: break;
    }
    return {"Needs somebody", {}, "red"};
}

/// Roles without which something has nobody to decide it, each with what that is.
std::vector<checks::Finding> missing_people(Services const& services, store::Instant now)
{
    struct Duty {
        store::ConsoleRole role;
        char const* without;
        char const* held;
    };
    using enum store::ConsoleRole;
    static constexpr Duty duties[] = {{officer, "there is no online safety officer, so nobody looks at requests and reports",
                                          "the account of the online safety officer waits, so nobody looks at requests"},
        {headteacher, "there is no headteacher, so nobody decides on requests",
            "the account of the headteacher waits, so nobody decides on requests"},
        {dsl, "there is no safeguarding lead, so nobody reads reports about pupils",
            "the account of the safeguarding lead waits, so somebody else reads reports about pupils"},
        {chief_executive, "there is no chief executive, so nobody decides what is about the headteacher",
            "the account of the chief executive waits, so nobody decides what is about the headteacher"}};
    auto const accounts = services.store.run([](store::Ledger& ledger) { return store::list_accounts(ledger); });
    std::vector<checks::Finding> findings;
    if (!accounts)
        return findings; // the store's own finding says so
    for (auto const& duty : duties) {
        auto const has_it = [&](store::Account const& account) { return account.console_role == duty.role && !account.disabled; };
        auto const does_it = [&](store::Account const& account) { return has_it(account) && !account.is_held(now); };
        if (std::none_of(accounts->begin(), accounts->end(), has_it))
            findings.push_back(
                {"accounts", State::warning, {duty.without}, {"make an account with this role, or give the role to somebody"}});
        else if (std::none_of(accounts->begin(), accounts->end(), does_it))
            findings.push_back(
                {"accounts", State::warning, {duty.held}, {"have it confirmed on the page Roles that it is really them"}});
    }
    return findings;
}

bool is_set(boost::json::object const& status, std::string_view name)
{
    auto const* const value = status.if_contains(name);
    return value != nullptr && value->is_bool() && value->get_bool();
}

} // namespace

std::vector<checks::Finding> examine_daemon(Services const& services, store::Instant now)
{
    boost::system::error_code failure;
    auto const parsed = boost::json::parse(services.status_json(), failure);
    auto const status = !failure && parsed.is_object() ? parsed.get_object() : boost::json::object{};
    std::vector<checks::Finding> findings;
    if (is_set(status, "log_failing"))
        findings.push_back({"log", State::failed, {"it cannot be written, so rows are lost"}, {"look at its disk and folder"}});
    if (is_set(status, "store_failing"))
        findings.push_back(
            {"store", State::failed, {"it cannot be written, so nothing can be decided"}, {"look at the disk of the state"}});
    if (status.contains("audit_agrees") && !is_set(status, "audit_agrees"))
        findings.push_back({"audit", State::failed, {"rows were cut off or changed"},
            {"run `gatehouse audit verify`, and tell the headteacher"}});
    for (auto& finding : checks::look_at_parts(status))
        findings.push_back(std::move(finding));
    auto const health = services.policy_health();
    if (health.failed_expectations > 0)
        findings.push_back({"expectations", State::failed,
            {"the policy that runs does not hold {} of them", {std::to_string(health.failed_expectations)}},
            {"run `gatehouse check`"}});
    for (auto& finding : missing_people(services, now))
        findings.push_back(std::move(finding));
    auto const age = health.lists_compiled_at ? now - *health.lists_compiled_at : std::chrono::seconds{0};
    if (age > lists_age_limit)
        findings.push_back({"lists", State::warning,
            {"compiled {} hours ago", {std::to_string(std::chrono::duration_cast<std::chrono::hours>(age).count())}},
            {"run `gatehouse lists update` once a day"}});
    return findings;
}

bool sees_to_gateway(store::ConsoleRole role)
{
    using enum store::ConsoleRole;
    return role == ict_lead || role == officer || role == headteacher;
}

std::vector<Part> health_parts(std::vector<checks::Finding> const& findings, store::ConsoleRole reader)
{
    auto rows = findings;
    std::stable_sort(rows.begin(), rows.end(), [](auto const& left, auto const& right) { return left.state > right.state; });
    auto const unwell = static_cast<std::size_t>(
        std::count_if(rows.begin(), rows.end(), [](auto const& finding) { return finding.state != State::ok; }));
    Table table{.caption = "What was looked at", .head = {"What", "State", "Finding", "What to do"}, .rows = {}};
    for (auto const& finding : rows)
        table.rows.push_back({{subject_of(finding.id)}, state_cell(finding.state), {said(finding.text)},
            {finding.advice.empty() ? Words("-") : said(finding.advice)}});
    std::vector<Part> parts;
    if (unwell == 0)
        parts.push_back(inset("Everything that was looked at is well."));
    else
        parts.push_back(warning(words(unwell == 1 ? "{} thing needs somebody." : "{} things need somebody.", unwell)));
    if (sees_to_gateway(reader))
        parts.push_back(portal::table(std::move(table)));
    else if (unwell > 0)
        parts.push_back(paragraph("The ICT lead sees here what it is and what to do about it."));
    return parts;
}

Table list_table(Visit const& visit)
{
    auto const policy = visit.site.services.current_policy();
    auto const& folder = visit.site.services.settings.config_dir;
    Table table{.caption = "Lists", .head = {"List", "About", "Source changed on", "Looked after by", "Review"}, .rows = {}};
    table.empty = "There is no list.";
    table.folded = true;
    for (auto const& list : policy->lists) {
        if (list.path.empty()) // the school's own, on a page of their own
            continue;
        std::error_code failure;
        auto const written = fs::last_write_time(folder / list.path, failure);
        auto const changed = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::file_clock::to_sys(written));
        auto const* const category = policy->category(list.category);
        table.rows.push_back({list.sealed ? Cell{"A sealed list"} : Cell{list.title.empty() ? list.id : list.title},
            {category == nullptr ? Words("-") : Words(category->title)},
            failure ? Cell{"missing", {}, "red"} : Cell{shown_time(visit.site, changed)},
            {list.owner.empty() ? Words("-") : Words::perhaps_ours(list.owner)},
            {list.review_by ? shown_date(*list.review_by) : Words("-")}});
    }
    return table;
}

Table publication_table(Visit const& visit, std::vector<store::Publication> const& publications)
{
    Table table{.caption = "Last publications", .head = {"When", "What for", "By", "State"}, .rows = {}};
    table.empty = "Nothing was published yet.";
    bool const leads_on = opens(visit, "/history/one");
    for (auto const& each : publications)
        table.rows.push_back(
            {{shown_time(visit.site, each.due_at), leads_on ? "/history/one?id=" + std::to_string(store::number(each.id)) : ""},
                {message_of(each, 120)}, {each.made_by}, publication_state(each, visit.instant())});
    return table;
}

std::uintmax_t log_size(Settings const& settings)
{
    std::uintmax_t bytes = 0;
    std::error_code failure;
    for (fs::directory_iterator at(settings.log_dir, failure), end; !failure && at != end; at.increment(failure)) {
        std::error_code gone; // a day may go while we look
        auto const size = at->is_regular_file(gone) ? at->file_size(gone) : 0;
        bytes += gone ? 0 : size;
    }
    return bytes;
}

} // namespace gatehouse::portal::console
