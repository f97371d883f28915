#include "proxy/net/tls_connection.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace gatehouse::net {
namespace {

namespace asio = boost::asio;

constexpr std::size_t record_size = 16 * 1024; // the most plain text of one record (RFC 8446 §5.1)

SSL* make_connection(SSL_CTX* context, int socket)
{
    SSL* const made = SSL_new(context);
    if (made == nullptr)
        return nullptr;
    if (SSL_set_fd(made, socket) != 1) {
        SSL_free(made);
        return nullptr;
    }
    SSL_set_mode(made, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_set_read_ahead(made, 1); // a record's head and body in one read
    return made;
}

/// The parts side by side, as one record takes them. Lifetime: until the next call on this thread.
std::string_view joined(std::string_view first, std::string_view second)
{
    static thread_local std::array<char, record_size> together;
    auto const of_second = std::min(second.size(), together.size() - first.size());
    std::memcpy(together.data(), first.data(), first.size());
    std::memcpy(together.data() + first.size(), second.data(), of_second);
    return {together.data(), first.size() + of_second};
}

} // namespace

void TlsFree::operator()(SSL* connection) const
{
    // OpenSSL would take a connection that ends without goodbyes for a bad one, and its session with it.
    SSL_set_shutdown(connection, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(connection);
}

TlsConnection::TlsConnection(SSL_CTX* context, int socket, std::string_view already_read)
    : ssl_(make_connection(context, socket))
{
    if (!ssl_)
        return;
    SSL_set_accept_state(ssl_.get());
    if (already_read.empty())
        return;
    BIO* const memory = BIO_new_mem_buf(already_read.data(), static_cast<int>(already_read.size()));
    if (memory == nullptr) {
        ssl_.reset();
        return;
    }
    BIO_set_mem_eof_return(memory, -1); // its end is no end: the socket goes on
    SSL_set0_rbio(ssl_.get(), memory);
    begins_in_memory_ = true;
}

TlsConnection::TlsConnection(SSL_CTX* context, int socket)
    : ssl_(make_connection(context, socket))
{
    if (ssl_)
        SSL_set_connect_state(ssl_.get());
}

/// True if reading goes on from the socket now, and should be tried again.
bool TlsConnection::turn_to_socket()
{
    if (!begins_in_memory_)
        return false;
    begins_in_memory_ = false;
    BIO* const socket = SSL_get_wbio(ssl_.get());
    BIO_up_ref(socket);
    SSL_set0_rbio(ssl_.get(), socket);
    return true;
}

TlsConnection::Step TlsConnection::judge(int done)
{
    auto const kind = SSL_get_error(ssl_.get(), done);
    int const number = errno;
    switch (kind) {
    case SSL_ERROR_WANT_READ: return {Needs::readable};
    case SSL_ERROR_WANT_WRITE: return {Needs::writable};
    case SSL_ERROR_ZERO_RETURN: return {Needs::nothing, asio::error::eof};
    case SSL_ERROR_SYSCALL:
        if (number != 0)
            return {Needs::nothing, {number, boost::system::system_category()}};
        return {Needs::nothing, asio::ssl::error::stream_truncated};
    default: break;
    }
    auto const code = ERR_get_error();
    if (ERR_GET_LIB(code) == ERR_LIB_SSL && ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
        return {Needs::nothing, asio::ssl::error::stream_truncated};
    return {Needs::nothing, {static_cast<int>(code), asio::error::get_ssl_category()}};
}

TlsConnection::Step TlsConnection::handshake()
{
    if (!ssl_)
        return {Needs::nothing, asio::error::no_memory};
    for (;;) {
        ERR_clear_error();
        errno = 0;
        int const done = SSL_do_handshake(ssl_.get());
        if (done == 1)
            return {};
        auto const step = judge(done);
        if (step.needs != Needs::readable || !turn_to_socket())
            return step;
    }
}

TlsConnection::Step TlsConnection::read(std::span<char> into)
{
    for (;;) {
        ERR_clear_error();
        errno = 0;
        std::size_t size = 0;
        int const done = SSL_read_ex(ssl_.get(), into.data(), into.size(), &size);
        if (done == 1)
            return {Needs::nothing, {}, size};
        auto const step = judge(done);
        if (step.needs != Needs::readable || !turn_to_socket())
            return step;
    }
}

TlsConnection::Step TlsConnection::write(std::string_view first, std::string_view second)
{
    auto const bytes = second.empty() || first.size() >= record_size ? first : first.empty() ? second : joined(first, second);
    if (bytes.empty())
        return {};
    ERR_clear_error();
    errno = 0;
    std::size_t size = 0;
    int const done = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &size);
    return done == 1 ? Step{Needs::nothing, {}, size} : judge(done);
}

bool TlsConnection::is_silent()
{
    char byte = 0;
    ERR_clear_error();
    errno = 0;
    int const done = SSL_peek(ssl_.get(), &byte, 1);
    bool const silent = done <= 0 && SSL_get_error(ssl_.get(), done) == SSL_ERROR_WANT_READ;
    ERR_clear_error();
    return silent;
}

void TlsConnection::say_goodbye()
{
    if (!ssl_ || SSL_in_init(ssl_.get()))
        return;
    ERR_clear_error();
    (void)SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

} // namespace gatehouse::net
