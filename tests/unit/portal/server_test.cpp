#include "proxy/portal/certificate.hpp"
#include "proxy/portal/server.hpp"
#include "proxy/settings.hpp"
#include "proxy/store/store.hpp"
#include "proxy/tls/issuer.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

namespace gatehouse::portal {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using testing::HasSubstr;
using testing::StartsWith;

/// A server on free ports with an empty store, on a thread of its own.
class ServerTest : public testing::Test {
protected:
    ServerTest()
    {
        folder = std::filesystem::temp_directory_path() / ("gatehouse-portal-" + std::to_string(::getpid()));
        std::filesystem::remove_all(folder);
        settings.state_dir = folder;
        settings.log_dir = folder / "log";
        settings.portal.address = settings.console.address = policy::IpAddress::from_v4(0x7f000001);
        store::StoreOptions options;
        options.ledger.state_dir = folder;
        options.hash_cost = {1, 8 * 1024 * 1024};
        store = std::move(store::Store::open(options).value());
        policy::Policy example;
        example.school = "Ashgrove Academy";
        policy = std::make_shared<policy::Policy const>(std::move(example));
        server = std::make_unique<Server>(context,
            Services{settings, *store,
                [](std::string_view) {
                    return PublishResult{true, "v2", {}};
                },
                [] {
                    return PublishResult{true, "v2", {}};
                },
                [this](store::AccountId) {
                    return Preview{policy, {}};
                },
                [this] { return policy; }, [] { return PolicyHealth{}; }, [] { return std::string("{\"up\":true}"); },
                [] { return std::string(); }});
        thread = std::thread([this] { context.run(); });
    }
    ~ServerTest() override
    {
        context.stop();
        thread.join();
        server.reset();
        store->close();
        std::filesystem::remove_all(folder);
    }

    /// Sends the bytes and reads until the server closes.
    std::string talk(std::string bytes) const
    {
        asio::io_context own;
        tcp::socket socket{own};
        socket.connect({asio::ip::address_v4::loopback(), server->portal_port()});
        error_code failure;
        asio::write(socket, asio::buffer(bytes), failure);
        std::string answer;
        asio::read(socket, asio::dynamic_buffer(answer), failure);
        return answer;
    }
    std::string host() const { return "127.0.0.1:" + std::to_string(server->portal_port()); }
    std::string get(std::string const& path) const
    {
        return talk("GET " + path + " HTTP/1.1\r\nHost: " + host() + "\r\nConnection: close\r\n\r\n");
    }

