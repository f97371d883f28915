#pragma once
// Squid's native access log format, byte for byte, so that sarg, calamaris, goaccess and people's scripts read it unchanged.
// `%9d.%03d %6d client code/status bytes method URL user hierarchy/peer type`, as Squid's logformat "squid" writes it.

#include "proxy/log/access_record.hpp"

#include <string>

namespace gatehouse::log {

/// Appends one line with its line end.
void append_squid_line(std::string& out, AccessRecord const& record);
/// Appends the address as the format wants it: "http://host/path", default ports left out; "host:port" for tunnels;
/// "error:invalid-request" if the request could not be read. Percent-encoded where needed.
void append_url(std::string& out, AccessRecord const& record);

} // namespace gatehouse::log
