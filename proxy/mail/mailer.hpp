#pragma once
// One mail to a mail server, by libcurl.

#include "policy/result.hpp"
#include "proxy/settings.hpp"

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

namespace gatehouse::mail {

struct Message {
    std::vector<std::string> to;
    std::string subject; ///< ASCII
    std::string text;    ///< ASCII, lines ended by "\n"
};

/// As it is sent: RFC 5322, marked as written by a machine (RFC 3834 §5) so that nobody's holiday notice answers it.
std::string to_text(Message const& message, std::string const& from, std::chrono::sys_seconds now, std::string const& id);

/// Blocks for half a minute at most, or until `gives_up` is set. TLS is demanded unless `needs_tls` is off; the server's certificate is verified.
/// The answer is empty if the server took the mail, and otherwise why not, in words.
std::string send(Mail const& settings, Message const& message, std::chrono::sys_seconds now, std::atomic<bool> const& gives_up);

/// Connects, signs in and leaves: empty if the server would take mail.
std::string check(Mail const& settings);

} // namespace gatehouse::mail