    std::filesystem::path folder;
    Settings settings;
    std::unique_ptr<store::Store> store;
    std::shared_ptr<policy::Policy const> policy;
    asio::io_context context;
    std::unique_ptr<Server> server;
    std::thread thread;
};

TEST_F(ServerTest, ServesTheWelcomePage)
{
    auto const page = get("/");
    EXPECT_THAT(page, StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(page, HasSubstr("Ashgrove Academy"));
    EXPECT_THAT(page, HasSubstr("Cache-Control: no-store"));
    EXPECT_THAT(page, HasSubstr("Content-Security-Policy: default-src 'none'"));
}

TEST_F(ServerTest, TellsHowTheCertificateGetsOntoADevice)
{
    EXPECT_THAT(get("/device"), StartsWith("HTTP/1.1 404")) << "there is none yet";
    ASSERT_TRUE(tls::create_ca(settings.state_dir / "ca", "Ashgrove Academy"));
    auto const page = get("/device");
    EXPECT_THAT(page, StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(page, HasSubstr(tls::read_ca_info(settings.state_dir / "ca").value().sha256));
    for (auto const* const device : {"Windows", "Mac", "iPhone and iPad", "Android", "Chromebook", "Firefox"})
        EXPECT_THAT(page, HasSubstr(device));
}

TEST_F(ServerTest, AnswersHostileRequestsPlainly)
{
    struct Case {
        char const* name;
        std::string bytes;
        char const* status;
    };
    auto const line = "Host: " + host() + "\r\nConnection: close\r\n";
    for (auto const& [name, bytes, status] : {Case{"no Host", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", "HTTP/1.1 400"},
             Case{"two Hosts", "GET / HTTP/1.1\r\n" + line + line + "\r\n", "HTTP/1.1 400"},
             Case{"foreign Host", "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", "HTTP/1.1 421"},
             Case{"absolute form", "GET http://evil.example/ HTTP/1.1\r\n" + line + "\r\n", "HTTP/1.1 400"},
             Case{"junk", "\x16\x03\x01\x02\r\n\r\n", "HTTP/1.1 400"},
             Case{"long head", "GET / HTTP/1.1\r\n" + line + "X: " + std::string(20'000, 'x') + "\r\n\r\n", "HTTP/1.1 431"},
             Case{"long body", "POST /ask HTTP/1.1\r\n" + line + "Content-Length: 70000\r\n\r\n", "HTTP/1.1 413"},
             Case{"unknown page", "GET /nothing HTTP/1.1\r\n" + line + "\r\n", "HTTP/1.1 404"},
             Case{"dot segments", "GET /assets/../proxy.pac HTTP/1.1\r\n" + line + "\r\n", "HTTP/1.1 404"},
             Case{"other method", "DELETE / HTTP/1.1\r\n" + line + "\r\n", "HTTP/1.1 405"},
             Case{"broken query", "GET /ask?t=%GG HTTP/1.1\r\n" + line + "\r\n", "HTTP/1.1 400"},
             Case{"cross-site form",
                 "POST /tell HTTP/1.1\r\n" + line + "Origin: http://evil.example\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 403"},
             Case{"HEAD", "HEAD / HTTP/1.1\r\n" + line + "\r\n", "HTTP/1.1 200"}})
        EXPECT_THAT(talk(bytes), StartsWith(status)) << name;
    EXPECT_THAT(get("/help"), StartsWith("HTTP/1.1 200")) << "and goes on";
}

TEST_F(ServerTest, KeepsAskingPossibleWithoutABlockPage)
{
    std::string const form = "site=www.wanted.example&why=homework&name=Sam";
    auto const answer = talk("POST /ask HTTP/1.1\r\nHost: " + host()
        + "\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
        + std::to_string(form.size()) + "\r\n\r\n" + form);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 303"));
    EXPECT_THAT(answer, HasSubstr("Location: /status/"));
}

TEST_F(ServerTest, ReadsFormsWithFilesAsOtherForms)
{
    auto const ask = [&](std::string const& body, std::string const& boundary = "b1") {
        return talk("POST /ask HTTP/1.1\r\nHost: " + host()
            + "\r\nConnection: close\r\nContent-Type: multipart/form-data; boundary=" + boundary
            + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    };
    auto const field = [](std::string const& name, std::string const& value) {
        return "--b1\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    };
    auto const form = field("site", "www.wanted.example") + field("why", "homework") + field("name", "Sam");
    EXPECT_THAT(ask(form + "--b1--\r\n"), StartsWith("HTTP/1.1 303"));
    EXPECT_THAT(ask(form), StartsWith("HTTP/1.1 400")) << "no end";
    EXPECT_THAT(ask(form + "--b1--\r\n", "other"), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(ask(form + "--b1--\r\n", ""), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(ask(form + field("x", std::string(70'000, 'x')) + "--b1--\r\n"), StartsWith("HTTP/1.1 413"))
        << "the portal takes no files";
    EXPECT_THAT(get("/help"), StartsWith("HTTP/1.1 200")) << "and goes on";
}

TEST_F(ServerTest, ServesTheConsoleOverTlsOnly)
{
    asio::io_context own;
    asio::ssl::context tls{asio::ssl::context::tls_client};
    asio::ssl::stream<tcp::socket> stream{own, tls};
    stream.lowest_layer().connect({asio::ip::address_v4::loopback(), server->console_port()});
    stream.handshake(asio::ssl::stream_base::client);
    auto const request
        = "GET / HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(server->console_port()) + "\r\nConnection: close\r\n\r\n";
    asio::write(stream, asio::buffer(request));
    std::string answer;
    error_code failure;
    asio::read(stream, asio::dynamic_buffer(answer), failure);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 303"));
    EXPECT_THAT(answer, HasSubstr("Location: /sign-in"));
    EXPECT_THAT(answer, HasSubstr("Strict-Transport-Security"));
}

TEST_F(ServerTest, KeepsTheCertificateAndHidesItsKey)
{
    using std::filesystem::perms;
    auto const files = console_certificate(settings);
    EXPECT_EQ(std::filesystem::status(files.key).permissions(), perms::owner_read | perms::owner_write);
    auto const written = std::filesystem::last_write_time(files.certificate);
    console_certificate(settings);
    EXPECT_EQ(std::filesystem::last_write_time(files.certificate), written) << "a usable one is kept";
    settings.console_url = "https://console.school.example";
    EXPECT_THAT(certificate_names(settings), HasSubstr("DNS:console.school.example"));
    console_certificate(settings);
    EXPECT_NE(std::filesystem::last_write_time(files.certificate), written) << "a new name needs a new one";
}

/// A power cut leaves less than what was written, or one file of before and one of after.
TEST_F(ServerTest, MakesTheCertificateAnewIfItsKeyIsNotWhole)
{
    auto const files = console_certificate(settings);
    std::filesystem::rename(files.key, folder / "of-before");
    console_certificate(settings);
    auto const is_a_pair = [&files] {
        asio::ssl::context tls{asio::ssl::context::tls_server};
        error_code failure;
        tls.use_certificate_chain_file(files.certificate.string(), failure);
        if (!failure)
            tls.use_private_key_file(files.key.string(), asio::ssl::context::pem, failure);
        return !failure;
    };
    EXPECT_TRUE(is_a_pair()) << "its key was gone";
    for (auto const kept : {std::uintmax_t{0}, std::uintmax_t{100}}) {
        std::filesystem::resize_file(files.key, kept);
        console_certificate(settings);
        EXPECT_TRUE(is_a_pair()) << "of its key were left " << kept;
    }
    std::filesystem::copy_file(folder / "of-before", files.key, std::filesystem::copy_options::overwrite_existing);
    console_certificate(settings);
    EXPECT_TRUE(is_a_pair()) << "its key was another";
}

} // namespace
} // namespace gatehouse::portal
