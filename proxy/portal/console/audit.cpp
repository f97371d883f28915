// The audit: who did what about whom, and whether the chain of its rows is whole.
#include "policy/policy.hpp"
#include "proxy/log/csv.hpp"
#include "proxy/portal/console/pages.hpp"
#include "proxy/portal/form_data.hpp"
#include "proxy/store/audit_search.hpp"

#include <fmt/chrono.h>
#include <iterator>

namespace gatehouse::portal::console {

namespace {

using store::Ledger;
constexpr std::size_t audit_rows_of_page = 50;
constexpr std::size_t rows_of_export = 20000;

struct Search {
    store::AuditFilter filter;
    std::vector<Problem> problems;
};

std::optional<policy::Date> date_of(Visit const& visit, std::string_view name, Search& search)
{
    auto const text = trimmed_value(visit.request.query, name);
    if (text.empty())
        return std::nullopt;
    auto const date = policy::Date::parse(text);
    if (!date)
        search.problems.push_back({std::string(name), "Choose a day"});
    return date ? std::optional{*date} : std::nullopt;
}

std::vector<store::PersonalDevice> personal_devices_of(policy::Policy const& policy)
{
    std::vector<store::PersonalDevice> devices;
    for (auto const& device : policy.devices)
        if (!device.user.empty())
            devices.push_back({device.user, device.id, device.address.to_text()});
    return devices;
}

Search read_search(Visit const& visit)
{
    auto const value = [&](std::string_view name) { return trimmed_value(visit.request.query, name); };
    Search search;
    auto& filter = search.filter;
    filter.action_prefix = value("action");
    filter.actor = value("by");
    filter.about = value("about");
    if (auto const from = date_of(visit, "from", search))
        filter.from = visit.site.clock.instant_of({*from, 0});
    if (auto const last = date_of(visit, "to", search))
        filter.until = visit.site.clock.instant_of({last->next(), 0});
    filter.before = parse_id(visit.query("before")).value_or(0);
    filter.limit = audit_rows_of_page;
    filter.reader
        = store::AuditReader{visit.actor().account, visit.instant(), personal_devices_of(*visit.site.services.current_policy())};
    return search;
}

Part search_form(Visit const& visit, std::vector<Problem> const& problems)
{
    auto const value = [&](std::string_view name) { return std::string(visit.query(name)); };
    using Kind = Field::Kind;
    Form form;
    form.action = "/audit";
    form.button = "Search";
    form.is_search = true;
    form.is_secondary = true;
    form.fields = {{Kind::text, "action", "Kind of event", "For example unblock.", value("action"), {}, "", "", 60},
        {Kind::text, "by", "By whom", "The user name.", value("by"), {}, "", "", 64},
        {Kind::text, "about", "About whom or what", "A user name, the number of a request, or a word of what was written.",
            value("about"), {}, "", "", 200},
        {Kind::date, "from", "From", "", value("from"), {}, problem_with(problems, "from")},
        {Kind::date, "to", "To", "", value("to"), {}, problem_with(problems, "to")}};
    return portal::form(form);
}

/// The same search at another place of its rows; an empty one is the newest.
std::string address_of(Visit const& visit, std::string_view path, std::string before)
{
    auto query = visit.request.query;
    std::erase_if(query, [](auto const& field) { return field.first == "before" || field.second.empty(); });
    if (!before.empty())
        query.emplace_back("before", std::move(before));
    return with_query(path, query);
}

/// The steps that a role or a person was not allowed to take are kept with what speaks against it.
std::string context_of(store::AuditRow const& row)
{
    return row.action.ends_with(".denied") ? "denied" : row.action;
}

/// In the place of the words of a row that is kept back; empty for all others.
std::string_view why_kept_back(store::AuditRow const& row)
{
    switch (row.kept_back) {
    case store::KeptBack::row: return "About you: kept back";
    case store::KeptBack::words: return "A report that is not yours to read: kept back";
    case store::KeptBack::nothing: break;
    }
    return "";
}

Table audit_table(Visit const& visit, std::vector<store::AuditRow> const& rows)
{
    Table table;
    table.caption = "Newest first";
    table.head = {"Number", "When", "Who", "What", "About", "Words", "From##network address"};
    table.empty = "No row fits.";
    bool const is_code
        = visit.language == Language::english; // elsewhere the name of the action leads to its code, which the search takes
    auto const same_kind = [&](std::string const& action) {
        return is_code || action.empty() ? std::string{} : with_query("/audit", {{"action", action}});
    };
    for (auto const& row : rows) {
        auto const kept_back = std::string(why_kept_back(row));
        auto said = kept_back.empty() ? Words::kept(context_of(row), row.detail) : Words::perhaps_ours(kept_back);
        table.rows.push_back({{std::to_string(row.sequence)}, {shown_time(visit.site, row.at), {}, {}, false, true}, {row.actor},
            {Words::kept("action", row.action), same_kind(row.action), {}, false, is_code},
            {Words::kept("object", row.object), {}, {}, false, true}, {std::move(said)}, {row.address}});
    }
    return table;
}

std::string csv_of(std::vector<store::AuditRow> const& rows)
{
    std::string csv = "number,time,who,what,about,words,address,digest\r\n";
    for (auto const& row : rows) {
        csv += fmt::format("{},{:%Y-%m-%dT%H:%M:%SZ}", row.sequence, fmt::gmtime(std::chrono::system_clock::time_point{row.at}));
        auto const kept_back = std::string(why_kept_back(row));
        auto const& said = kept_back.empty() ? row.detail : kept_back;
        for (auto const* text : {&row.actor, &row.action, &row.object, &said, &row.address, &row.digest})
            csv += ',' + log::csv_cell(*text);
        csv += "\r\n";
    }
    return csv;
}

/// What was asked for, in the audit's own row. What may have any text in it is the last, so that the row can be said in another language.
std::string search_text(Visit const& visit)
{
    std::string text;
    for (auto const* name : {"action", "by", "from", "to", "about"})
        if (auto const value = trimmed_value(visit.request.query, name); !value.empty())
            text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", name, value);
    return text.empty() ? "all" : text;
}

/// Whether the chain is whole, and a way to have every row read again.
void add_chain(Page& page, Visit const& visit, store::AuditVerification const& chain)
{
    page.parts.push_back(chain.intact
            ? paragraph("The chain of records is whole: no row was changed or removed.")
            : warning(words("The chain of records is broken. {}", Words::kept("chain", chain.problem))));
    if (visit.query("done") == "verified" && chain.intact)
        page.parts.push_back(notice("Every row was read again",
            words("All {} rows are as they were written.", shown_number(static_cast<std::uint64_t>(chain.rows)))));
    Form form;
    form.action = "/audit/verify";
    form.button = "Read every row again";
    form.csrf = visit.csrf();
    form.is_secondary = true;
    page.parts.push_back(portal::form(form));
    page.parts.push_back(paragraph("Otherwise each row is read once, and then only those that are new."));
}

/// The ways to newer and older rows. A search that read its share of them before the page was full says so.
void add_older(Page& page, Visit const& visit, store::AuditFilter const& filter, store::AuditSlice const& slice)
{
    bool const is_full = slice.rows.size() == audit_rows_of_page;
    if (slice.older != 0 && !is_full)
        page.parts.push_back(paragraph(words("Rows {} to {} were looked through. There are older ones.",
            shown_number(static_cast<std::uint64_t>(slice.first)), shown_number(static_cast<std::uint64_t>(slice.last)))));
    if (slice.older == 0 && filter.before == 0)
        return;
    auto const newer = filter.before == 0 ? std::string{} : address_of(visit, "/audit", {});
    auto const older = slice.older == 0 ? std::string{} : address_of(visit, "/audit", std::to_string(slice.older));
    page.parts.push_back(is_full ? pages(newer, older) : pages({{}, newer}, {"Search older rows", older}));
}

/// Slice by slice, so that nobody waits behind it; those of the first one before the export is on record.
task<result<std::vector<store::AuditRow>>> rows_to_export(Visit const& visit, store::AuditFilter filter)
{
    std::vector<store::AuditRow> rows;
    filter.before = 0;
    for (bool is_first = true;; is_first = false) {
        filter.limit = rows_of_export + 1 - rows.size();
        auto const work = [filter, is_first, actor = visit.actor(), detail = search_text(visit), now = visit.instant()](
                              Ledger& ledger) -> result<store::AuditSlice> {
            auto slice = store::search_audit(ledger, filter);
            if (!slice || !is_first)
                return slice;
            if (auto const noted = store::record_event(ledger, actor, "audit.export", "audit", detail, now); !noted)
                return noted.error();
            return slice;
        };
        auto slice = co_await visit.site.services.store.call(work);
        if (!slice)
            co_return slice.error();
        std::move(slice->rows.begin(), slice->rows.end(), std::back_inserter(rows));
        if (slice->older == 0 || rows.size() > rows_of_export)
            co_return rows;
        filter.before = slice->older;
    }
}

} // namespace

task<Response> show_audit(Visit const& visit)
{
    auto const search = read_search(visit);
    auto const work = [filter = search.filter](Ledger& ledger) { return store::search_audit(ledger, filter); };
    auto const found = co_await visit.site.services.store.call(work);
    if (!found)
        co_return show_failure(visit, found.error());
    auto const& rows = found->rows;
    auto const look = [&watch = visit.site.audit_watch] { return watch.look(); };
    auto const chain = co_await run_gently(visit.site, look);
    if (!chain)
        co_return show_failure(visit, chain.error());
    Page page;
    page.title = "Audit";
    add_problems(page, search.problems);
    page.parts.push_back(heading("Audit"));
    add_chain(page, visit, *chain);
    if (visit.language != Language::english)
        page.parts.push_back(
            paragraph("What the gateway wrote is kept in English and shown here in your language. The search and the "
                      "download have the English words."));
    page.parts.push_back(search_form(visit, search.problems));
    if (!search.problems.empty())
        co_return show(visit, page);
    page.parts.push_back(paragraph("What is about yourself is kept back, and so are reports that are not yours to read."));
    page.parts.push_back(portal::table(audit_table(visit, rows)));
    add_older(page, visit, search.filter, *found);
    bool const has_older = found->older != 0;
    if (!rows.empty() || has_older)
        page.parts.push_back(link("Download as a table (CSV)", address_of(visit, "/audit/export", {})));
    if (rows.size() == audit_rows_of_page)
        page.parts.push_back(paragraph(
            words("The table has the newest {} rows at most. For older ones, choose an earlier day under To, and download again.",
                shown_number(rows_of_export))));
    co_return show(visit, page);
}

task<Response> take_audit_verify(Visit const& visit)
{
    auto const look = [&watch = visit.site.audit_watch] { return watch.look_at_all(); };
    auto const chain = co_await run_gently(visit.site, look);
    if (!chain)
        co_return show_failure(visit, chain.error());
    auto const detail = chain->intact ? fmt::format("{} rows, all as they were written", chain->rows) : chain->problem;
    auto const note = [actor = visit.actor(), detail, now = visit.instant()](
                          Ledger& ledger) { return store::record_event(ledger, actor, "audit.verify", "audit", detail, now); };
    if (auto const noted = co_await visit.site.services.store.call(note); !noted)
        co_return show_failure(visit, noted.error());
    co_return redirect_to("/audit?done=verified");
}

task<Response> export_audit(Visit const& visit)
{
    auto const search = read_search(visit);
    if (!search.problems.empty())
        co_return show_message(visit, 422, "The search is not complete", search.problems.front().text);
    auto rows = co_await rows_to_export(visit, search.filter);
    if (!rows)
        co_return show_failure(visit, rows.error());
    bool const is_cut = rows->size() > rows_of_export;
    if (is_cut)
        rows->pop_back();
    co_return csv_file("audit", csv_of(*rows), is_cut ? std::optional{rows->size()} : std::nullopt);
}

} // namespace gatehouse::portal::console
