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

/// Moves what has arrived; false once this direction has ended.
task<bool> drain(Relay& state, Stream& from, Stream& to, std::uint64_t& count)
{
    for (;;) {
        error_code ec;
        std::size_t const size = from.socket().read_some(asio::buffer(state.buffer.data(), state.buffer.size()), ec);
        if (ec == asio::error::would_block)
            co_return true;
        if (ec == asio::error::eof) {
            error_code ignored;
            to.socket().shutdown(asio::socket_base::shutdown_send, ignored);
            co_return false;
        }
        if (ec || !co_await forward(state, to, {state.buffer.data(), size})) {
            state.stop(RelayEnd::failed);
            co_return false;
        }
        count += size;
        if (size < state.buffer.size())
            co_return true;
    }
}

task<> one_way(Relay& state, Stream& from, Stream& to, std::uint64_t& count)
{
    for (;;) {
        if (from.aborted())
            co_return;
        auto const [ec] = co_await from.socket().async_wait(Socket::wait_read, use_tuple);
        if (ec) {
            state.stop(RelayEnd::aborted);
            co_return;
        }
        state.touch();
        if (!co_await drain(state, from, to, count))
            co_return;
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
