#pragma once
// The command line's end of the daemon's control socket (see proxy/control.hpp): one question, one answer, blocking with deadlines.

#include "policy/result.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <filesystem>

namespace gatehouse::ctl {

inline constexpr std::size_t max_answer = 64 * 1024 * 1024; ///< bytes

/// Errors: errno of connecting (no such file, connection refused: no daemon runs); `timed_out`; `bad_message` for an answer that is
/// not one JSON object.
result<boost::json::object> ask_daemon(std::filesystem::path const& socket, boost::json::object const& request,
    std::chrono::milliseconds patience = std::chrono::seconds{30});

} // namespace gatehouse::ctl
