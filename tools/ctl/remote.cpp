// The verbs that the running daemon answers: status, reload, restart, log, requests.
#include "proxy/control_client.hpp"
#include "tools/ctl/configuration.hpp"

#include <boost/json/serialize.hpp>

#include <fmt/format.h>
#include <iostream>
#include <thread>

namespace gatehouse::ctl {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds patience_with_start{120}; ///< lists of millions of names take seconds to load
constexpr std::chrono::milliseconds pause_between_questions{50};

/// The answer, also one with `ok` false; nothing if there was none, which was then reported.
std::optional<json::object> ask(Common const& common, json::object const& request, Streams streams)
{
    auto const settings = read_settings(common, streams);
    if (!settings)
        return std::nullopt;
    auto const socket = settings->state_dir / "control.sock";
    auto answer = ask_daemon(socket, request);
    if (answer)
        return std::move(*answer);
    report_failure(common, streams,
        fmt::format("no gateway answers at {} ({}): is gatehoused running?", socket.string(), answer.error().message()));
    return std::nullopt;
}

/// A value as people read it: texts without quotes.
std::string plain(json::value const& value)
{
    return value.is_string() ? std::string{value.as_string()} : json::serialize(value);
}

std::string text_of(json::object const& object, std::string_view key)
{
    auto const* const value = object.if_contains(key);
    return value && !value->is_null() ? plain(*value) : std::string{};
}

bool is_ok(json::object const& answer)
{
    auto const* const ok = answer.if_contains("ok");
    return ok && ok->is_bool() && ok->as_bool();
}

/// Complaints as the daemon sent them, in the form of `check`.
void print_problems(json::object const& answer, std::ostream& out)
{
    auto const* const problems = answer.if_contains("problems");
    if (!problems || !problems->is_array())
        return;
    for (auto const& each : problems->as_array()) {
        if (!each.is_object()) {
            out << plain(each) << '\n';
            continue;
        }
        auto const& problem = each.as_object();
        auto const line = text_of(problem, "line");
        auto const place = line.empty() || line == "0"
            ? text_of(problem, "file")
            : fmt::format("{}:{}:{}", text_of(problem, "file"), line, text_of(problem, "column"));
        out << fmt::format("{}: {}: {}\n", place, text_of(problem, "severity"), text_of(problem, "message"));
        if (auto const suggestion = text_of(problem, "suggestion"); !suggestion.empty())
            out << "    " << suggestion << '\n';
    }
}

/// JSON as it came, or the failure; nothing if the text form is still to be printed.
std::optional<int> finish_early(Common const& common, json::object const& answer, Streams streams)
{
    if (common.output == Output::json) {
        write_json(streams, answer);
        return is_ok(answer) ? success : failure;
    }
    if (is_ok(answer))
        return std::nullopt;
    streams.error << "gatehouse: " << text_of(answer, "error") << '\n';
    print_problems(answer, streams.error);
    return failure;
}

/// One line for each row, these columns, as wide as their widest value.
void print_table(json::array const& rows, std::vector<std::string_view> const& columns, std::ostream& out)
{
    std::vector<std::size_t> widths(columns.size());
    for (auto const& row : rows)
        for (std::size_t i = 0; i < columns.size(); ++i)
            widths[i] = std::max(widths[i], row.is_object() ? text_of(row.as_object(), columns[i]).size() : 0);
    for (auto const& row : rows) {
        std::string line;
        for (std::size_t i = 0; row.is_object() && i < columns.size(); ++i)
            if (widths[i] > 0)
                line += fmt::format("{:<{}}  ", text_of(row.as_object(), columns[i]), widths[i]);
        line.resize(line.find_last_not_of(' ') + 1);
        out << line << '\n';
    }
}

json::array const& rows_of(json::object const& answer, std::string_view key)
{
    static json::array const none;
    auto const* const rows = answer.if_contains(key);
    return rows && rows->is_array() ? rows->as_array() : none;
}

} // namespace

