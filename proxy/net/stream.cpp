#include "proxy/net/stream.hpp"

#include "proxy/net/origin_tls.hpp"

#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <openssl/ssl.h>

namespace gatehouse::net {

struct Stream::Tls {
    Tls(Socket& socket, SSL_CTX* shared)
        : context(hold(shared))
        , stream(socket, context)
    {
    }

    // asio::ssl::context frees what it is given, and the context belongs to the issuer's cache.
    static SSL_CTX* hold(SSL_CTX* shared)
    {
        SSL_CTX_up_ref(shared);
        return shared;
    }

    asio::ssl::context context;
    asio::ssl::stream<Socket&> stream;
};

namespace {

void cancel_stream(void* owner)
{
    static_cast<Stream*>(owner)->cancel();
}

} // namespace

Stream::Stream(Socket socket, DeadlineWheel& wheel)
    : socket_(std::move(socket))
    , wheel_(wheel)
    , deadline_(wheel, cancel_stream, this)
{
}

Stream::~Stream() = default;

error_code Stream::failure(error_code code) const
{
    if (deadline_.expired())
        return asio::error::timed_out;
    return code;
}

task<result<std::size_t>> Stream::read_some(std::span<char> into)
{
    if (aborted_ || deadline_.expired())
        co_return failure(asio::error::operation_aborted);
    auto const buffer = asio::buffer(into.data(), into.size());
    if (tls_) {
        auto const [ec, size] = co_await tls_->stream.async_read_some(buffer, use_tuple);
        if (ec)
            co_return failure(ec);
        co_return size;
    }
    auto const [ec, size] = co_await socket_.async_read_some(buffer, use_tuple);
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
    std::array<asio::const_buffer, 2> buffers{asio::buffer(first), asio::buffer(second)};
    if (tls_) {
        auto const [ec, size] = co_await asio::async_write(tls_->stream, buffers, use_tuple);
        if (ec)
            co_return failure(ec);
        co_return result<void>{};
    }
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

task<result<void>> Stream::accept_tls(SSL_CTX* context, std::string_view already_read)
{
    tls_ = std::make_unique<Tls>(socket_, context);
    auto const [ec, size]
        = co_await tls_->stream.async_handshake(asio::ssl::stream_base::server, asio::buffer(already_read), use_tuple);
    if (ec)
        co_return failure(ec);
    co_return result<void>{};
}

task<result<void>> Stream::connect_tls(SSL_CTX* context, policy::Host const& host)
{
    tls_ = std::make_unique<Tls>(socket_, context);
    if (!expect_host(tls(), std::string{host.text()}, host.is_address()))
        co_return failure(asio::error::no_memory);
    auto const [ec] = co_await tls_->stream.async_handshake(asio::ssl::stream_base::client, use_tuple);
    if (ec)
        co_return failure(ec);
    co_return result<void>{};
}

SSL* Stream::tls()
{
    return tls_ ? tls_->stream.native_handle() : nullptr;
}

void Stream::cancel()
{
    error_code ignored;
    socket_.cancel(ignored);
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
    if (!socket_.is_open())
        co_return;
    if (deadline_.expired()) { // its last word was heard long ago, or there was none
        close();
        co_return;
    }
    deadline_.expire_after(std::chrono::seconds{2});
    error_code ignored;
    if (tls_)
        (void)co_await tls_->stream.async_shutdown(use_tuple);
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
}

} // namespace gatehouse::net
