#include "proxy/log/ecs_format.hpp"

#include "proxy/log/escape.hpp"
#include "proxy/log/squid_format.hpp"
#include "proxy/log/utc.hpp"

namespace gatehouse::log {
namespace {

/// Appends `before`, the text and a closing quote; nothing for an empty text. `before` ends with the opening quote.
inline void append_text(LineBuffer& out, std::string_view before, std::string_view text)
{
    if (text.empty())
        return;
    out.append(before);
    append_json(out, text);
    out.append('"');
}

/// The same for a word of the program's own, which needs no escaping.
inline void append_word(LineBuffer& out, std::string_view before, std::string_view word)
{
    out.append(before);
    out.append(word);
    out.append('"');
}

inline void append_number(LineBuffer& out, std::string_view before, std::uint64_t number)
{
    out.append(before);
    out.append_number(number);
}

inline void append_ip(LineBuffer& out, std::string_view before, policy::IpAddress const& address)
{
    out.append(before);
    append_address(out, address);
    out.append('"');
}

void append_event(LineBuffer& out, AccessRecord const& record)
{
    bool const is_allowed = record.verdict == policy::Verdict::allow;
    out.append(R"(,"event":{"kind":"event","category":["network","web"],"dataset":"gatehouse.access",)");
    out.append(is_allowed ? std::string_view{R"("type":["access","allowed"])"} : R"("type":["access","denied"])");
    append_word(out, R"(,"action":")", to_text(record.verdict));
    bool const went_through = is_allowed && record.refusal.empty();
    out.append(went_through ? std::string_view{R"(,"outcome":"success")"} : R"(,"outcome":"failure")");
    append_text(out, R"(,"reason":")", record.refusal);
    auto const microseconds = record.elapsed.count();
    append_number(out, R"(,"duration":)", microseconds > 0 ? static_cast<std::uint64_t>(microseconds) * 1000 : 0);
    append_text(out, R"(,"id":")", record.decision_id);
    out.append('}');
}

void append_ends(LineBuffer& out, AccessRecord const& record)
{
    append_ip(out, R"(,"source":{"ip":")", record.client);
    append_number(out, R"(,"bytes":)", record.bytes_from_client);
    if (record.host.empty()) {
        out.append('}');
        return;
    }
    append_text(out, R"(},"destination":{"domain":")", record.host);
    if (record.upstream != policy::IpAddress{})
        append_ip(out, R"(,"ip":")", record.upstream);
    append_number(out, R"(,"port":)", record.port);
    append_number(out, R"(,"bytes":)", record.bytes_to_client);
    out.append('}');
}

/// Any of the three may be missing: each is then left out with its comma.
void append_user(LineBuffer& out, AccessRecord const& record)
{
    if (record.user.empty() && record.role.empty() && record.group.empty())
        return;
    std::string_view comma = R"(,"user":{)";
    auto const member = [&](std::string_view before, std::string_view text, std::string_view after) {
        if (text.empty())
            return;
        out.append(std::exchange(comma, ","));
        append_text(out, before, text);
        out.append(after);
    };
    member(R"("name":")", record.user, "");
    member(R"("roles":")", record.role, "");
    member(R"("group":{"name":")", record.group, "}");
    out.append('}');
}

void append_http(LineBuffer& out, AccessRecord const& record)
{
    append_number(out, R"(,"http":{"request":{"bytes":)", record.bytes_from_client);
    append_text(out, R"(,"method":")", record.method);
    append_number(out, R"(},"response":{"status_code":)", record.status);
    append_number(out, R"(,"bytes":)", record.bytes_to_client);
    append_text(out, R"(,"mime_type":")", record.content_type);
    out.append("}}");
    if (record.user_agent.empty())
        return;
    append_text(out, R"(,"user_agent":{"original":")", record.user_agent);
    out.append('}');
}

/// The name in the ClientHello, where there was one: the record keeps it only if it differs from the host.
std::string_view server_name(AccessRecord const& record)
{
    using policy::Signal;
    bool const had_hello = record.scheme == "https" || record.code == ResultCode::tcp_tunnel;
    bool const had_name = !record.signals.has(Signal::sni_absent) && !record.signals.has(Signal::not_tls);
    return record.sni.empty() && had_hello && had_name ? record.host : record.sni;
}

void append_rule(LineBuffer& out, AccessRecord const& record)
{
    if (!record.rule.empty()) {
        append_text(out, R"(,"rule":{"id":")", record.rule);
        append_text(out, R"(,"name":")", record.rule);
        append_text(out, R"(,"category":")", record.category);
        append_text(out, R"(,"ruleset":")", record.stage);
        out.append('}');
    }
    auto const name = server_name(record);
    if (name.empty())
        return;
    append_text(out, R"(,"tls":{"client":{"server_name":")", name);
    out.append("}}");
}

void append_signals(LineBuffer& out, policy::SignalSet signals)
{
    if (signals.empty())
        return;
    std::string_view before = R"(,"signals":[")";
    for (unsigned i = 0; i < policy::signal_count; ++i)
        if (auto const signal = static_cast<policy::Signal>(i); signals.has(signal))
            append_word(out, std::exchange(before, R"(,")"), policy::to_text(signal));
    out.append(']');
}

void append_own(LineBuffer& out, AccessRecord const& record)
{
    append_word(out, R"(,"gatehouse":{"code":")", to_text(record.code));
    append_text(out, R"(,"decision":")", record.decision_id);
    append_word(out, R"(,"confidence":")", to_text(record.confidence));
    append_text(out, R"(,"network":")", record.network);
    append_text(out, R"(,"device":")", record.device);
    append_word(out, R"(,"device_kind":")", to_text(record.device_kind));
    append_text(out, R"(,"stage":")", record.stage);
    append_text(out, R"(,"clause":")", record.clause);
    append_text(out, R"(,"service":")", record.service);
    append_text(out, R"(,"list":")", record.list);
    append_text(out, R"(,"list_file":")", record.list_file);
    if (record.list_line != 0)
        append_number(out, R"(,"list_line":)", record.list_line);
    append_text(out, R"(,"period":")", record.period);
    append_word(out, R"(,"tls":")", to_text(record.tls));
    append_signals(out, record.signals);
    append_text(out, R"(,"search":")", record.search);
    append_text(out, R"(,"term_list":")", record.term_list);
    append_text(out, R"(,"wrapped":")", record.wrapped);
    append_text(out, R"(,"prompt":")", record.prompt);
    append_text(out, R"(,"file_kind":")", record.file_kind);
    append_text(out, R"(,"virus":")", record.virus);
    append_text(out, R"(,"refusal":")", record.refusal);
    out.append('}');
}

std::string observer_object(std::string_view name)
{
    LineBuffer out;
    out.append(R"(,"observer":{"vendor":"Gatehouse","product":"Gatehouse","type":"proxy")");
    append_text(out, R"(,"name":")", name);
    out.append('}');
    return std::string{out.view()};
}

} // namespace

EcsFormat::EcsFormat(std::string_view observer)
    : observer_{observer_object(observer)}
{
}

void EcsFormat::append_url_fields(LineBuffer& out, AccessRecord const& record)
{
    out.append(R"(,"url":{"full":")");
    append_url(out, record); // holds nothing that JSON would want escaped
    out.append('"');
    append_text(out, R"(,"scheme":")", record.scheme);
    append_text(out, R"(,"domain":")", record.host);
    append_text(out, R"(,"registered_domain":")", domains_.of(record.host));
    if (record.port != 0)
        append_number(out, R"(,"port":)", record.port);
    append_text(out, R"(,"path":")", record.path);
    out.append('}');
}

void EcsFormat::append_line(LineBuffer& out, AccessRecord const& record)
{
    out.append(R"({"@timestamp":")");
    append_timestamp(out, record.at);
    out.append(R"(","ecs":{"version":"8.4.0"})");
    append_event(out, record);
    append_ends(out, record);
    append_user(out, record);
    append_url_fields(out, record);
    append_http(out, record);
    append_rule(out, record);
    out.append(observer_);
    append_own(out, record);
    out.append("}\n");
}

} // namespace gatehouse::log
