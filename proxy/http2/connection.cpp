#include "proxy/http2/connection.hpp"

#include "proxy/http2/limits.hpp"

#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <numeric>

namespace gatehouse::http2 {

void Exchange::channel_written(net::Channel&)
{
    connection.written(*this);
}

void Exchange::channel_read(net::Channel&)
{
    connection.note_read(*this);
}

Connection::Connection(Role role, net::Stream& stream)
    : stream_(stream)
    , session_(make_session(role, *this))
    , more_to_send_(stream.socket().get_executor(), std::chrono::steady_clock::time_point::max())
{
}

Connection::~Connection()
{
    for (auto& exchange : exchanges_) {
        exchange.channel->detach();
        exchange.channel->fail();
    }
}

std::size_t Connection::unread() const
{
    return std::accumulate(exchanges_.begin(), exchanges_.end(), std::size_t{0},
        [](std::size_t sum, Exchange const& each) { return sum + each.unread; });
}

net::task<> Connection::run()
{
    using namespace net::asio::experimental::awaitable_operators;
    if (session_)
        co_await (read_frames() && write_frames());
    while (!exchanges_.empty())
        remove(exchanges_.front());
}

net::task<> Connection::read_frames()
{
    std::vector<char> buffer(16 * 1024); // a record of TLS
    while (nghttp2_session_want_read(session()) != 0) {
        auto const size = co_await stream_.read_some(buffer);
        if (!size)
            break;
        ++reads_;
        auto const used = nghttp2_session_mem_recv(session(), reinterpret_cast<std::uint8_t const*>(buffer.data()), *size);
        wake();
        if (used < 0)
            break;
    }
    reading_ = false;
    wake();
}

/// False: there is no more to send for now.
bool Connection::collect_frames()
{
    out_.clear();
    while (out_.size() < limits::most_sent_at_once) {
        std::uint8_t const* bytes = nullptr;
        auto const size = nghttp2_session_mem_send(session(), &bytes);
        if (size <= 0)
            break;
        out_.append(reinterpret_cast<char const*>(bytes), static_cast<std::size_t>(size));
    }
    return !out_.empty();
}

net::task<> Connection::write_frames()
{
    for (;;) {
        if (collect_frames()) {
            auto const sent = co_await stream_.write(out_);
            if (!sent)
                break;
            continue;
        }
        if (!reading_ || nghttp2_session_want_read(session()) == 0)
            break;
        co_await more_to_send_.async_wait(net::use_tuple);
    }
    stream_.abort(); // ends the reading too
}

void Connection::wake()
{
    more_to_send_.cancel();
}

void Connection::end()
{
    nghttp2_session_terminate_session(session(), NGHTTP2_NO_ERROR);
    wake();
}

void Connection::reset(Exchange& exchange, std::uint32_t code)
{
    if (std::exchange(exchange.given_up, true))
        return;
    nghttp2_submit_rst_stream(session(), NGHTTP2_FLAG_NONE, exchange.id, code);
    if (exchange.id >= 0 && !exchange.arrived)
        was_given_up(exchange);
    wake();
}

Exchange& Connection::add_exchange()
{
    auto& exchange = exchanges_.emplace_back(*this);
    exchange.self = std::prev(exchanges_.end());
    exchange.begun_at = reads_;
    exchange.began = stream_.wheel().now();
    ++users_;
    exchange.channel = net::ChannelPtr(new net::Channel(stream_.socket().get_executor(), exchange));
    return exchange;
}

void Connection::remove(Exchange& exchange)
{
    auto const channel = exchange.channel;
    channel->detach();
    if (!exchange.arrived || !exchange.left)
        channel->fail();
    if (exchange.unread > 0)
        nghttp2_session_consume_connection(session(), exchange.unread);
    note_unused(exchange);
    exchanges_.erase(exchange.self);
}

void Connection::note_unused(Exchange& exchange)
{
    if (!std::exchange(exchange.unused, true) && --users_ == 0)
        become_idle();
}

/// The channel's user wrote, or let go of it.
void Connection::written(Exchange& exchange)
{
    auto const& channel = *exchange.channel;
    bool const sensible = exchange.body || exchange.relays || send_head(exchange);
    bool const begun = exchange.body || exchange.relays;
    bool const whole = begun && channel.is_drained() && (exchange.relays || exchange.body->done());
    if (exchange.id < 0 && (!sensible || channel.is_closed()))
        return remove(exchange); // nothing of it was ever said
    if (!sensible || (channel.is_closed() && !whole))
        reset(exchange, unwanted());
    else if (std::exchange(exchange.waits, false))
        nghttp2_session_resume_data(session(), exchange.id);
    if (channel.is_closed()) {
        settle(exchange);
        note_unused(exchange);
    }
    wake();
}

/// Of frames less is gone than the user took: heads and the syntax of chunks are no part of them. Each byte of a frame is one in the channel, so what
/// is left there bounds what may still be credited.
void Connection::note_read(Exchange& exchange)
{
    auto const gone = exchange.unread - std::min(exchange.unread, exchange.channel->unread());
    exchange.unread -= gone;
    credit(exchange, gone);
}

/// The peer learns that it may send more.
void Connection::credit(Exchange& exchange, std::size_t size)
{
    if (size == 0 || exchange.id < 0)
        return;
    nghttp2_session_consume(session(), exchange.id, size);
    body_read(exchange);
    wake();
}

/// Once all has been said and nobody listens any more, the rest of what the peer says is not wanted (RFC 9113 §8.1).
void Connection::settle(Exchange& exchange)
{
    if (!exchange.left || exchange.arrived || !exchange.channel->is_closed())
        return;
    // Who gives up at once says nothing about the peer.
    if (exchange.begun_at == reads_ && stream_.wheel().now() - exchange.began >= limits::longest_silence)
        peer_is_silent();
    reset(exchange, nghttp2_session_check_server_session(session()) != 0 ? NGHTTP2_NO_ERROR : NGHTTP2_CANCEL);
}

/// Why an exchange is given up by us: towards a client because of a fault, towards an origin because nobody wants it any more.
std::uint32_t Connection::unwanted()
{
    return nghttp2_session_check_server_session(session()) != 0 ? NGHTTP2_INTERNAL_ERROR : NGHTTP2_CANCEL;
}

bool Connection::head_complete(Exchange& exchange, bool ended)
{
    if (exchange.head_arrived) // trailers
        return true;
    return take_head(exchange, ended);
}

void Connection::take_data(Exchange& exchange, std::string_view data)
{
    body_arrives();
    if (exchange.channel->is_closed()) // nobody will read it
        return credit(exchange, data.size());
    exchange.unread += data.size();
    if (exchange.arriving == Body::chunked)
        exchange.channel->arrive_in_chunks(data);
    else
        exchange.channel->arrive(data);
}

void Connection::arrival_complete(Exchange& exchange)
{
    if (std::exchange(exchange.arrived, true))
        return;
    if (exchange.arriving == Body::chunked)
        exchange.channel->arrive("0\r\n" + (exchange.head ? exchange.head->fields() : std::string{}) + "\r\n");
    exchange.channel->end();
}

nghttp2_data_provider Connection::source_of(Exchange& exchange)
{
    nghttp2_data_provider provider{};
    provider.source.ptr = &exchange;
    provider.read_callback = [](nghttp2_session*, std::int32_t, std::uint8_t* into, std::size_t size, std::uint32_t* flags,
                                 nghttp2_data_source* source, void* connection) -> ssize_t {
        try {
            return static_cast<Connection*>(connection)
                ->fill(*static_cast<Exchange*>(source->ptr), {reinterpret_cast<char*>(into), size}, *flags);
        } catch (...) { // as in callbacks.cpp
            return NGHTTP2_ERR_CALLBACK_FAILURE;
        }
    };
    return provider;
}

/// Looks behind chunk syntax for the next bytes of the body. False: the syntax is broken.
bool Connection::find_piece(Exchange& exchange)
{
    auto& channel = *exchange.channel;
    auto& body = *exchange.body;
    while (exchange.piece == 0 && !body.done()) {
        auto const text = channel.outgoing();
        auto const found = body.next(text);
        if (found.refusal != http1::Refusal::none)
            return false;
        if (found.data.empty()) {
            channel.sent(found.consumed);
            if (found.consumed == 0)
                return true;
            continue;
        }
        exchange.skipped = static_cast<std::size_t>(found.data.data() - text.data());
        exchange.piece = found.data.size();
        exchange.behind = found.consumed - exchange.skipped - exchange.piece;
    }
    return true;
}

ssize_t Connection::fill(Exchange& exchange, std::span<char> into, std::uint32_t& flags)
{
    if (exchange.relays)
        return fill_raw(exchange, into, flags);
    std::size_t size = 0;
    bool sound = true;
    while ((sound = find_piece(exchange)) && exchange.piece > 0 && size < into.size()) {
        auto const part = std::min(into.size() - size, exchange.piece);
        std::memcpy(into.data() + size, exchange.channel->outgoing().data() + exchange.skipped, part);
        size += part;
        exchange.piece -= part;
        auto const behind = exchange.piece == 0 ? exchange.behind : 0;
        exchange.channel->sent(std::exchange(exchange.skipped, 0) + part + behind);
    }
    if (exchange.piece == 0 && exchange.body->done()) {
        mark_end(exchange, flags);
    } else if (size == 0) {
        if (!sound || exchange.channel->is_closed()) // half an answer must not look like a whole one
            return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
        exchange.waits = true;
        return NGHTTP2_ERR_DEFERRED;
    }
    return static_cast<ssize_t>(size);
}

ssize_t Connection::fill_raw(Exchange& exchange, std::span<char> into, std::uint32_t& flags)
{
    auto const bytes = exchange.channel->outgoing();
    auto const size = std::min(into.size(), bytes.size());
    if (size > 0) {
        std::memcpy(into.data(), bytes.data(), size);
        exchange.channel->sent(size);
    } else if (exchange.channel->is_closed()) {
        mark_end(exchange, flags);
    } else {
        exchange.waits = true;
        return NGHTTP2_ERR_DEFERRED;
    }
    return static_cast<ssize_t>(size);
}

void Connection::mark_end(Exchange const& exchange, std::uint32_t& flags)
{
    flags |= NGHTTP2_DATA_FLAG_EOF;
    if (!exchange.body || exchange.body->trailers().empty())
        return;
    fields_.set_lines(exchange.body->trailers());
    auto const& trailers = fields_.fields();
    if (nghttp2_submit_trailer(session(), exchange.id, trailers.data(), trailers.size()) == 0)
        flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
}

} // namespace gatehouse::http2
