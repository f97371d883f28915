// An explanation for people at a terminal, and for programs.
#include "policy/explanation.hpp"

#include <fmt/format.h>
#include <iterator>

namespace gatehouse::policy {
namespace {

void append_json_string(std::string& out, std::string_view text)
{
    out += '"';
    for (char const c : text) {
        if (c == '"' || c == '\\')
            (out += '\\') += c;
        else if (static_cast<unsigned char>(c) < 0x20)
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
        else
            out += c;
    }
    out += '"';
}

void append_json_member(std::string& out, std::string_view name, std::string_view value)
{
    append_json_string(out, name);
    out += ": ";
    append_json_string(out, value);
    out += ", ";
}

void append_json_step(std::string& out, Step const& step)
{
    out += '{';
    append_json_member(out, "stage", to_text(step.stage));
    append_json_member(out, "id", step.id);
    append_json_member(out, "because", step.because);
    fmt::format_to(std::back_inserter(out), "\"decided\": {}}}", step.decided);
}

} // namespace

std::string to_text(Explanation const& explanation)
{
    auto const& e = explanation;
    auto text = fmt::format("{}: {} (clause {})\n", to_text(e.verdict), e.rule, e.clause.empty() ? "-" : e.clause);
    auto const line = [&](std::string_view name, std::string const& value) {
        if (!value.empty())
            fmt::format_to(std::back_inserter(text), "  {:<9}{}\n", name, value);
    };
    line("reason", e.reason);
    line("category", e.category);
    line("service", e.service);
    line("list", e.list.empty() ? "" : fmt::format("{} ({}:{})", e.list, e.list_file, e.list_line));
    line("search", e.search.empty() ? "" : fmt::format("\"{}\" ({})", e.search, e.search_engine));
    line("term", e.term_list.empty() ? "" : fmt::format("\"{}\" of {} ({})", e.term, e.term_list, e.severity));
    line("behind", e.wrapped_host.empty() ? "" : fmt::format("{}, shown by {}", e.wrapped_host, e.wrapper));
    line("period", e.period_until.empty() ? e.period : fmt::format("{}, until {}", e.period, e.period_until));
    line("opens at", e.allowed_from);
    line("tls", std::string(to_text(e.tls)));
    line("inside",
        e.inspection.empty()
            ? ""
            : fmt::format("{}{}{}: {}", e.inspection, e.inspection_by.empty() ? "" : ", by ", e.inspection_by, e.inspection_why));
    line("safe", e.safe_search.empty() ? "" : fmt::format("{}: answered by {}", e.safe_search, e.safe_search_host));
    line("names", e.names_unasked ? "what else the site is called is looked up when it is visited; ask with --alias NAME" : "");
    text += "  steps\n";
    for (auto const& step : e.steps)
        fmt::format_to(std::back_inserter(text), "  {} {:<11} {}: {}\n", step.decided ? '*' : ' ', to_text(step.stage), step.id,
            step.because);
    return text;
}

std::string to_json(Explanation const& explanation)
{
    auto const& e = explanation;
    std::string out = "{";
    append_json_member(out, "verdict", to_text(e.verdict));
    append_json_member(out, "rule", e.rule);
    append_json_member(out, "clause", e.clause);
    append_json_member(out, "reason", e.reason);
    append_json_member(out, "stage", to_text(e.stage));
    append_json_member(out, "tls", to_text(e.tls));
    append_json_member(out, "safe_search", e.safe_search);
    append_json_member(out, "safe_search_host", e.safe_search_host);
    append_json_member(out, "inspection", e.inspection);
    append_json_member(out, "inspection_by", e.inspection_by);
    append_json_member(out, "inspection_why", e.inspection_why);
    append_json_member(out, "category", e.category);
    append_json_member(out, "category_title", e.category_title);
    append_json_member(out, "service", e.service);
    append_json_member(out, "service_title", e.service_title);
    append_json_member(out, "list", e.list);
    append_json_member(out, "list_file", e.list_file);
    append_json_member(out, "search", e.search);
    append_json_member(out, "search_engine", e.search_engine);
    append_json_member(out, "term_list", e.term_list);
    append_json_member(out, "severity", e.severity);
    append_json_member(out, "term", e.term);
    append_json_member(out, "phrase_list", e.phrase_list);
    append_json_member(out, "file_kind", e.file_kind);
    append_json_member(out, "wrapper", e.wrapper);
    append_json_member(out, "wrapped_host", e.wrapped_host);
    append_json_member(out, "alias", e.alias);
    append_json_member(out, "period", e.period);
    append_json_member(out, "period_kind", to_text(e.period_kind));
    append_json_member(out, "period_until", e.period_until);
    append_json_member(out, "allowed_from", e.allowed_from);
    fmt::format_to(std::back_inserter(out),
        "\"list_line\": {}, \"sealed\": {}, \"may_ask\": {}, \"names_unasked\": {}, \"steps\": [", e.list_line, e.sealed,
        e.may_ask, e.names_unasked);
    for (std::size_t i = 0; i < e.steps.size(); ++i) {
        out += i == 0 ? "" : ", ";
        append_json_step(out, e.steps[i]);
    }
    return out += "]}";
}

} // namespace gatehouse::policy
