#include "tests/unit/ctl/ctl_support.hpp"

#include "proxy/checks/machine.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>

#include <fstream>
#include <map>
#include <thread>

namespace gatehouse::ctl {
namespace {

namespace asio = boost::asio;
using namespace checks; // what it asks of the machine

Endpoint endpoint_of(std::uint16_t port)
{
    return {policy::IpAddress::from_v4(0x7f000001), port};
}

TEST(LookAtPort, TellsFreeFromTaken)
{
    asio::io_context context;
    asio::ip::tcp::acceptor taken{context, {asio::ip::make_address("127.0.0.1"), 0}};
    auto const port = taken.local_endpoint().port();
    EXPECT_EQ(look_at_port(endpoint_of(port)), PortState::in_use);
    taken.close();
    EXPECT_EQ(look_at_port(endpoint_of(port)), PortState::free);
    EXPECT_EQ(look_at_port({policy::IpAddress::parse("203.0.113.1").value(), 0}), PortState::not_ours);
}

TEST(NameServers, ComeFromTheSettingsOrTheSystem)
{
    auto const path = std::filesystem::temp_directory_path() / ("resolv-" + std::to_string(::getpid()));
    std::ofstream{path} << "# comment\nsearch example.org\nnameserver 10.0.0.53\nnameserver fd00::53\nnameserver nonsense\n";
    auto const system = name_servers({}, path);
    ASSERT_EQ(system.size(), 2U);
    EXPECT_EQ(system[1].address.to_text(), "fd00::53");
    EXPECT_EQ(system[1].port, 53);
    Resolver settings;
    settings.servers = {"10.0.0.1:5353", "[fd00::1]:53", "10.0.0.2"};
    auto const own = name_servers(settings, path);
    ASSERT_EQ(own.size(), 3U);
    EXPECT_EQ(own[0].port, 5353);
    std::filesystem::remove(path);
}

TEST(AnswersDns, TakesAnyAnswerToItsOwnQuestion)
{
    asio::io_context context;
    asio::ip::udp::socket server{context, {asio::ip::make_address("127.0.0.1"), 0}};
    auto const port = server.local_endpoint().port();
    std::thread answering{[&] {
        for (bool const right : {true, false}) {
            std::array<char, 512> bytes{};
            asio::ip::udp::endpoint client;
            auto const size = server.receive_from(asio::buffer(bytes), client);
            bytes[2] = static_cast<char>(0x80);
            bytes[0] = static_cast<char>(right ? bytes[0] : bytes[0] + 1);
            server.send_to(asio::buffer(bytes, size), client);
        }
    }};
    EXPECT_TRUE(answers_dns(endpoint_of(port), std::chrono::seconds{5}));
    EXPECT_FALSE(answers_dns(endpoint_of(port), std::chrono::seconds{5}));
    answering.join();
    EXPECT_FALSE(answers_dns(endpoint_of(port), std::chrono::milliseconds{10}));
}

class DoctorTest : public School {
protected:
    /// Finding id -> state.
    std::map<std::string, std::string> examine()
    {
        std::map<std::string, std::string> states;
        auto const json = call_json(doctor).json();
        for (auto const& finding : json.at("findings").as_array())
            states[std::string{finding.at("id").as_string()}] = finding.at("state").as_string();
        return states;
    }
};

TEST_F(DoctorTest, FindsAFreshSchoolWellButWithoutCaAndDaemon)
{
    auto const states = examine();
    EXPECT_EQ(states.at("clock"), "ok");
    EXPECT_EQ(states.at("configuration"), "ok");
    EXPECT_EQ(states.at("lists"), "ok");
    EXPECT_EQ(states.at("ca"), "warning");
    EXPECT_EQ(states.at("state"), "ok");
    EXPECT_EQ(states.at("daemon"), "warning");
    EXPECT_EQ(states.at("port-proxy"), "ok");
    EXPECT_TRUE(states.contains("dns"));
    EXPECT_TRUE(states.contains("disk-log"));
}

TEST_F(DoctorTest, NoticesWhatGoesWrong)
{
    namespace fs = std::filesystem;
    EXPECT_EQ(call([](Common const& common, Streams streams) { return ca_create(common, "", streams); }).status, success);
    EXPECT_EQ(examine().at("ca"), "ok");
    fs::permissions(state_ / "ca/ca.key", fs::perms::others_read, fs::perm_options::add);
    EXPECT_EQ(examine().at("ca"), "failed");
    fs::permissions(state_, fs::perms::others_read, fs::perm_options::add);
    EXPECT_EQ(examine().at("state"), "warning");
    fs::last_write_time(state_ / "lists.image", fs::file_time_type::clock::now() - std::chrono::hours{72});
    EXPECT_EQ(examine().at("lists"), "warning");
    fs::remove(state_ / "lists.image");
    EXPECT_EQ(examine().at("lists"), "failed");
    EXPECT_EQ(examine().at("configuration"), "failed");
    EXPECT_EQ(call(doctor).status, failure);

    asio::io_context context;
    asio::ip::tcp::acceptor other{context, {asio::ip::make_address("127.0.0.1"), 0}};
    replace("gatehouse.toml", "\"127.0.0.1:0\"", "\"127.0.0.1:" + std::to_string(other.local_endpoint().port()) + "\"");
    EXPECT_EQ(examine().at("port-proxy"), "failed");
}

} // namespace
} // namespace gatehouse::ctl
