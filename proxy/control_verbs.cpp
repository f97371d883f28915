#include "proxy/control_verbs.hpp"

#include "proxy/log/search.hpp"
#include "proxy/settings.hpp"
#include "proxy/store/audit.hpp"
#include "proxy/store/pseudonyms.hpp"
#include "proxy/store/store.hpp"
#include "proxy/store/unblock_requests.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace gatehouse {
namespace {

namespace json = boost::json;

std::string text_of(json::object const& request, std::string_view key)
{
    auto const* value = request.if_contains(json::string_view{key.data(), key.size()});
    return value != nullptr && value->is_string() ? std::string{value->as_string()} : std::string{};
}

json::object refused(std::string const& why)
{
    return {{"ok", false}, {"error", why}};
}

json::array problems_json(std::vector<policy::Problem> const& problems)
{
    json::array all;
    for (auto const& problem : problems)
        all.push_back({{"severity", problem.severity == policy::Problem::Severity::error ? "error" : "warning"},
            {"file", problem.file}, {"line", problem.line}, {"column", problem.column}, {"message", problem.message},
            {"suggestion", problem.suggestion}});
    return all;
}

json::object reload(ControlVerbs const& verbs)
{
    auto const published = verbs.publish("gatehouse reload");
    json::object answer{
        {"ok", published.published}, {"version", published.version}, {"problems", problems_json(published.problems)}};
    if (!published.published)
        answer["error"] = "the new policy was refused; version " + published.version + " stays in force";
    return answer;
}

json::object row_json(log::StoredRecord const& row, Clock const& clock)
{
    auto const seconds = std::chrono::floor<std::chrono::seconds>(row.at);
    return {{"at", clock.moment_of(seconds).local.to_text()}, {"decision", row.decision_id},
        {"client", row.client == policy::IpAddress{} ? std::string{} : row.client.to_text()}, {"user", row.user},
        {"role", row.role}, {"network", row.network}, {"device", row.device}, {"method", row.method}, {"url", row.url()},
        {"status", row.status}, {"verdict", policy::to_text(row.verdict)}, {"rule", row.rule}, {"category", row.category},
        {"service", row.service}, {"list", row.list}, {"period", row.period}, {"search", row.search},
        {"term_list", row.term_list}, {"wrapped", row.wrapped}, {"prompt", row.prompt}, {"file_kind", row.file_kind},
        {"virus", row.virus}, {"refusal", row.refusal}};
}

log::SearchQuery query_of(json::object const& request)
{
    log::SearchQuery query;
    query.person = text_of(request, "person");
    query.device = text_of(request, "device");
    query.network = text_of(request, "network");
    query.client = text_of(request, "client");
    query.host = text_of(request, "host");
    query.category = text_of(request, "category");
    query.term_list = text_of(request, "term_list");
    query.rule = text_of(request, "rule");
    query.text = text_of(request, "text");
    query.cursor = text_of(request, "cursor");
    if (auto const verdict = text_of(request, "verdict"); !verdict.empty())
        query.verdict = verdict == "allow" ? policy::Verdict::allow : policy::Verdict::block;
    if (auto const* limit = request.if_contains("limit"); limit != nullptr && limit->is_int64())
        query.limit = static_cast<std::size_t>(std::clamp<std::int64_t>(limit->as_int64(), 1, 10000));
    return query;
}

/// Whose record is read, as the audit names it; of nobody in particular "log:rows". An address in the one way that it is written, by which such a row is
/// kept from whom it is about.
std::string object_of(log::SearchQuery const& query)
{
    auto const address = policy::IpAddress::parse(query.client);
    return !query.person.empty() ? query.person
        : !query.device.empty()  ? "device:" + query.device
        : !query.client.empty()  ? "address:" + (address ? address->to_text() : query.client)
                                 : "log:rows";
}

/// Clause 11: who says why they look sees names, and that is on record before; others see pseudonyms.
using Names = std::optional<store::Pseudonyms>;

result<Names> begin_reading(ControlVerbs const& verbs, std::string const& object, std::string const& purpose)
{
    auto clock = verbs.clock;
    auto const now = clock.now().instant;
    return verbs.store.run([&object, &purpose, now](store::Ledger& ledger) -> result<Names> {
        if (purpose.empty())
            return Names{store::Pseudonyms{ledger.chain(), now}};
        store::Actor const owner{store::AccountId::none, "command-line", ""};
        auto const noted = store::record_event(ledger, owner, "log.read", object, purpose, now);
        return noted ? result<Names>{Names{}} : result<Names>{noted.error()};
    });
}

json::array shown_rows(ControlVerbs const& verbs, std::vector<log::StoredRecord>& found, Names const& hidden)
{
    auto const policy = verbs.current_policy();
    auto const devices = log::personal_devices(*policy);
    json::array rows;
    for (auto& row : found) {
        log::hide_sealed(row, *policy);
        if (hidden)
            log::hide_person(row, hidden->of(row.user), devices);
        rows.push_back(row_json(row, verbs.clock));
    }
    return rows;
}

json::object search_log(ControlVerbs const& verbs, json::object const& request)
{
    auto const query = query_of(request);
    auto const purpose = text_of(request, "purpose");
    bool const names_somebody = !query.person.empty() || !query.device.empty() || !query.client.empty();
    if (names_somebody && purpose.empty())
        return refused("reading about one person, device or address needs a purpose: add --purpose \"...\"");
    auto const hidden = begin_reading(verbs, object_of(query), purpose);
    if (!hidden)
        return refused("the reading could not be recorded: " + hidden.error().message());
    verbs.access_log.flush();
    auto page = log::search(verbs.settings.log_dir, query);
    if (!page)
        return refused("the log could not be searched: " + page.error().message());
    return {{"rows", shown_rows(verbs, page->rows, *hidden)}, {"next", page->next}, {"unreadable_days", page->unreadable_days}};
}

json::object list_requests(ControlVerbs const& verbs, json::object const& request)
{
    auto const name = text_of(request, "state");
    auto const state = store::parse_request_state(name.empty() ? "submitted" : name);
    if (!state)
        return refused("there is no request state \"" + name + "\"");
    auto const wanted = *state;
    auto const found = verbs.store.run([wanted](store::Ledger& ledger) { return store::list_requests(ledger, wanted); });
    if (!found)
        return refused(found.error().message());
    json::array rows;
    for (auto const& each : *found)
        rows.push_back({{"id", store::number(each.id)}, {"reference", each.reference}, {"state", store::to_text(each.state)},
            {"host", each.host}, {"path", each.path}, {"why", each.why},
            {"submitted_at", verbs.clock.moment_of(each.submitted_at).local.to_text()}});
    return {{"requests", std::move(rows)}};
}

} // namespace

ControlHandlers control_handlers(ControlVerbs verbs)
{
    auto const shared = std::make_shared<ControlVerbs>(std::move(verbs));
    return {{"status", [shared](json::object const&) { return shared->status(); }},
        {"reload", [shared](json::object const&) { return reload(*shared); }},
        {"log", [shared](json::object const& request) { return search_log(*shared, request); }},
        {"requests", [shared](json::object const& request) { return list_requests(*shared, request); }},
        {"restart", [shared](json::object const&) { return shared->restart(); }},
        {"hand-over", [shared](json::object const&) { return shared->hand_over(); }},
        {"retire", [shared](json::object const& request) { return shared->retire(request); }}};
}

} // namespace gatehouse
