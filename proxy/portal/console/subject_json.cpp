#include "proxy/portal/console/subject_access.hpp"

#include <boost/json.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unordered_map>

namespace gatehouse::portal::console {

namespace {

namespace json = boost::json;

std::string written(store::Instant at)
{
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::time_point{at}));
}

json::value account_of(store::SubjectRecords const& records)
{
    if (!records.account)
        return nullptr;
    auto const& account = *records.account;
    if (account.forgotten_at)
        return {{"since", written(account.created_at)},
            {"closed", account.disabled_at ? json::value(written(*account.disabled_at)) : json::value(nullptr)},
            {"name_and_user_names_removed", written(*account.forgotten_at)}};
    json::array groups;
    for (auto const& group : account.groups)
        groups.emplace_back(group);
    return {{"user", account.login}, {"name", account.display_name}, {"console_role", store::to_text(account.console_role)},
        {"role", account.subject_role}, {"groups", std::move(groups)}, {"since", written(account.created_at)},
        {"last_signed_in", account.last_sign_in ? json::value(written(*account.last_sign_in)) : json::value(nullptr)}};
}

json::array requests_of(store::SubjectRecords const& records)
{
    json::array rows;
    for (auto const& each : records.requests)
        rows.push_back({{"reference", each.reference}, {"at", written(each.at)}, {"site", each.url}, {"why", each.why},
            {"state", store::to_text(each.state)}, {"recommended", each.advice}, {"answer", each.answer}});
    return rows;
}

json::array reports_of(store::SubjectRecords const& records)
{
    json::array rows;
    for (auto const& each : records.reports) {
        json::object row{{"reference", each.reference}, {"at", written(each.at)}, {"written_by_the_person", each.by_subject},
            {"dealt_with", each.state == store::ReportState::handled}};
        if (each.by_subject)
            row["text"] = each.text;
        else
            row["left_out"] = "what somebody else wrote, and who";
        rows.push_back(std::move(row));
    }
    return rows;
}

json::array incidents_of(store::SubjectRecords const& records)
{
    json::array rows;
    for (auto const& each : records.incidents)
        rows.push_back({{"first", written(each.at)}, {"last", written(each.last_at)}, {"kind", each.kind}, {"site", each.host},
            {"evidence", each.evidence}, {"device", each.device}, {"network", each.network}, {"times", each.count}});
    return rows;
}

json::array supervised_use_of(store::SubjectRecords const& records)
{
    json::array rows;
    for (auto const& each : records.restrictions)
        rows.push_back({{"from", written(each.from)}, {"until", written(each.until)},
            {"ended", each.ended_at ? json::value(written(*each.ended_at)) : json::value(nullptr)},
            {"state", store::to_text(each.state)}, {"clause", each.clause}, {"reason", each.reason}, {"against", each.against},
            {"ended_because", each.end_reason}});
    for (auto const& each : records.supervisions)
        rows.push_back({{"supervised_at", each.device}, {"from", written(each.from)}, {"until", written(each.end())}});
    return rows;
}

json::array permissions_of(store::SubjectRecords const& records)
{
    json::array rows;
    for (auto const& each : records.permissions)
        rows.push_back({{"what", each.what}, {"where", each.where}, {"reason", each.reason}, {"at", written(each.made_at)},
            {"measures", each.measures}, {"closed_because", each.close_reason},
            {"closed", each.closed_at ? json::value(written(*each.closed_at)) : json::value(nullptr)}});
    return rows;
}

json::array purposes_of(store::SubjectRecords const& records)
{
    json::array rows;
    for (auto const& each : records.purposes)
        rows.push_back({{"purpose", each.purpose}, {"from", written(each.from)}, {"until", written(each.until)}});
    return rows;
}

json::array addresses_of(store::SubjectRecords const& records)
{
    json::array rows;
    for (auto const& each : records.addresses)
        rows.push_back({{"address", each.address}, {"last", written(each.last_at)}});
    return rows;
}

json::array left_out_of(std::vector<LeftOut> const& left_out)
{
    json::array rows;
    for (auto const& each : left_out)
        rows.push_back({{"what", each.what}, {"why", each.why}});
    return rows;
}

json::array log_of(SubjectRows const& log)
{
    std::unordered_map<std::string_view, std::string_view> searches;
    for (auto const& each : log.searches)
        searches.emplace(each.kept, each.text);
    json::array rows;
    for (auto const& row : log.rows) {
        auto const search = row.search.empty() ? std::string_view{} : searches.at(row.search);
        rows.push_back({{"at", written(std::chrono::floor<std::chrono::seconds>(row.at))}, {"site", row.host + row.path},
            {"method", row.method}, {"verdict", policy::to_text(row.verdict)}, {"rule", row.rule}, {"search", search},
            {"device", row.device}, {"network", row.network}, {"address", row.client.to_text()}});
    }
    return rows;
}

} // namespace

std::string subject_json(
    store::SubjectRecords const& records, SubjectRows const& log, std::vector<LeftOut> const& left_out, store::Instant made_at)
{
    json::object const all{{"person", records.user}, {"made_at", written(made_at)},
        {"names_of_others", fmt::format("Where somebody wrote the name of another person, it says {}.", store::another_person)},
        {"addresses_of_pages",
            {{"different", log.addresses}, {"changed", log.addresses_changed},
                {"how",
                    "Names of other people that the gateway knows were taken out by the gateway; nobody looked at the addresses "
                    "one by one."}}},
        {"left_out", left_out_of(left_out)},
        {"other_user_names", json::array(records.other_logins.begin(), records.other_logins.end())},
        {"account", account_of(records)}, {"requests", requests_of(records)}, {"reports", reports_of(records)},
        {"attempts", incidents_of(records)}, {"supervised_use", supervised_use_of(records)},
        {"permissions", permissions_of(records)}, {"purposes_of_looking_at_the_log", purposes_of(records)},
        {"signed_in_from", addresses_of(records)}, {"access_log_is_whole", log.whole}, {"access_log", log_of(log)}};
    return json::serialize(all);
}

} // namespace gatehouse::portal::console
