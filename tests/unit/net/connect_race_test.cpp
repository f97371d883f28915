#include "proxy/net/connect_race.hpp"
#include "tests/unit/net/fixture.hpp"

namespace gatehouse::net {
namespace {

using namespace std::chrono_literals;

policy::IpAddress ip(std::string_view text)
{
    return policy::IpAddress::parse(text).value();
}

using ConnectRaceTest = NetTest;

TEST(InterleaveFamilies, AlternatesAndKeepsTheFirstFamilyInFront)
{
    EXPECT_EQ(interleave_families({ip("2001:db8::1"), ip("2001:db8::2"), ip("192.0.2.1"), ip("192.0.2.2"), ip("192.0.2.3")}),
        (std::vector{ip("2001:db8::1"), ip("192.0.2.1"), ip("2001:db8::2"), ip("192.0.2.2"), ip("192.0.2.3")}));
    EXPECT_EQ(interleave_families({}), std::vector<policy::IpAddress>{});
}

TEST_F(ConnectRaceTest, GoesToTheNextAddressAtOnceWhenOneRefuses)
{
    Acceptor acceptor(context, {asio::ip::make_address("127.0.0.2"), 0});
    auto const port = acceptor.local_endpoint().port();
    auto const won = run(race_to_connect(context.get_executor(), {ip("127.0.0.1"), ip("127.0.0.2")}, port, 60s, 60s));
    ASSERT_TRUE(won.socket);
    EXPECT_EQ(won.address, ip("127.0.0.2"));
}

TEST_F(ConnectRaceTest, SaysWhyWhenAllRefuse)
{
    Acceptor bound(context);
    bound.open(asio::ip::tcp::v4());
    bound.bind({asio::ip::address_v4::loopback(), 0}); // bound, never listening: a connect is refused
    auto const lost = run(race_to_connect(context.get_executor(), {ip("127.0.0.1")}, bound.local_endpoint().port(), 60s, 60s));
    EXPECT_FALSE(lost.socket);
    EXPECT_EQ(lost.failure, asio::error::connection_refused);
}

TEST_F(ConnectRaceTest, EndsWhenTheTimeIsUp)
{
    // A listener whose queue is full answers no further SYN: the attempt hangs as with a dead host.
    Acceptor full(context);
    full.open(asio::ip::tcp::v4());
    full.bind({asio::ip::address_v4::loopback(), 0});
    full.listen(0);
    std::vector<Socket> fillers;
    for (int i = 0; i < 8; ++i) {
        fillers.emplace_back(context.get_executor());
        fillers.back().async_connect(full.local_endpoint(), [](error_code) {});
    }
    auto const lost = run(race_to_connect(context.get_executor(), {ip("127.0.0.1")}, full.local_endpoint().port(), 50ms, 200ms));
    EXPECT_FALSE(lost.socket);
    EXPECT_EQ(lost.failure, asio::error::timed_out);
}

TEST_F(ConnectRaceTest, ConnectsToOneAddressWithoutTheRace)
{
    Acceptor acceptor(context, {asio::ip::make_address("127.0.0.2"), 0});
    auto won = run(connect_to(context.get_executor(), wheel, ip("127.0.0.2"), acceptor.local_endpoint().port(), 60s));
    ASSERT_TRUE(won.socket);
    EXPECT_EQ(won.address, ip("127.0.0.2"));
    EXPECT_TRUE(won.socket->is_open());
    EXPECT_EQ(won.socket->remote_endpoint(), acceptor.local_endpoint());
    EXPECT_TRUE(won.socket->non_blocking());
}

TEST_F(ConnectRaceTest, SaysWhyTheOneAddressRefused)
{
    Acceptor bound(context);
    bound.open(asio::ip::tcp::v4());
    bound.bind({asio::ip::address_v4::loopback(), 0});
    auto const lost = run(connect_to(context.get_executor(), wheel, ip("127.0.0.1"), bound.local_endpoint().port(), 60s));
    EXPECT_FALSE(lost.socket);
    EXPECT_EQ(lost.failure, asio::error::connection_refused);
}

TEST_F(ConnectRaceTest, GivesUpOnTheOneAddressWhenTheTimeIsUp)
{
    Acceptor full(context);
    full.open(asio::ip::tcp::v4());
    full.bind({asio::ip::address_v4::loopback(), 0});
    full.listen(0);
    std::vector<Socket> fillers;
    for (int i = 0; i < 8; ++i) {
        fillers.emplace_back(context.get_executor());
        fillers.back().async_connect(full.local_endpoint(), [](error_code) {});
    }
    auto const lost = run(connect_to(context.get_executor(), wheel, ip("127.0.0.1"), full.local_endpoint().port(), 200ms));
    EXPECT_FALSE(lost.socket);
    EXPECT_EQ(lost.failure, asio::error::timed_out);
}

} // namespace
} // namespace gatehouse::net
