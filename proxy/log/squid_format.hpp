#pragma once
// Squid's native access log format, byte for byte, so that sarg, calamaris, goaccess and people's scripts read it unchanged.
// `%9d.%03d %6d client code/status bytes method URL user hierarchy/peer type`, as Squid's logformat "squid" writes it.

#include "proxy/log/access_record.hpp"
#include "proxy/log/line_buffer.hpp"

namespace gatehouse::log {

/// Appends one line with its line end.
void append_squid_line(LineBuffer& out, AccessRecord const& record);
/// Appends the address as the format wants it: "http://host/path", default ports left out; "host:port" for tunnels;
/// "error:invalid-request" if the request could not be read. Percent-encoded where needed, so that it also fits into JSON as it is.
void append_url(LineBuffer& out, AccessRecord const& record);
/// Appends an address as policy::IpAddress::to_text() writes it, without making a string of the common ones.
void append_address(LineBuffer& out, policy::IpAddress const& address);

} // namespace gatehouse::log
