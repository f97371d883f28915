#pragma once
// What gatehouse-kinds and whoever asks it agree on: a packet with a file's beginning, a packet with its media type.

#include <cstddef>

namespace gatehouse::files {

inline constexpr std::size_t longest_kind_answer = 256;

} // namespace gatehouse::files
