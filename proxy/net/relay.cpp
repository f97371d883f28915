#include "proxy/net/relay.hpp"

#include "proxy/net/standing_read.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <optional>
#include <vector>

namespace gatehouse::net {
namespace {

constexpr std::size_t turn = 16 * 1024; // bytes

class Relay;

/// One direction. No coroutine and no handler waits, since an idle tunnel should hold little memory.
class Direction final : private StandingRead {
public:
    Direction(Relay& relay, Stream& from, Stream& to)
        : relay_(relay)
        , from_(from)
        , to_(to)
    {
    }

    void wait();
    std::uint64_t count() const { return count_; }

private:
    Attempt attempt(error_code& ec) noexcept override;
    void told(error_code ec) override;
    void lost() override;
    bool forward(std::string_view data, error_code& ec);
    void send_rest();

    Relay& relay_;
    Stream& from_;
    Stream& to_;
    std::uint64_t count_ = 0;
    std::unique_ptr<std::vector<char>> rest_; ///< what the peer's socket did not take at once; null: it took all
};

class Relay {
public:
    using Done = asio::detail::awaitable_async_op_handler<void(), Executor>;

    Relay(Stream& client, Stream& upstream, std::span<char> buffer, std::chrono::milliseconds idle)
        : client_(client)
        , upstream_(upstream)
        , buffer_(buffer)
        , idle_(idle)
    {
        client.no_deadline();
        upstream.no_deadline();
        never_block(client.socket());
        never_block(upstream.socket());
        touch();
    }

    /// `done` is called once, after both directions have ended; then no handler is left that knows this object.
    void start(Done done)
    {
        done_.emplace(std::move(done));
        from_client_.wait();
        to_client_.wait();
    }

    void touch() { deadline_.expire_after(idle_); }
    std::span<char> buffer() const { return buffer_; }
    RelayResult result() const { return {{to_client_.count(), from_client_.count()}, end_}; }

    /// `from` has said its last. Half-close; once both have, the sockets are closed anyway, which says the same.
    void end_of_input(Stream& to)
    {
        error_code ignored;
        if (running_ == 2)
            to.socket().shutdown(asio::socket_base::shutdown_send, ignored);
        end_direction();
    }

    void fail(error_code ec)
    {
        stop(ec == asio::error::operation_aborted ? RelayEnd::aborted : RelayEnd::failed);
        end_direction();
    }

    /// May destroy this object: the last thing that a handler does.
    void end_direction()
    {
        if (--running_ > 0)
            return;
        auto done = std::move(*done_);
        done();
    }

    /// The context ends: whoever waits for the relay is destroyed with its last direction, and this object with it.
    void lose_direction()
    {
        if (--running_ == 0)
            auto const nobody = std::move(*done_);
    }

private:
    /// An attempt must never wait. Workers' sockets come so; a failure shows at the first attempt of a socket that is closed.
    static void never_block(Socket& socket)
    {
        if (error_code ignored; !socket.non_blocking())
            socket.non_blocking(true, ignored);
    }

    static void on_idle(void* self) { static_cast<Relay*>(self)->stop(RelayEnd::idle); }

    /// Ends the waits; each direction ends when its handler hears of it.
    void stop(RelayEnd why)
    {
        if (end_ == RelayEnd::finished)
            end_ = why;
        client_.abort();
        upstream_.abort();
    }

