#include "proxy/session/forwarding.hpp"

#include "proxy/session/both_sides.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace gatehouse::session {
namespace {

net::task<> receive_and_stop(Attempt& attempt)
{
    co_await receive_response(attempt);
    if (attempt.request_done)
        co_return;
    // Nobody waits for the rest of the request any more.
    attempt.request_unwanted = true;
    attempt.client_keeps = false;
    attempt.session.client.cancel();
    attempt.upstream.stream.cancel();
}

} // namespace

net::task<> forward(Attempt& attempt)
{
    using namespace net::asio::experimental::awaitable_operators;
    if (attempt.scratch.request.framing != http1::Framing::none) {
        co_await (send_request(attempt) && receive_and_stop(attempt));
        attempt.upstream_keeps = attempt.upstream_keeps && attempt.request_done;
        co_return;
    }
    attempt.upstream.stream.expire_after(attempt.session.env.settings.deadlines.response_head);
    auto const sent = co_await attempt.upstream.stream.write(attempt.scratch.to_upstream);
    attempt.request_done = true;
    if (!sent)
        co_return attempt.fail(502, "upstream-closed");
    co_await receive_response(attempt);
}

} // namespace gatehouse::session
