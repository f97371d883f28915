#pragma once
// Starts the gateway that is to follow this one: the program as it lies on the disk now, which may be newer than we are.

#include "policy/result.hpp"

#include <filesystem>

#include <sys/types.h>

namespace gatehouse {

/// Runs `program --config DIR --take-over` with our standard streams and environment, and none of our other descriptors.
/// Errors: errno of posix_spawn(3). The caller reaps the process.
result<::pid_t> start_successor(std::filesystem::path const& program, std::filesystem::path const& config_dir);

} // namespace gatehouse
