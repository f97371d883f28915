#pragma once
// The table of limits of portal and console: what a browser may send, and how long it may take. The numbers of connections are the Server's.

#include <chrono>
#include <cstddef>

namespace gatehouse::portal {

inline constexpr std::size_t longest_head = 16 * 1024;
inline constexpr std::size_t longest_body = 64 * 1024;
/// Of a form with a file, and of a program's JSON, on the console.
inline constexpr std::size_t longest_upload = 1024 * 1024;
inline constexpr int most_uploads = 16;         ///< requests longer than `longest_body` at once, of everybody: their memory
inline constexpr std::size_t most_fields = 256; ///< a rule may name every subject
inline constexpr std::size_t most_files = 4;    ///< of one form
inline constexpr std::size_t longest_part_head = 4096; ///< of a field or file within a form: a file's name may be long
inline constexpr std::size_t most_list_lines = 10000;  ///< of one import into the school's lists
/// For a handshake, or a whole request from its first byte; also idle time.
inline constexpr std::chrono::seconds head_deadline{15};
inline constexpr std::chrono::seconds write_deadline{30};
/// Of a request that is too long: so much is still read and dropped, so that its sender reads the answer.
inline constexpr std::size_t most_dropped = 16 * 1024 * 1024;
inline constexpr std::chrono::seconds drop_deadline{5};

} // namespace gatehouse::portal
