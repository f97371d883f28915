#include "proxy/net/stream.hpp"

#include "proxy/net/origin_tls.hpp"

#include <boost/asio/write.hpp>

namespace gatehouse::net {

namespace {

constexpr unsigned most_straight = 16; ///< reads and writes of TLS that need no waiting, before others have their turn

void cancel_stream(void* owner)
{
    static_cast<Stream*>(owner)->cancel();
}

} // namespace

Stream::Stream(Socket socket, DeadlineWheel& wheel)
    : socket_(std::move(socket))
    , deadline_(wheel, cancel_stream, this)
{
}

Stream::Stream(Executor executor, ChannelPtr channel, DeadlineWheel& wheel)
    : socket_(executor)
    , deadline_(wheel, cancel_stream, this)
    , channel_(std::move(channel))
{
}

Stream::~Stream()
{
    if (channel_)
        channel_->close();
}

error_code Stream::failure(error_code code) const
{
    if (deadline_.expired())
        return asio::error::timed_out;
    return code;
}

task<result<void>> Stream::wait_for(TlsConnection::Needs needs)
{
    straight_ = 0;
    auto const what = needs == TlsConnection::Needs::readable ? Socket::wait_read : Socket::wait_write;
    auto const [ec] = co_await socket_.async_wait(what, use_tuple);
    if (ec || aborted_ || deadline_.expired())
        co_return failure(ec ? ec : error_code{asio::error::operation_aborted});
    co_return result<void>{};
}

task<result<void>> Stream::give_way()
{
    straight_ = 0;
    co_await asio::post(socket_.get_executor(), use_tuple);
    if (aborted_ || deadline_.expired())
        co_return failure(asio::error::operation_aborted);
    co_return result<void>{};
}

task<result<std::size_t>> Stream::read_tls(std::span<char> into)
{
    if (++straight_ > most_straight) {
        auto const waited = co_await give_way();
        if (!waited)
            co_return waited.error();
    }
    for (;;) {
        auto const step = tls_->read(into);
        if (step.failure)
            co_return failure(step.failure);
        if (step.needs == TlsConnection::Needs::nothing)
            co_return step.size;
        auto const waited = co_await wait_for(step.needs);
        if (!waited)
            co_return waited.error();
    }
}

task<result<void>> Stream::write_tls(std::string_view first, std::string_view second)
{
    if (++straight_ > most_straight) {
        auto const waited = co_await give_way();
        if (!waited)
            co_return waited.error();
    }
    while (!first.empty() || !second.empty()) {
        auto const step = tls_->write(first, second);
        if (step.failure)
            co_return failure(step.failure);
        std::size_t const of_first = std::min(step.size, first.size());
        first.remove_prefix(of_first);
        second.remove_prefix(step.size - of_first);
        if (step.needs == TlsConnection::Needs::nothing)
            continue;
        auto const waited = co_await wait_for(step.needs);
        if (!waited)
            co_return waited.error();
    }
    co_return result<void>{};
}

task<result<void>> Stream::shake_hands()
{
    for (;;) {
        auto const step = tls_->handshake();
        if (step.failure)
            co_return failure(step.failure);
        if (step.needs == TlsConnection::Needs::nothing)
            co_return result<void>{};
        auto const waited = co_await wait_for(step.needs);
        if (!waited)
            co_return waited.error();
    }
}

task<result<std::size_t>> Stream::read_channel(std::span<char> into)
{
    for (;;) {
        if (auto const size = channel_->take(into); size > 0)
            co_return size;
        if (channel_->has_failed())
            co_return failure(asio::error::connection_reset);
        if (channel_->has_ended())
            co_return failure(asio::error::eof);
        bool const goes_on = co_await channel_->wait_readable();
        if (!goes_on || aborted_ || deadline_.expired())
            co_return failure(asio::error::operation_aborted);
    }
}

task<result<void>> Stream::write_channel(std::string_view first, std::string_view second)
{
    if (channel_->has_failed() || channel_->is_closed())
        co_return failure(asio::error::connection_reset);
    channel_->put(first);
    channel_->put(second);
    while (!channel_->is_drained()) {
        if (channel_->has_failed())
            co_return failure(asio::error::connection_reset);
        bool const goes_on = co_await channel_->wait_writable();
        if (!goes_on || aborted_ || deadline_.expired())
            co_return failure(asio::error::operation_aborted);
    }
    co_return result<void>{};
}

task<result<std::size_t>> Stream::read_some(std::span<char> into)
{
    if (aborted_ || deadline_.expired())
        co_return failure(asio::error::operation_aborted);
    if (tls_) {
        auto const read = co_await read_tls(into);
        co_return read;
    }
    if (channel_) {
        auto const read = co_await read_channel(into);
        co_return read;
    }
    auto const [ec, size] = co_await socket_.async_read_some(asio::buffer(into.data(), into.size()), use_tuple);
    if (ec)
        co_return failure(ec);
    co_return size;
}

task<result<void>> Stream::write(std::string_view bytes)
{
    return write(bytes, {});
}

task<result<void>> Stream::write(std::string_view first, std::string_view second)
{
    if (aborted_ || deadline_.expired())
        co_return failure(asio::error::operation_aborted);
    if (tls_) {
        auto const written = co_await write_tls(first, second);
        co_return written;
    }
    if (channel_) {
        auto const written = co_await write_channel(first, second);
        co_return written;
    }
    std::array<asio::const_buffer, 2> buffers{asio::buffer(first), asio::buffer(second)};
    // Most writes fit the socket's buffer: then there is nothing to wait for.
    error_code now;
    std::size_t const done = second.empty() ? socket_.write_some(buffers[0], now) : socket_.write_some(buffers, now);
    if (!now && done == first.size() + second.size())
        co_return result<void>{};
    if (now && now != asio::error::would_block)
        co_return failure(now);
    std::size_t const of_first = std::min(done, first.size());
    buffers = {asio::buffer(first.substr(of_first)), asio::buffer(second.substr(done - of_first))};
    auto const [ec, size] = co_await asio::async_write(socket_, buffers, use_tuple);
    if (ec)
        co_return failure(ec);
    co_return result<void>{};
}

task<result<void>> Stream::accept_tls(SSL_CTX* context, std::string_view already_read, Versions versions)
{
    tls_ = std::make_unique<TlsConnection>(context, socket_.native_handle(), already_read);
    if (tls() != nullptr)
        allow_versions(tls(), versions);
    return shake_hands();
}

task<result<void>> Stream::connect_tls(SSL_CTX* context, policy::Host const& host, Versions versions)
{
    tls_ = std::make_unique<TlsConnection>(context, socket_.native_handle());
    if (tls() == nullptr || !offer_versions(tls(), versions) || !expect_host(tls(), std::string{host.text()}, host.is_address()))
        co_return failure(asio::error::no_memory);
    auto const done = co_await shake_hands();
    co_return done;
}

SSL* Stream::tls()
{
    return tls_ ? tls_->native() : nullptr;
}

void Stream::cancel()
{
    error_code ignored;
    socket_.cancel(ignored);
    if (channel_)
        channel_->cancel();
}

void Stream::abort()
{
    aborted_ = true;
    cancel();
}

/// Enough for an upload that was refused; the deadline bounds it in time.
constexpr std::size_t most_drained = 16 * 1024 * 1024;

task<> Stream::close_gently()
{
    if (!socket_.is_open() || deadline_.expired()) { // its last word was heard long ago, or there was none
        close();
        co_return;
    }
    deadline_.expire_after(std::chrono::seconds{2});
    error_code ignored;
    if (tls_)
        tls_->say_goodbye();
    socket_.shutdown(asio::socket_base::shutdown_send, ignored);
    std::array<char, 4096> scrap;
    for (std::size_t total = 0; total < most_drained;) {
        if (aborted_ || deadline_.expired())
            break;
        auto const [ec, size] = co_await socket_.async_read_some(asio::buffer(scrap), use_tuple);
        if (ec)
            break;
        total += size;
    }
    close();
}

void Stream::close()
{
    error_code ignored;
    socket_.close(ignored);
    if (channel_)
        channel_->close();
}

} // namespace gatehouse::net
