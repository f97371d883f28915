#include "proxy/net/relay.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/write.hpp>

namespace gatehouse::net {
namespace {

struct Relay {
    Stream& client;
    Stream& upstream;
    std::span<char> buffer;
    std::chrono::milliseconds idle;
    RelayCounts counts{};
    RelayEnd end = RelayEnd::finished;
    int ended = 0; ///< directions
    // One deadline for both directions: a half-closed tunnel waits on one socket only.
    Deadline deadline{client.wheel(), on_idle, this};

    static void on_idle(void* self) { static_cast<Relay*>(self)->stop(RelayEnd::idle); }
    void touch() { deadline.expire_after(idle); }

    void stop(RelayEnd why)
    {
        if (end == RelayEnd::finished)
            end = why;
        client.abort();
        upstream.abort();
    }
};

/// Sends all of `data`; what the peer's socket does not take at once is copied, since the shared buffer must be free before a wait.
task<bool> forward(Relay& state, Stream& to, std::string_view data)
{
    error_code ec;
    std::size_t const sent = to.socket().write_some(asio::buffer(data), ec);
    if (!ec && sent == data.size())
        co_return true;
    if (ec && ec != asio::error::would_block)
        co_return false;
    std::vector<char> const rest(data.begin() + static_cast<std::ptrdiff_t>(ec ? 0 : sent), data.end());
    state.touch();
    auto const [failed, size] = co_await asio::async_write(to.socket(), asio::buffer(rest), use_tuple);
    co_return !failed;
}

/// Half-close. Once the other direction has ended too, both sockets are closed anyway, which says the same.
void end_direction(Relay& state, Stream& to)
{
    error_code ignored;
    if (++state.ended == 1)
        to.socket().shutdown(asio::socket_base::shutdown_send, ignored);
}

/// Waits for a first byte in a buffer of its own, since the shared one must not be lent to a wait; the rest is read behind it.
/// Waiting for readability alone would cost an epoll_ctl each time.
task<> one_way(Relay& state, Stream& from, Stream& to, std::uint64_t& count)
{
    for (;;) {
        if (from.aborted())
            co_return;
        char first = 0;
        auto const [ec, one] = co_await from.socket().async_read_some(asio::buffer(&first, 1), use_tuple);
        if (ec == asio::error::eof)
            co_return end_direction(state, to);
        if (ec)
            co_return state.stop(ec == asio::error::operation_aborted ? RelayEnd::aborted : RelayEnd::failed);
        state.touch();
        state.buffer.front() = first;
        error_code rest_ec; // an end or a failure comes again with the next wait
        auto const rest = from.socket().read_some(asio::buffer(state.buffer.data() + 1, state.buffer.size() - 1), rest_ec);
        if (!co_await forward(state, to, {state.buffer.data(), one + rest}))
            co_return state.stop(RelayEnd::failed);
        count += one + rest;
    }
}

} // namespace

task<RelayResult> relay(Stream& client, Stream& upstream, std::span<char> buffer, std::chrono::milliseconds idle)
{
    using namespace asio::experimental::awaitable_operators;
    Relay state{.client = client, .upstream = upstream, .buffer = buffer, .idle = idle};
    client.no_deadline();
    upstream.no_deadline();
    state.touch();
    co_await (
        one_way(state, client, upstream, state.counts.from_client) && one_way(state, upstream, client, state.counts.to_client));
    co_return RelayResult{state.counts, state.end};
}

} // namespace gatehouse::net
