#include "tests/unit/ctl/ctl_support.hpp"

#include "proxy/control.hpp"
#include "proxy/control_client.hpp"

#include <thread>

namespace gatehouse::ctl {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

/// A daemon that answers what a test wants, on the school's control socket.
class RemoteTest : public School {
protected:
    void serve(ControlHandlers handlers)
    {
        server_ = std::make_unique<ControlServer>(context_, state_ / "control.sock", std::move(handlers));
        thread_ = std::thread{[this] { context_.run(); }};
    }
    ~RemoteTest() override
    {
        context_.stop();
        if (thread_.joinable())
            thread_.join();
    }

    boost::asio::io_context context_;
    std::unique_ptr<ControlServer> server_;
    std::thread thread_;
};

TEST_F(RemoteTest, SaysSoWhenNoGatewayRuns)
{
    auto const said = call(status);
    EXPECT_EQ(said.status, failure);
    EXPECT_THAT(said.error, HasSubstr("is gatehoused running?"));
    EXPECT_FALSE(call_json(reload).json().at("ok").as_bool());
}

TEST_F(RemoteTest, ShowsTheStatus)
{
    serve({{"status", [](json::object const&) { return json::object{{"school", "Ashgrove"}, {"requests", 12}}; }}});
    auto const said = call(status);
    EXPECT_EQ(said.status, success);
    EXPECT_THAT(said.out, HasSubstr("Ashgrove\n"));
    EXPECT_THAT(said.out, HasSubstr("requests                 12\n"));
    EXPECT_EQ(call_json(status).json().at("requests").to_number<int>(), 12);
}

TEST_F(RemoteTest, ShowsWhyAPolicyWasRefused)
{
    serve({{"reload", [](json::object const&) {
                return json::object{{"ok", false}, {"error", "version 3 stays in force"},
                    {"problems",
                        {{{"severity", "error"}, {"file", "policy.toml"}, {"line", 7}, {"column", 3}, {"message", "unknown role"},
                            {"suggestion", "did you mean \"pupil\"?"}}}}};
            }}});
    auto const said = call(reload);
    EXPECT_EQ(said.status, failure);
    EXPECT_THAT(said.error, HasSubstr("version 3 stays in force"));
    EXPECT_THAT(said.error, HasSubstr("policy.toml:7:3: error: unknown role\n    did you mean \"pupil\"?\n"));
    EXPECT_EQ(call_json(reload).status, failure);
}

TEST_F(RemoteTest, SaysWhichPolicyIsInForce)
{
    serve({{"reload", [](json::object const&) { return json::object{{"version", "4"}, {"problems", json::array{}}}; }}});
    auto const said = call(reload);
    EXPECT_EQ(said.status, success);
    EXPECT_EQ(said.out, "policy version 4 is in force\n");
}

TEST_F(RemoteTest, SearchesTheLog)
{
    json::object asked;
    serve({{"log", [&](json::object const& request) {
                asked = request;
                return json::object{
                    {"rows",
                        {{{"at", "2026-11-24T10:40"}, {"verdict", "block"}, {"url", "www.instagram.com:443"}, {"status", 403}}}},
                    {"next", "2026-11-24.7"}};
            }}});
    LogOptions options;
    options.host = "instagram.com";
    options.verdict = "block";
    options.limit = 5;
    auto const said = call([&](Common const& common, Streams streams) { return log(common, options, streams); });
    EXPECT_EQ(said.status, success) << said.error;
    EXPECT_EQ(said.out, "2026-11-24T10:40  block  www.instagram.com:443  403\nolder rows: --cursor 2026-11-24.7\n");
    EXPECT_EQ(asked, (json::object{{"verb", "log"}, {"limit", 5}, {"host", "instagram.com"}, {"verdict", "block"}}));
}

TEST_F(RemoteTest, ListsRequests)
{
    serve({{"requests", [](json::object const& request) {
                json::array rows;
                if (request.contains("state"))
                    rows.push_back({{"reference", "K7QF-3M9P"}, {"state", "approved"}, {"host", "example.org"}});
                return json::object{{"requests", std::move(rows)}};
            }}});
    EXPECT_EQ(call([](Common const& common, Streams streams) { return requests(common, "", streams); }).out, "no requests\n");
    EXPECT_EQ(call([](Common const& common, Streams streams) { return requests(common, "approved", streams); }).out,
        "K7QF-3M9P  approved  example.org\n");
}

TEST(AskDaemon, GivesUpOnSilence)
{
    boost::asio::io_context context;
    auto pattern = (std::filesystem::temp_directory_path() / "ask-XXXXXX").string();
    std::filesystem::path const dir = ::mkdtemp(pattern.data());
    {
        ControlServer const silent{context, dir / "control.sock", {}}; // nobody runs its context
        auto const answer = ask_daemon(dir / "control.sock", {{"verb", "status"}}, std::chrono::milliseconds{20});
        ASSERT_FALSE(answer);
        EXPECT_EQ(answer.error(), boost::system::errc::timed_out);
    }
    std::filesystem::remove_all(dir);
}

} // namespace
} // namespace gatehouse::ctl
