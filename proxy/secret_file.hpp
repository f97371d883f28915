#pragma once
// A random key that must be the same after a restart, in a file that only the daemon's own user may read.

#include <array>
#include <cstddef>
#include <filesystem>

namespace gatehouse {

using SecretKey = std::array<std::byte, 32>;

/// Reads the key, or draws one and writes it (mode 0600, durable, never half written).
/// Throws std::runtime_error if the file is of another size, open to others, or cannot be written (a failed start).
SecretKey read_or_make_key(std::filesystem::path const& path);

} // namespace gatehouse
