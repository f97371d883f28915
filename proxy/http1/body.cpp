#include "proxy/http1/body.hpp"

#include "proxy/http1/chunk_syntax.hpp"
#include "proxy/http1/field_name.hpp"

#include <algorithm>
#include <charconv>

namespace gatehouse::http1 {

BodyReader::BodyReader(Framing framing, std::uint64_t content_length, Side side)
    : framing_(framing)
    , side_(side)
    , done_(framing == Framing::none || (framing == Framing::length && content_length == 0))
    , remaining_(framing == Framing::length ? content_length : 0)
{
}

BodyPiece BodyReader::next(std::string_view input)
{
    if (done_)
        return {0, {}, true, Refusal::none};
    if (framing_ == Framing::chunked)
        return next_chunked(input);
    auto const data = framing_ == Framing::length ? input.substr(0, std::min<std::uint64_t>(remaining_, input.size())) : input;
    size_ += data.size();
    if (framing_ == Framing::length) {
        remaining_ -= data.size();
        done_ = remaining_ == 0;
    }
    return {data.size(), data, done_, Refusal::none};
}

bool BodyReader::finish() const
{
    return done_ || framing_ == Framing::until_close;
}

/// Walks the chunk syntax up to the end of one chunk's data and what follows it, so that one call hands out at most one view.
BodyPiece BodyReader::next_chunked(std::string_view input)
{
    BodyPiece piece;
    for (Step step = Step::again; step == Step::again && piece.refusal == Refusal::none;) {
        auto const rest = input.substr(piece.consumed);
        switch (state_) {
        case State::size_line: step = read_size_line(rest, piece); break;
        case State::data: step = read_data(rest, piece); break;
        case State::data_end: step = read_data_end(rest, piece); break;
        case State::trailer: step = read_trailer(rest, piece); break;
        case State::finished: step = Step::stop; break;
        }
    }
    piece.done = done_;
    return piece;
}

BodyReader::Step BodyReader::read_size_line(std::string_view rest, BodyPiece& piece)
{
    auto const line = read_chunk_line(rest, side_ == Side::response ? ChunkBlanks::tolerated : ChunkBlanks::refused);
    if (line.kind == ChunkLine::Kind::need_more)
        return Step::stop;
    if (line.kind == ChunkLine::Kind::bad || line.size > limits::body_size) {
        piece.refusal = Refusal::bad_chunk;
        return Step::stop;
    }
    extension_bytes_ += static_cast<std::uint32_t>(line.extensions); // at most chunk_line_size more than the limit
    overhead_ += line.consumed + 2;                                  // with the CR LF behind the data
    if (extension_bytes_ > limits::chunk_extension_total
        || overhead_ > limits::chunk_overhead_free + limits::chunk_overhead_ratio * size_) {
        piece.refusal = Refusal::bad_chunk;
        return Step::stop;
    }
    piece.consumed += line.consumed;
    remaining_ = line.size;
    state_ = line.size == 0 ? State::trailer : State::data;
    return Step::again;
}

BodyReader::Step BodyReader::read_data(std::string_view rest, BodyPiece& piece)
{
    if (!piece.data.empty() || rest.empty())
        return Step::stop;
    piece.data = rest.substr(0, std::min<std::uint64_t>(remaining_, rest.size()));
    piece.consumed += piece.data.size();
    remaining_ -= piece.data.size();
    size_ += piece.data.size();
    if (remaining_ == 0)
        state_ = State::data_end;
    return Step::again;
}

BodyReader::Step BodyReader::read_data_end(std::string_view rest, BodyPiece& piece)
{
    constexpr std::string_view line_end = "\r\n";
    if (!line_end.starts_with(rest.substr(0, 2))) {
        piece.refusal = Refusal::bad_chunk;
        return Step::stop;
    }
    if (rest.size() < line_end.size())
        return Step::stop;
    piece.consumed += line_end.size();
    state_ = State::size_line;
    return Step::again;
}

BodyReader::Step BodyReader::read_trailer(std::string_view rest, BodyPiece& piece)
{
    auto const refuse = [&piece] {
        piece.refusal = Refusal::bad_trailer;
        return Step::stop;
    };
    if (rest.starts_with("\r\n")) {
        piece.consumed += 2;
        state_ = State::finished;
        done_ = true;
        return Step::stop;
    }
    auto const line = rest.substr(0, rest.find('\r'));
    if (line.find('\n') != line.npos || trailer_bytes_ + line.size() + 2 > limits::trailer_size)
        return refuse();
    auto const line_end = rest.substr(line.size(), 2);
    if (line_end.size() < 2)
        return Step::stop;
    trailer_bytes_ += static_cast<std::uint32_t>(line.size()) + 2;
    if (line_end != "\r\n" || ++trailer_fields_ > limits::trailer_count || !is_trailer_line(line))
        return refuse();
    if (keeps_trailers_ && is_forwarded_trailer(line.substr(0, line.find(':'))))
        trailers_.append(line).append("\r\n");
    piece.consumed += line.size() + 2;
    return Step::again;
}

void append_chunk_header(std::string& out, std::size_t size)
{
    char digits[16];
    auto const [end, ec] = std::to_chars(std::begin(digits), std::end(digits), size, 16);
    out.append(digits, end).append("\r\n");
}

} // namespace gatehouse::http1
