// BodyReader: the same data and the same end however the bytes arrive, and again after we have framed the data anew.
#include "check.hpp"
#include "proxy/http1/body.hpp"

#include <algorithm>
#include <vector>

using namespace gatehouse::http1;

namespace {

struct Outcome {
    std::string data;
    std::string sent; ///< framed by us
    std::size_t consumed = 0;
    bool done = false;
    bool refused = false;
};

Outcome read_all(BodyReader reader, std::string_view bytes, std::size_t step)
{
    Outcome outcome;
    for (std::size_t seen = std::min(step, bytes.size());;) {
        std::vector<char> const part(
            bytes.begin() + static_cast<std::ptrdiff_t>(outcome.consumed), bytes.begin() + static_cast<std::ptrdiff_t>(seen));
        auto const piece = reader.next({part.data(), part.size()});
        check(piece.consumed <= part.size());
        check(piece.data.empty()
            || (piece.data.data() >= part.data() && piece.data.data() + piece.data.size() <= part.data() + part.size()));
        outcome.consumed += piece.consumed;
        outcome.data += piece.data;
        if (!piece.data.empty()) {
            append_chunk_header(outcome.sent, piece.data.size());
            outcome.sent.append(piece.data).append("\r\n");
        }
        outcome.done = piece.done;
        outcome.refused = piece.refusal != Refusal::none;
        if (outcome.done || outcome.refused)
            break;
        if (piece.consumed != 0)
            continue;
        check(part.size() <= limits::trailer_size + 2); // an incomplete token is bounded
        if (seen == bytes.size())
            break;
        seen = std::min(seen + step, bytes.size());
    }
    check(outcome.data.size() == reader.size());
    return outcome;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (size < 2)
        return 0;
    auto const side = (data[0] & 1) != 0 ? BodyReader::Side::response : BodyReader::Side::request;
    auto const framing = (data[0] & 6) == 6 ? Framing::length : Framing::chunked;
    BodyReader const reader{framing, data[1], side};
    auto const* const text = reinterpret_cast<char const*>(data + 2);
    std::string_view const bytes{text, size - 2};
    auto const whole = read_all(reader, bytes, bytes.size() + 1);
    auto const parts = read_all(reader, bytes, static_cast<std::size_t>(data[1]) % 13 + 1);
    check(whole.done == parts.done);
    check(whole.refused == parts.refused);
    check(whole.refused || (whole.data == parts.data && whole.consumed == parts.consumed));
    if (whole.done) {
        auto const sent = whole.sent + std::string(last_chunk);
        auto const again = read_all(BodyReader{Framing::chunked, 0, BodyReader::Side::request}, sent, sent.size());
        check(again.done && again.data == whole.data && again.consumed == sent.size());
    }
    return 0;
}