int status(Common const& common, Streams streams)
{
    auto const answer = ask(common, {{"verb", "status"}}, streams);
    if (!answer)
        return failure;
    if (auto const done = finish_early(common, *answer, streams))
        return *done;
    for (auto const& [key, value] : *answer)
        if (value.is_object()) // "parts": each on a line of its own
            for (auto const& [inner, inner_value] : value.get_object())
                streams.out << fmt::format("{:<24} {} {}\n", std::string_view{key}, std::string_view{inner}, plain(inner_value));
        else if (key != "ok")
            streams.out << fmt::format("{:<24} {}\n", std::string_view{key}, plain(value));
    return success;
}

int reload(Common const& common, Streams streams)
{
    auto const answer = ask(common, {{"verb", "reload"}}, streams);
    if (!answer)
        return failure;
    if (auto const done = finish_early(common, *answer, streams))
        return *done;
    print_problems(*answer, streams.error);
    streams.out << fmt::format("policy version {} is in force\n", text_of(*answer, "version"));
    return success;
}

int restart(Common const& common, Streams streams)
{
    auto const begun = ask(common, {{"verb", "restart"}}, streams);
    if (!begun)
        return failure;
    if (!is_ok(*begun))
        return *finish_early(common, *begun, streams);
    auto const wanted = text_of(*begun, "pid");
    auto const settings = read_settings(common, streams);
    auto const end = std::chrono::steady_clock::now() + patience_with_start;
    while (settings && std::chrono::steady_clock::now() < end) {
        auto const status = ask_daemon(settings->state_dir / "control.sock", {{"verb", "status"}});
        if (!status) { // in the instant of the hand-over, the one that was asked may have gone
            std::this_thread::sleep_for(pause_between_questions);
            continue;
        }
        if (text_of(*status, "pid") == wanted) {
            json::object const answer{{"ok", true}, {"pid", status->at("pid")}, {"policy_version", status->at("policy_version")}};
            if (auto const done = finish_early(common, answer, streams))
                return *done;
            streams.out << fmt::format("process {} has taken over\n", wanted);
            return success;
        }
        if (text_of(*status, "successor") != wanted)
            break;
        std::this_thread::sleep_for(pause_between_questions);
    }
    report_failure(common, streams, "the new process did not take over; the old one goes on, and its log says why");
    return failure;
}

int log(Common const& common, LogOptions const& options, Streams streams)
{
    json::object request{{"verb", "log"}, {"limit", options.limit}};
    std::pair<std::string_view, std::string const&> const filters[]{{"person", options.person}, {"device", options.device},
        {"network", options.network}, {"client", options.client}, {"host", options.host}, {"category", options.category},
        {"rule", options.rule}, {"verdict", options.verdict}, {"term_list", options.term_list}, {"text", options.text},
        {"cursor", options.cursor}, {"purpose", options.purpose}};
    for (auto const& [key, value] : filters)
        if (!value.empty())
            request[key] = value;
    auto const answer = ask(common, request, streams);
    if (!answer)
        return failure;
    if (auto const done = finish_early(common, *answer, streams))
        return *done;
    print_table(rows_of(*answer, "rows"),
        {"at", "verdict", "role", "user", "client", "method", "url", "status", "rule", "search"}, streams.out);
    if (auto const* days = answer->if_contains("unreadable_days"); days != nullptr && *days != 0)
        streams.error << fmt::format(
            "{} damaged days were left out: restore their files from a backup\n", boost::json::serialize(*days));
    if (auto const next = text_of(*answer, "next"); !next.empty())
        streams.out << fmt::format("older rows: --cursor {}\n", next);
    return success;
}

int requests(Common const& common, std::string const& state, Streams streams)
{
    json::object request{{"verb", "requests"}};
    if (!state.empty())
        request["state"] = state;
    auto const answer = ask(common, request, streams);
    if (!answer)
        return failure;
    if (auto const done = finish_early(common, *answer, streams))
        return *done;
    auto const& rows = rows_of(*answer, "requests");
    if (rows.empty())
        streams.out << "no requests\n";
    print_table(rows, {"reference", "state", "submitted_at", "host", "path", "why"}, streams.out);
    return success;
}

} // namespace gatehouse::ctl
