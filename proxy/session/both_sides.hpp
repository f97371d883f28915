#pragma once
// The two sides of an attempt, which `forward` lets run at the same time.

#include "proxy/http1/body.hpp"
#include "proxy/session/forwarding.hpp"

#include <string>
#include <string_view>

namespace gatehouse::session {

/// Of the next piece of a body; a body is read no further ahead than that.
inline constexpr std::size_t body_read_size = 64 * 1024;

/// Sends what waits in `scratch.to_upstream` and the request's body behind it. Errors are in the attempt.
net::task<> send_request(Attempt& attempt);

/// Relays the answer: interim heads, the final one, the body. Errors are in the attempt.
net::task<> receive_response(Attempt& attempt);

inline bool is_timeout(error_code const& ec)
{
    return ec == net::asio::error::timed_out;
}

/// With the trailers that the body kept.
inline void append_last_chunk(std::string& out, http1::BodyReader const& body)
{
    if (body.trailers().empty())
        out.append(http1::last_chunk);
    else
        out.append("0\r\n").append(body.trailers()).append("\r\n");
}

/// Appends what of `input` belongs to the body, in the framing that the next hop sees, and shows each piece to `look`. Returns how much was
/// used; a refusal is in `refusal`.
template <class Look>
std::size_t append_body(
    std::string& out, http1::BodyReader& body, std::string_view input, bool chunked, http1::Refusal& refusal, Look const& look)
{
    std::size_t used = 0;
    while (!body.done()) {
        auto const piece = body.next(input.substr(used));
        if (piece.refusal != http1::Refusal::none) {
            refusal = piece.refusal;
            return used;
        }
        used += piece.consumed;
        look(piece.data);
        if (!piece.data.empty() && chunked) {
            http1::append_chunk_header(out, piece.data.size());
            out.append(piece.data).append("\r\n");
        } else {
            out.append(piece.data);
        }
        if (piece.consumed == 0 && !piece.done)
            break;
    }
    if (body.done() && chunked)
        append_last_chunk(out, body);
    return used;
}

} // namespace gatehouse::session
