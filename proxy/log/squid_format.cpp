#include "proxy/log/squid_format.hpp"

#include "proxy/log/escape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace gatehouse::log {
namespace {

bool has_default_port(AccessRecord const& record)
{
    return record.port == 0 || (record.scheme == "http" && record.port == 80) || (record.scheme == "https" && record.port == 443);
}

void append_host(std::string& out, std::string_view host)
{
    bool const is_ipv6 = host.find(':') != std::string_view::npos;
    if (is_ipv6)
        out += '[';
    append_percent_url(out, host);
    if (is_ipv6)
        out += ']';
}

/// The media type without parameters, as Squid logs it.
void append_media_type(std::string& out, std::string_view content_type)
{
    auto const type = content_type.substr(0, content_type.find_first_of("; \t"));
    if (type.empty())
        out += '-';
    else
        append_percent_url(out, type);
}

/// How the answer was fetched: from the origin itself, or not at all.
void append_hierarchy(std::string& out, policy::IpAddress const& upstream)
{
    if (upstream == policy::IpAddress{}) {
        out += "HIER_NONE/-";
        return;
    }
    out += "HIER_DIRECT/";
    out += upstream.to_text();
}

} // namespace

void append_url(std::string& out, AccessRecord const& record)
{
    if (record.host.empty()) {
        out += "error:invalid-request";
        return;
    }
    if (record.scheme.empty()) {
        append_host(out, record.host);
        fmt::format_to(std::back_inserter(out), ":{}", record.port);
        return;
    }
    append_percent_url(out, record.scheme);
    out += "://";
    append_host(out, record.host);
    if (!has_default_port(record))
        fmt::format_to(std::back_inserter(out), ":{}", record.port);
    if (record.path.substr(0, 1) != "/")
        out += '/';
    append_percent_url(out, record.path);
}

void append_squid_line(std::string& out, AccessRecord const& record)
{
    using namespace std::chrono;
    auto const since_epoch = duration_cast<milliseconds>(record.at.time_since_epoch()).count();
    auto const elapsed = std::max<std::int64_t>(0, duration_cast<milliseconds>(record.elapsed).count());
    auto const to = std::back_inserter(out);
    fmt::format_to(to, "{:9}.{:03} {:6} {} {}/{:03} {} ", since_epoch / 1000, since_epoch % 1000, elapsed,
        record.client.to_text(), to_text(record.code), record.status, record.bytes_to_client);
    if (record.method.empty())
        out += "NONE";
    else
        append_percent_url(out, record.method);
    out += ' ';
    append_url(out, record);
    out += ' ';
    if (record.user.empty())
        out += '-';
    else
        append_percent_all(out, record.user);
    out += ' ';
    append_hierarchy(out, record.upstream);
    out += ' ';
    append_media_type(out, record.content_type);
    out += '\n';
}

} // namespace gatehouse::log
