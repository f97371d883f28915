#include "proxy/portal/console/log_search.hpp"

#include "proxy/portal/console/log_columns.hpp"
#include "proxy/portal/form_data.hpp"
#include "proxy/settings.hpp"

namespace gatehouse::portal::console {

namespace {

std::optional<std::chrono::system_clock::time_point> instant_of(Visit const& visit, std::string_view name, Search& search)
{
    auto const text = visit.query(name);
    if (text.empty())
        return std::nullopt;
    auto const local = policy::LocalTime::parse(text);
    if (!local) {
        search.problems.push_back({std::string(name), "Choose a day and a time"});
        return std::nullopt;
    }
    return visit.site.clock.instant_of(*local);
}

struct Span {
    char const *value, *title;
    std::chrono::hours length;
};
constexpr Span spans[]{{"hour", "The last hour", std::chrono::hours{1}}, {"day", "The last 24 hours", std::chrono::hours{24}},
    {"week", "The last 7 days", std::chrono::hours{24 * 7}}, {"month", "The last 30 days", std::chrono::hours{24 * 30}}};

std::vector<Option> span_options()
{
    std::vector<Option> options{{"", "Any time, or as below", ""}};
    for (auto const& span : spans)
        options.push_back({span.value, span.title, ""});
    return options;
}

/// A time that moves on with the clock, so that a saved search stays new. Times that are chosen go before it.
std::optional<std::chrono::system_clock::time_point> begin_of_span(Visit const& visit)
{
    for (auto const& span : spans)
        if (visit.query("last") == span.value)
            return visit.instant() - span.length;
    return std::nullopt;
}

std::string search_text(Search const& search)
{
    auto const& query = search.query;
    std::string text = "purpose: " + (search.purpose.empty() ? "none needed" : search.purpose);
    auto const add = [&](std::string_view name, std::string const& value) {
        if (!value.empty())
            text += "; " + std::string(name) + ": " + value;
    };
    add("person", query.person);
    add("device", query.device);
    add("address", query.client);
    add("site", query.host);
    return text;
}

/// Searches on while rows are left out, within the time that one search has.
result<log::SearchPage> fill_page(std::filesystem::path const& dir, log::SearchQuery query, LogSight const& sight)
{
    auto const wanted = query.limit;
    auto const end = std::chrono::steady_clock::now() + query.budget;
    log::SearchPage page;
    for (;;) {
        auto found = log::search(dir, query);
        if (!found)
            return found;
        for (auto& row : sight.shown(std::move(found->rows)))
            page.rows.push_back(std::move(row));
        page.next = std::move(found->next);
        page.complete = found->complete;
        page.unreadable_days += found->unreadable_days;
        if (page.rows.size() >= wanted || page.next.empty() || !page.complete || std::chrono::steady_clock::now() >= end)
            return page;
        query.cursor = page.next;
        query.limit = wanted - page.rows.size();
    }
}

} // namespace

Search read_search(Visit const& visit, std::string stated)
{
    auto const value = [&](std::string_view name) { return trimmed_value(visit.request.query, name); };
    Search search;
    auto& query = search.query;
    query.from = instant_of(visit, "from", search);
    query.to = instant_of(visit, "to", search);
    if (!query.from && !query.to)
        query.from = begin_of_span(visit);
    query.person = value("person");
    query.device = value("device");
    query.client = value("client");
    if (auto const address = policy::IpAddress::parse(query.client)) // one way of writing it, by which the audit is searched
        query.client = address->to_text();
    query.host = value("host");
    query.category = value("category");
    query.term_list = value("searches");
    query.rule = value("rule");
    query.decision = value("decision");
    if (value("verdict") == "block")
        query.verdict = policy::Verdict::block;
    if (value("verdict") == "allow")
        query.verdict = policy::Verdict::allow;
    query.cursor = value("cursor");
    search.purpose = stated.empty() ? value("purpose") : std::move(stated);
    if (search.names_somebody() && search.purpose.empty())
        search.problems.push_back({"purpose", "Write why you look for this person or device"});
    return search;
}

Part search_form(Visit const& visit, Search const& search)
{
    auto const value = [&](std::string_view name) { return std::string(visit.query(name)); };
    auto const error_of = [&](std::string_view name) { return problem_with(search.problems, name); };
    std::vector<Option> categories{{"", "Any", ""}};
    for (auto const& category : visit.site.services.current_policy()->categories)
        categories.push_back({category.id, category.title, ""});
    std::vector<Option> term_lists{{"", "Any", ""}};
    for (auto const& list : visit.site.services.current_policy()->term_lists)
        term_lists.push_back({list.id, list.title, ""});
    using Kind = Field::Kind;
    Form form;
    form.action = "/log";
    form.button = "Search";
    form.is_search = true;
    form.fields = {{Kind::text, "host", "Site", "", value("host"), {}, "", "", 253},
        {Kind::select, "verdict", "Verdict", "", value("verdict"),
            {{"", "Any", ""}, {"block", "Blocked", ""}, {"allow", "Open", ""}}},
        {Kind::select, "category", "Category", "", value("category"), categories},
        {Kind::select, "searches", "Searches about", "", value("searches"), term_lists},
        {Kind::text, "rule", "Rule", "", value("rule"), {}, "", "", 64},
        {Kind::select, "last", "When", "", value("last"), span_options()},
        {Kind::datetime, "from", "From", "", value("from"), {}, error_of("from"), "", 16},
        {Kind::datetime, "to", "To", "", value("to"), {}, error_of("to"), "", 16},
        {Kind::text, "person", "Person", "", value("person"), {}, "", "", 64},
        {Kind::text, "device", "Device", "", value("device"), {}, "", "", 64},
        {Kind::text, "client", "Address", "", value("client"), {}, "", "", 45},
        {Kind::text, "decision", "Number of a blocked page", "", value("decision"), {}, "", "", 64},
        {Kind::text, "purpose", "Purpose", "", value("purpose"), {}, error_of("purpose"), "", 200}, columns_field(visit)};
    if (visit.has_role(store::ConsoleRole::marketing)) // theirs is stated once, and holds for all searches
        std::erase_if(form.fields, [](Field const& field) { return field.name == "purpose"; });
    return portal::form(form);
}

task<std::variant<LogSight, Response>> begin_search(Visit const& visit, Search const& search, Takes takes)
{
    store::LogLook look;
    look.action = takes == Takes::a_file ? "access-log.export" : "access-log.read";
    look.object = search.query.person.empty() ? "access-log" : "person:" + search.query.person;
    look.person = search.query.person;
    if (takes == Takes::a_file || !search.purpose.empty())
        look.detail = search_text(search);
    co_return co_await begin_look(visit, std::move(look), search.purpose.empty() ? Names::hidden : Names::shown);
}

task<result<log::SearchPage>> run_search(Visit const& visit, log::SearchQuery query, LogSight const& sight)
{
    auto const work = [dir = visit.site.services.settings.log_dir, query, &sight] { return fill_page(dir, query, sight); };
    co_return co_await run_aside(visit.site, work);
}

} // namespace gatehouse::portal::console
