#include "proxy/control.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>

#include <gtest/gtest.h>
#include <stdexcept>
#include <stdlib.h>
#include <sys/stat.h>

namespace gatehouse {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;
using boost::system::error_code;
using Socket = asio::local::stream_protocol::socket;

class ControlTest : public testing::Test {
protected:
    ControlTest()
    {
        auto pattern = (std::filesystem::temp_directory_path() / "control-XXXXXX").string();
        dir_ = ::mkdtemp(pattern.data());
        path_ = dir_ / "control.sock";
    }
    ~ControlTest() override { std::filesystem::remove_all(dir_); }

    std::unique_ptr<ControlServer> serve(std::chrono::milliseconds deadline = control_deadline)
    {
        ControlHandlers handlers;
        handlers["status"] = [](json::object const&) { return json::object{{"version", "7"}}; };
        handlers["reload"] = [](json::object const&) { return json::object{{"ok", false}, {"error", "bad policy"}}; };
        handlers["echo"] = [](json::object const& request) { return json::object{{"text", request.at("text").as_string()}}; };
        return std::make_unique<ControlServer>(context_, path_, std::move(handlers), deadline);
    }

    Socket connect()
    {
        Socket socket{context_};
        socket.connect({path_.string()});
        return socket;
    }

    /// Sends text and returns what comes back until a line ends or the other side closes.
    std::string exchange(Socket& socket, std::string const& text)
    {
        std::string reply;
        bool done = false;
        asio::async_write(socket, asio::buffer(text), [](error_code, std::size_t) {});
        asio::async_read_until(socket, asio::dynamic_buffer(reply), '\n', [&](error_code, std::size_t) { done = true; });
        while (!done)
            context_.run_one();
        return reply;
    }

    json::object ask(std::string const& line)
    {
        auto socket = connect();
        return json::parse(exchange(socket, line + '\n')).as_object();
    }

    asio::io_context context_;
    std::filesystem::path dir_, path_;
};

TEST_F(ControlTest, AnswersAVerb)
{
    auto const server = serve();
    EXPECT_EQ(ask(R"({"verb":"status"})"), (json::object{{"version", "7"}, {"ok", true}}));
    EXPECT_EQ(ask(R"({"verb":"reload"})"), (json::object{{"ok", false}, {"error", "bad policy"}}));
}

TEST_F(ControlTest, AnswersSeveralLinesOnOneConnection)
{
    auto const server = serve();
    auto socket = connect();
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(json::parse(exchange(socket, "{\"verb\":\"echo\",\"text\":\"hello\"}\n")).at("text").as_string(), "hello");
}

TEST_F(ControlTest, SaysWhatIsWrong)
{
    auto const server = serve();
    for (auto const* const line : {"", "nonsense", "[1]", "{}", R"({"verb":"drop"})", R"({"verb":7})", R"({"verb":"echo"})",
             R"({"verb":"echo","text":1})", R"({"verb":"status"}{})"}) {
        auto const reply = ask(line);
        EXPECT_FALSE(reply.at("ok").as_bool()) << line;
        EXPECT_FALSE(reply.at("error").as_string().empty()) << line;
    }
}

TEST_F(ControlTest, BelongsToItsOwnerOnly)
{
    auto const server = serve();
    struct ::stat status { };
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(ControlTest, ClosesOnALineThatIsTooLong)
{
    auto const server = serve();
    auto socket = connect();
    EXPECT_EQ(exchange(socket, std::string(max_control_line + 1, 'x')), "");
    EXPECT_TRUE(ask(R"({"verb":"status"})").at("ok").as_bool());
}

TEST_F(ControlTest, ClosesOnSilence)
{
    auto const server = serve(std::chrono::milliseconds{20});
    auto socket = connect();
    EXPECT_EQ(exchange(socket, "{\"verb\":"), "");
}

TEST_F(ControlTest, TakesABoundedNumberOfConnections)
{
    auto const server = serve();
    std::vector<Socket> open;
    for (std::size_t i = 0; i < max_control_connections; ++i) {
        open.push_back(connect());
        EXPECT_NE(exchange(open.back(), "{\"verb\":\"status\"}\n"), "");
    }
    auto over = connect();
    EXPECT_EQ(exchange(over, "{\"verb\":\"status\"}\n"), "");
    open.front().close();
    context_.poll();
    EXPECT_TRUE(ask(R"({"verb":"status"})").at("ok").as_bool());
}

TEST_F(ControlTest, ReplacesASocketLeftBehindByACrash)
{
    {
        asio::local::stream_protocol::acceptor crashed{context_, {path_.string()}};
    }
    ASSERT_TRUE(std::filesystem::exists(path_));
    auto const server = serve();
    EXPECT_TRUE(ask(R"({"verb":"status"})").at("ok").as_bool());
}

TEST_F(ControlTest, RefusesASecondDaemonOnOneState)
{
    auto const server = serve();
    EXPECT_THROW(serve(), std::runtime_error);
    EXPECT_TRUE(ask(R"({"verb":"status"})").at("ok").as_bool());
}

TEST_F(ControlTest, CleansUpWithOpenConnections)
{
    auto server = serve();
    auto socket = connect();
    exchange(socket, "{\"verb\":\"status\"}\n");
    server.reset();
    EXPECT_FALSE(std::filesystem::exists(path_));
    EXPECT_EQ(exchange(socket, "{\"verb\":\"status\"}\n"), "");
}

} // namespace
} // namespace gatehouse
