#pragma once
// Message bodies as a sans-IO state machine: raw bytes in, views of the data out. The sender's chunk syntax never leaves here.

#include "proxy/http1/head.hpp"

namespace gatehouse::http1 {

/// One step of reading a body.
struct BodyPiece {
    std::size_t consumed = 0; ///< bytes of the input used up
    std::string_view data;    ///< body bytes among them, a view into the input; may be empty
    bool done = false;        ///< the body is complete
    Refusal refusal = Refusal::none;
};

/// Reads one body of the given framing. Chunk extensions are dropped (RFC 9112 §7.1.1), and trailers, unless they are to be kept
/// (RFC 9110 §6.5.1).
/// Side::response tolerates white space after the chunk size.
class BodyReader {
public:
    enum class Side : std::uint8_t { request, response };

    BodyReader(Framing framing, std::uint64_t content_length, Side side);

    /// Before the first byte: whoever reads on can tell trailers from the fields of a head.
    void keep_trailers() { keeps_trailers_ = true; }
    /// Complete lines with CR LF, those that may be forwarded only (`is_forwarded_trailer`). Whole once the body is done.
    std::string const& trailers() const { return trailers_; }

    /// Looks at the next bytes. Consumes at least one byte or is done or refuses, unless `input` is empty or an incomplete
    /// token at its end (then consumed may be 0 and the caller must come again with more bytes behind them; tokens are bounded:
    /// no more than limits::trailer_size bytes). A refusal may come with data from before the fault; it ends the body.
    BodyPiece next(std::string_view input);
    /// The sender closed: true if that ends this body properly (until_close, or already done).
    bool finish() const;
    bool done() const { return done_; }
    /// Bytes of body data seen so far.
    std::uint64_t size() const { return size_; }

private:
    enum class State : std::uint8_t { size_line, data, data_end, trailer, finished };
    enum class Step : std::uint8_t { again, stop };
    BodyPiece next_chunked(std::string_view input);
    Step read_size_line(std::string_view rest, BodyPiece& piece);
    Step read_data(std::string_view rest, BodyPiece& piece);
    Step read_data_end(std::string_view rest, BodyPiece& piece);
    Step read_trailer(std::string_view rest, BodyPiece& piece);

    Framing framing_;
    Side side_;
    State state_ = State::size_line;
    bool done_ = false;
    bool keeps_trailers_ = false;
    std::uint64_t remaining_ = 0;
    std::uint64_t size_ = 0;
    std::uint32_t extension_bytes_ = 0;
    std::uint32_t trailer_bytes_ = 0;
    std::uint16_t trailer_fields_ = 0;
    std::uint64_t overhead_ = 0; ///< bytes of chunk syntax, held against `size_` (CVE-2023-39326)
    std::string trailers_;
};

/// Appends "HEX\r\n" for a chunk of that size; the caller sends data and "\r\n" behind it.
void append_chunk_header(std::string& out, std::size_t size);
inline constexpr std::string_view last_chunk = "0\r\n\r\n";

} // namespace gatehouse::http1
