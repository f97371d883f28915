#include "proxy/log/squid_format.hpp"

#include "proxy/log/escape.hpp"

#include <algorithm>

namespace gatehouse::log {
namespace {

bool has_default_port(AccessRecord const& record)
{
    return record.port == 0 || (record.scheme == "http" && record.port == 80) || (record.scheme == "https" && record.port == 443);
}

void append_port(LineBuffer& out, std::uint16_t port)
{
    out.append(':');
    out.append_number(port);
}

void append_host(LineBuffer& out, std::string_view host)
{
    bool const is_ipv6 = host.find(':') != std::string_view::npos;
    if (is_ipv6)
        out.append('[');
    append_percent_url(out, host);
    if (is_ipv6)
        out.append(']');
}

/// The media type without parameters, as Squid logs it.
void append_media_type(LineBuffer& out, std::string_view content_type)
{
    auto const type = content_type.substr(0, content_type.find_first_of("; \t"));
    if (type.empty())
        out.append('-');
    else
        append_percent_url(out, type);
}

/// How the answer was fetched: from the origin itself, or not at all.
void append_hierarchy(LineBuffer& out, policy::IpAddress const& upstream)
{
    if (upstream == policy::IpAddress{}) {
        out.append("HIER_NONE/-");
        return;
    }
    out.append("HIER_DIRECT/");
    append_address(out, upstream);
}

/// Right-aligned with spaces in front, as printf's %9d; a longer number takes the room it needs.
void append_aligned(LineBuffer& out, std::uint64_t number, std::size_t width)
{
    fmt::format_int const digits{number};
    for (auto size = digits.size(); size < width; ++size)
        out.append(' ');
    out.append(std::string_view{digits.data(), digits.size()});
}

/// "1795516800.123     42 "
void append_times(LineBuffer& out, AccessRecord const& record)
{
    using namespace std::chrono;
    auto const count = [](auto time) {
        return static_cast<std::uint64_t>(std::max<std::int64_t>(0, duration_cast<milliseconds>(time).count()));
    };
    auto const since_epoch = count(record.at.time_since_epoch());
    append_aligned(out, since_epoch / 1000, 9);
    out.append('.');
    out.append_padded(static_cast<unsigned>(since_epoch % 1000), 3);
    out.append(' ');
    append_aligned(out, count(record.elapsed), 6);
    out.append(' ');
}

} // namespace

void append_address(LineBuffer& out, policy::IpAddress const& address)
{
    if (!address.is_v4()) {
        out.append(address.to_text());
        return;
    }
    auto const v4 = address.v4();
    for (unsigned shift : {24U, 16U, 8U, 0U}) {
        out.append_number((v4 >> shift) & 0xff);
        if (shift != 0)
            out.append('.');
    }
}

void append_url(LineBuffer& out, AccessRecord const& record)
{
    if (record.host.empty()) {
        out.append("error:invalid-request");
        return;
    }
    if (record.scheme.empty()) {
        append_host(out, record.host);
        append_port(out, record.port);
        return;
    }
    append_percent_url(out, record.scheme);
    out.append("://");
    append_host(out, record.host);
    if (!has_default_port(record))
        append_port(out, record.port);
    if (record.path.substr(0, 1) != "/")
        out.append('/');
    append_percent_url(out, record.path);
}

void append_squid_line(LineBuffer& out, AccessRecord const& record)
{
    append_times(out, record);
    append_address(out, record.client);
    out.append(' ');
    out.append(to_text(record.code));
    out.append('/');
    if (record.status < 1000)
        out.append_padded(record.status, 3);
    else
        out.append_number(record.status);
    out.append(' ');
    out.append_number(record.bytes_to_client);
    out.append(' ');
    if (record.method.empty())
        out.append("NONE");
    else
        append_percent_url(out, record.method);
    out.append(' ');
    append_url(out, record);
    out.append(' ');
    if (record.user.empty())
        out.append('-');
    else
        append_percent_all(out, record.user);
    out.append(' ');
    append_hierarchy(out, record.upstream);
    out.append(' ');
    append_media_type(out, record.content_type);
    out.append('\n');
}

} // namespace gatehouse::log
