#include "proxy/net/tls_connection.hpp"
#include "tests/unit/net/server_context.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

#include <array>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

namespace gatehouse::net {
namespace {

namespace asio = boost::asio;
using Needs = TlsConnection::Needs;

/// Both ends of one connection, as two sockets that do not block.
class TlsConnectionTest : public testing::Test {
protected:
    TlsConnectionTest() { connect(); }
    ~TlsConnectionTest() override { close(); }
    void connect()
    {
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, sockets_.data());
        client_ = std::make_unique<TlsConnection>(client_context_.get(), sockets_[0]);
    }
    void close()
    {
        for (int const socket : sockets_)
            ::close(socket);
    }
    void serve(std::string_view already_read = {})
    {
        server_ = std::make_unique<TlsConnection>(server_context_.get(), sockets_[1], already_read);
    }
    /// Turns of both sides until both have shaken hands. False: somebody failed.
    bool shake_hands()
    {
        for (int turn = 0; turn < 10; ++turn) {
            auto const ours = client_->handshake(), theirs = server_->handshake();
            if (ours.failure || theirs.failure)
                return false;
            if (ours.needs == Needs::nothing && theirs.needs == Needs::nothing)
                return true;
        }
        return false;
    }
    /// What the server sent so far, as the client reads it.
    std::string read_all(TlsConnection& from)
    {
        std::string all;
        std::array<char, 1000> piece;
        for (;;) {
            auto const step = from.read(piece);
            failure_ = step.failure;
            if (step.failure || step.needs != Needs::nothing)
                return all;
            all.append(piece.data(), step.size);
        }
    }

    std::array<int, 2> sockets_{};
    Context client_context_{SSL_CTX_new(TLS_client_method())}, server_context_ = server_context();
    std::unique_ptr<TlsConnection> client_, server_;
    error_code failure_;
};

TEST_F(TlsConnectionTest, CarriesBytesBothWays)
{
    serve();
    ASSERT_TRUE(shake_hands());
    EXPECT_EQ(client_->write("one ", "record").size, 10U);
    EXPECT_EQ(read_all(*server_), "one record");
    EXPECT_EQ(server_->write("", "second part alone").size, 17U);
    EXPECT_EQ(read_all(*client_), "second part alone");
    EXPECT_FALSE(failure_);
}

TEST_F(TlsConnectionTest, GoesOnFromWhatWasAlreadyRead)
{
    for (std::size_t const taken : {std::size_t{1}, std::size_t{100}, std::size_t{100000}}) {
        close();
        connect();
        EXPECT_EQ(client_->handshake().needs, Needs::readable);
        std::string hello(taken, '\0');
        hello.resize(static_cast<std::size_t>(::recv(sockets_[1], hello.data(), hello.size(), 0)));
        serve(hello);
        ASSERT_TRUE(shake_hands()) << taken;
        EXPECT_EQ(client_->write("heard", {}).size, 5U);
        EXPECT_EQ(read_all(*server_), "heard");
    }
}

TEST_F(TlsConnectionTest, WritesMoreThanTheSocketTakes)
{
    serve();
    ASSERT_TRUE(shake_hands());
    std::string const head(5000, 'h'), body(3 << 20, 'b');
    std::string_view first = head, second = body;
    std::string heard;
    bool waited = false;
    while (!first.empty() || !second.empty()) {
        auto const step = server_->write(first, second);
        ASSERT_FALSE(step.failure) << step.failure.message();
        waited = waited || step.needs == Needs::writable;
        auto const of_first = std::min(step.size, first.size());
        first.remove_prefix(of_first);
        second.remove_prefix(step.size - of_first);
        if (step.needs == Needs::writable)
            heard += read_all(*client_);
    }
    heard += read_all(*client_);
    EXPECT_TRUE(waited) << "the socket took all of it: the test tested nothing";
    EXPECT_EQ(heard, head + body);
}

TEST_F(TlsConnectionTest, TellsAnEndFromABrokenConnection)
{
    serve();
    ASSERT_TRUE(shake_hands());
    server_->write("last", {});
    server_->say_goodbye();
    EXPECT_EQ(read_all(*client_), "last");
    EXPECT_EQ(failure_, asio::error::eof);
    ::shutdown(sockets_[0], SHUT_WR); // without a word
    read_all(*server_);
    EXPECT_EQ(failure_, asio::ssl::error::stream_truncated);
}

TEST_F(TlsConnectionTest, IsSilentUntilSomethingComes)
{
    serve();
    ASSERT_TRUE(shake_hands());
    EXPECT_TRUE(client_->is_silent()) << "the server's session tickets are no answer";
    server_->write("unasked", {});
    EXPECT_FALSE(client_->is_silent());
    EXPECT_EQ(read_all(*client_), "unasked");
    EXPECT_TRUE(client_->is_silent());
    server_->say_goodbye();
    EXPECT_FALSE(client_->is_silent());
}

TEST_F(TlsConnectionTest, FailsOnWhatIsNoTls)
{
    std::string const request = "GET / HTTP/1.1\r\n\r\n";
    serve(request);
    EXPECT_TRUE(server_->handshake().failure);
    serve();
    ASSERT_EQ(::send(sockets_[0], request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
    EXPECT_TRUE(server_->handshake().failure);
}

} // namespace
} // namespace gatehouse::net
