#include "proxy/log/ecs_format.hpp"

#include "proxy/log/escape.hpp"
#include "proxy/log/squid_format.hpp"
#include "proxy/log/utc.hpp"

#include <fmt/format.h>
#include <libpsl.h>

#include <iterator>

namespace gatehouse::log {
namespace {

/// Appends members to a JSON object under construction; commas are its business.
class ObjectWriter {
public:
    explicit ObjectWriter(std::string& out)
        : out_{out}
    {
        out_ += '{';
    }

    void begin(std::string_view key)
    {
        name(key);
        out_ += '{';
    }
    void end() { out_ += '}'; }
    /// An empty text is left out.
    void text(std::string_view key, std::string_view value)
    {
        if (value.empty())
            return;
        name(key);
        out_ += '"';
        append_json(out_, value);
        out_ += '"';
    }
    void number(std::string_view key, std::uint64_t value)
    {
        name(key);
        fmt::format_to(std::back_inserter(out_), "{}", value);
    }
    /// `json` is written as it is.
    void raw(std::string_view key, std::string_view json)
    {
        name(key);
        out_ += json;
    }

private:
    void name(std::string_view key)
    {
        if (out_.back() != '{')
            out_ += ',';
        out_ += '"';
        out_ += key;
        out_ += "\":";
    }

    std::string& out_;
};

bool went_through(AccessRecord const& record)
{
    return record.verdict == policy::Verdict::allow && record.refusal.empty();
}

void write_event(ObjectWriter& json, AccessRecord const& record)
{
    bool const is_allowed = record.verdict == policy::Verdict::allow;
    json.begin("event");
    json.text("kind", "event");
    json.raw("category", R"(["network","web"])");
    json.raw("type", is_allowed ? R"(["access","allowed"])" : R"(["access","denied"])");
    json.text("action", to_text(record.verdict));
    json.text("outcome", went_through(record) ? "success" : "failure");
    json.text("reason", record.refusal);
    json.number("duration", record.elapsed.count() > 0 ? static_cast<std::uint64_t>(record.elapsed.count()) * 1000 : 0);
    json.text("id", record.decision_id);
    json.text("dataset", "gatehouse.access");
    json.end();
}

void write_ends(ObjectWriter& json, AccessRecord const& record)
{
    json.begin("source");
    json.text("ip", record.client.to_text());
    json.number("bytes", record.bytes_from_client);
    json.end();
    if (!record.host.empty()) {
        json.begin("destination");
        json.text("domain", record.host);
        if (record.upstream != policy::IpAddress{})
            json.text("ip", record.upstream.to_text());
        json.number("port", record.port);
        json.number("bytes", record.bytes_to_client);
        json.end();
    }
    if (record.user.empty() && record.role.empty() && record.group.empty())
        return;
    json.begin("user");
    json.text("name", record.user);
    json.text("roles", record.role);
    if (!record.group.empty()) {
        json.begin("group");
        json.text("name", record.group);
        json.end();
    }
    json.end();
}

/// "bbc.co.uk" of "www.bbc.co.uk" by the public suffix list; empty for addresses and bare suffixes.
std::string_view registered_domain(std::string const& host)
{
    auto const* domain = psl_registrable_domain(psl_builtin(), host.c_str());
    bool const is_address = host.find(':') != std::string::npos || (!host.empty() && host.back() <= '9');
    return domain && !is_address ? std::string_view{domain} : std::string_view{};
}

void write_url(ObjectWriter& json, AccessRecord const& record)
{
    std::string full;
    append_url(full, record);
    json.begin("url");
    json.text("full", full);
    json.text("scheme", record.scheme);
    json.text("domain", record.host);
    json.text("registered_domain", registered_domain(std::string{record.host}));
    if (record.port != 0)
        json.number("port", record.port);
    json.text("path", record.path);
    json.end();
}

void write_http(ObjectWriter& json, AccessRecord const& record)
{
    json.begin("http");
    json.begin("request");
    json.text("method", record.method);
    json.number("bytes", record.bytes_from_client);
    json.end();
    json.begin("response");
    json.number("status_code", record.status);
    json.number("bytes", record.bytes_to_client);
    json.text("mime_type", record.content_type);
    json.end();
    json.end();
    if (record.user_agent.empty())
        return;
    json.begin("user_agent");
    json.text("original", record.user_agent);
    json.end();
}

/// The name in the ClientHello, where there was one: the record keeps it only if it differs from the host.
std::string_view server_name(AccessRecord const& record)
{
    using policy::Signal;
    bool const had_hello = record.scheme == "https" || record.code == ResultCode::tcp_tunnel;
    bool const had_name = !record.signals.has(Signal::sni_absent) && !record.signals.has(Signal::not_tls);
    return record.sni.empty() && had_hello && had_name ? record.host : record.sni;
}

void write_rule(ObjectWriter& json, AccessRecord const& record)
{
    if (!record.rule.empty()) {
        json.begin("rule");
        json.text("id", record.rule);
        json.text("name", record.rule);
        json.text("category", record.category);
        json.text("ruleset", record.stage);
        json.end();
    }
    auto const name = server_name(record);
    if (name.empty())
        return;
    json.begin("tls");
    json.begin("client");
    json.text("server_name", name);
    json.end();
    json.end();
}

void write_signals(ObjectWriter& json, std::string& scratch, policy::SignalSet signals)
{
    if (signals.empty())
        return;
    scratch.assign(1, '['); // not from a literal: g++ 12 sees an overlap there (-Wrestrict) that is none
    for (unsigned i = 0; i < policy::signal_count; ++i) {
        auto const signal = static_cast<policy::Signal>(i);
        if (!signals.has(signal))
            continue;
        if (scratch.size() > 1)
            scratch += ',';
        scratch += '"';
        scratch += policy::to_text(signal);
        scratch += '"';
    }
    scratch += ']';
    json.raw("signals", scratch);
}

void write_own(ObjectWriter& json, AccessRecord const& record)
{
    std::string scratch;
    json.begin("gatehouse");
    json.text("decision", record.decision_id);
    json.text("code", to_text(record.code));
    json.text("confidence", to_text(record.confidence));
    json.text("network", record.network);
    json.text("device", record.device);
    json.text("device_kind", to_text(record.device_kind));
    json.text("stage", record.stage);
    json.text("clause", record.clause);
    json.text("service", record.service);
    json.text("list", record.list);
    json.text("list_file", record.list_file);
    if (record.list_line != 0)
        json.number("list_line", record.list_line);
    json.text("period", record.period);
    json.text("tls", to_text(record.tls));
    write_signals(json, scratch, record.signals);
    json.text("refusal", record.refusal);
    json.end();
}

} // namespace

void append_ecs_line(std::string& out, AccessRecord const& record, std::string_view observer)
{
    ObjectWriter json{out};
    std::string timestamp;
    append_timestamp(timestamp, record.at);
    json.text("@timestamp", timestamp);
    json.raw("ecs", R"({"version":"8.4.0"})");
    write_event(json, record);
    write_ends(json, record);
    write_url(json, record);
    write_http(json, record);
    write_rule(json, record);
    json.begin("observer");
    json.text("name", observer);
    json.text("vendor", "Gatehouse");
    json.text("product", "Gatehouse");
    json.text("type", "proxy");
    json.end();
    write_own(json, record);
    json.end();
    out += '\n';
}

} // namespace gatehouse::log
