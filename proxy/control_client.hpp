#pragma once
// The asking end of the control socket (see control.hpp), for the command line and for the gateway that follows another: one question, one
// answer, blocking with deadlines.

#include "policy/result.hpp"

#include <boost/json/object.hpp>

#include <chrono>
#include <filesystem>
#include <vector>

namespace gatehouse {

inline constexpr std::size_t max_control_answer = 64 * 1024 * 1024; ///< bytes

/// `descriptors` takes what the daemon sends beside its answer (SCM_RIGHTS); the caller owns them, also if an error is returned. Where it
/// is null the kernel closes them.
/// Errors: errno of connecting (no such file, connection refused: no daemon runs); `timed_out`; `bad_message` for an answer that is
/// not one JSON object.
result<boost::json::object> ask_daemon(std::filesystem::path const& socket, boost::json::object const& request,
    std::chrono::milliseconds patience = std::chrono::seconds{30}, std::vector<int>* descriptors = nullptr);

} // namespace gatehouse
