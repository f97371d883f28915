#pragma once
// The grammar of one chunk-size line and one trailer line (RFC 9112 §7.1). Internal to this folder.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace gatehouse::http1 {

enum class ChunkBlanks : std::uint8_t { refused, tolerated };

struct ChunkLine {
    enum class Kind : std::uint8_t { need_more, done, bad } kind = Kind::need_more;
    std::uint64_t size = 0;     ///< of the chunk's data
    std::size_t consumed = 0;   ///< bytes of the line with CR LF
    std::size_t extensions = 0; ///< bytes between the digits and CR LF
};

/// Reads a chunk-size line from the start of `input`, at most limits::chunk_line_size bytes. Judges each byte as it comes, so that a line
/// that can never become good is refused before it ends. Blanks around extensions or before CR LF as `blanks` says.
ChunkLine read_chunk_line(std::string_view input, ChunkBlanks blanks);

/// True for "name: value" that a trailer section may hold; the framing fields may not stand there (RFC 9110 §6.5.1).
bool is_trailer_line(std::string_view line);

} // namespace gatehouse::http1
