#include "proxy/metrics.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>
#include <thread>

namespace gatehouse {
namespace {

namespace asio = boost::asio;

class MetricsTest : public ::testing::Test {
protected:
    MetricsTest()
        : thread([this] { context.run(); })
    {
    }
    ~MetricsTest() override
    {
        context.stop();
        thread.join();
    }

    std::string ask(std::string const& request)
    {
        asio::io_context mine;
        asio::ip::tcp::socket socket(mine);
        socket.connect({asio::ip::address_v4::loopback(), server.port()});
        asio::write(socket, asio::buffer(request));
        std::string answer;
        boost::system::error_code ec;
        asio::read(socket, asio::dynamic_buffer(answer), ec);
        return answer;
    }

    asio::io_context context{1};
    MetricsServer server{context, "127.0.0.1", 0, [] {
                             return std::vector<Metric>{{"requests_total", "Requests read.", true, 7}};
                         }};
    std::thread thread;
};

TEST(MetricsText, NamesExplainsAndCounts)
{
    EXPECT_EQ(metrics_text({{"requests_total", "Requests read.", true, 7}, {"tunnels", "Tunnels open.", false, 0}}),
        "# HELP gatehouse_requests_total Requests read.\n# TYPE gatehouse_requests_total counter\ngatehouse_requests_total 7\n"
        "# HELP gatehouse_tunnels Tunnels open.\n# TYPE gatehouse_tunnels gauge\ngatehouse_tunnels 0\n");
}

TEST_F(MetricsTest, AnswersAScrape)
{
    auto const answer = ask("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_NE(answer.find("gatehouse_requests_total 7\n"), std::string::npos);
}

TEST_F(MetricsTest, KnowsNothingElse)
{
    EXPECT_TRUE(ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n").starts_with("HTTP/1.1 404"));
    EXPECT_TRUE(ask("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n").starts_with("HTTP/1.1 404"));
}

TEST_F(MetricsTest, ClosesOnWhatIsNoRequest)
{
    EXPECT_EQ(ask("\x16\x03\x01 nonsense\r\n\r\n"), "");
    EXPECT_EQ(ask("GET /metrics HTTP/1.1\r\nX: " + std::string(20000, 'a') + "\r\n\r\n"), "");
}

} // namespace
} // namespace gatehouse