    Stream& client_;
    Stream& upstream_;
    std::span<char> buffer_;
    std::chrono::milliseconds idle_;
    // One deadline for both directions: a half-closed tunnel waits on one socket only.
    Deadline deadline_{client_.wheel(), on_idle, this};
    RelayEnd end_ = RelayEnd::finished;
    int running_ = 2; ///< directions
    Direction from_client_{*this, client_, upstream_};
    Direction to_client_{*this, upstream_, client_};
    std::optional<Done> done_;
};

void Direction::wait()
{
    if (from_.aborted())
        return asio::post(from_.socket().get_executor(), [this] { relay_.fail(asio::error::operation_aborted); });
    stand(from_.socket());
}

/// After a record of TLS others have their turn, which also gives a fast sender time for a larger piece.
StandingRead::Attempt Direction::attempt(error_code& ec) noexcept
{
    auto const buffer = relay_.buffer();
    for (std::size_t moved = 0; moved < turn;) {
        auto const size = from_.socket().read_some(asio::buffer(buffer.data(), buffer.size()), ec);
        if (ec == asio::error::would_block)
            return Attempt::goes_on;
        if (ec)
            return Attempt::over;
        relay_.touch();
        moved += size;
        if (!forward({buffer.data(), size}, ec))
            return Attempt::over;
    }
    return Attempt::over;
}

/// False: the peer's socket did not take all of it. The rest is copied, since the shared buffer must be free before a wait.
bool Direction::forward(std::string_view data, error_code& ec)
{
    std::size_t const sent = to_.socket().write_some(asio::buffer(data), ec);
    bool const full = ec == asio::error::would_block;
    if (ec && !full)
        return false;
    ec = {};
    count_ += full ? 0 : sent;
    data.remove_prefix(full ? 0 : sent);
    if (data.empty())
        return true;
    try {
        rest_ = std::make_unique<std::vector<char>>(data.begin(), data.end());
    } catch (std::bad_alloc const&) {
        ec = asio::error::no_memory;
    }
    return false;
}

void Direction::told(error_code ec)
{
    if (ec == asio::error::eof)
        relay_.end_of_input(to_);
    else if (ec)
        relay_.fail(ec);
    else if (!rest_)
        wait();
    else
        send_rest();
}

void Direction::lost()
{
    relay_.lose_direction();
}

void Direction::send_rest()
{
    if (to_.aborted())
        return relay_.fail(asio::error::operation_aborted);
    asio::async_write(to_.socket(), asio::buffer(*rest_), [this](error_code ec, std::size_t size) {
        count_ += size;
        rest_.reset();
        if (ec)
            return relay_.fail(ec);
        relay_.touch();
        wait();
    });
}

/// Where somebody watches, or with TLS or a multiplexed stream on a side, whose bytes are the stream's to find: a coroutine for each direction. An end of input ends both, since TLS as used on
/// the web knows no half-close that survives.
task<> pump(Stream& from, Stream& to, std::chrono::milliseconds idle, std::uint64_t& count, RelayEnd& end, RelayWatch* watch,
    bool (RelayWatch::*look)(std::string_view))
{
    std::vector<char> buffer(16 * 1024); // a record of TLS
    for (;;) {
        from.expire_after(idle);
        auto const size = co_await from.read_some(buffer);
        if (!size) {
            auto const ec = size.error();
            end = ec == asio::error::eof ? RelayEnd::finished : ec == asio::error::timed_out ? RelayEnd::idle : RelayEnd::failed;
            break;
        }
        if (watch != nullptr && !(watch->*look)({buffer.data(), *size})) {
            end = RelayEnd::closed;
            break;
        }
        to.expire_after(idle);
        auto const sent = co_await to.write({buffer.data(), *size});
        if (!sent) {
            end = RelayEnd::failed;
            break;
        }
        count += *size;
        from.expire_after(idle);
    }
    from.abort();
    to.abort();
}

task<RelayResult> relay_streams(Stream& client, Stream& upstream, std::chrono::milliseconds idle, RelayWatch* watch)
{
    using namespace asio::experimental::awaitable_operators;
    RelayResult result;
    RelayEnd up = RelayEnd::aborted;
    RelayEnd down = RelayEnd::aborted;
    bool const aborted_before = client.aborted() || upstream.aborted();
    co_await (pump(client, upstream, idle, result.counts.from_client, up, watch, &RelayWatch::from_client)
        && pump(upstream, client, idle, result.counts.to_client, down, watch, &RelayWatch::to_client));
    bool const closed = up == RelayEnd::closed || down == RelayEnd::closed;
    result.end = aborted_before                              ? RelayEnd::aborted
        : closed                                             ? RelayEnd::closed
        : up == RelayEnd::failed && down != RelayEnd::failed ? down
                                                             : up;
    co_return result;
}

task<RelayResult> relay_plain(Stream& client, Stream& upstream, std::span<char> buffer, std::chrono::milliseconds idle)
{
    Relay state(client, upstream, buffer, idle);
    auto const start = [](Relay::Done done, Relay* relay) { relay->start(std::move(done)); };
    // Deferred, since an awaitable would be a coroutine of its own that waits as long; by name, since g++ 12 loses temporaries here.
    auto running = asio::async_initiate<asio::deferred_t const, void()>(start, asio::deferred, &state);
    co_await std::move(running);
    co_return state.result();
}

} // namespace

task<RelayResult> relay(
    Stream& client, Stream& upstream, std::span<char> buffer, std::chrono::milliseconds idle, RelayWatch* watch)
{
    bool const plain = !client.is_tls() && !client.is_multiplexed() && !upstream.is_tls() && !upstream.is_multiplexed();
    return plain && watch == nullptr ? relay_plain(client, upstream, buffer, idle) : relay_streams(client, upstream, idle, watch);
}

} // namespace gatehouse::net
