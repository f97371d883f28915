#include "proxy/net/upstream_pool.hpp"
#include "tests/unit/net/fixture.hpp"

namespace gatehouse::net {
namespace {

using namespace std::chrono_literals;

class UpstreamPoolTest : public NetTest {
protected:
    UpstreamPoolTest() { guard.reachable_private = {policy::Network::parse("127.0.0.0/8").value()}; }

    std::unique_ptr<Upstream> acquire(UpstreamPool& from)
    {
        auto acquired = run(from.acquire({host, port}));
        EXPECT_TRUE(acquired.failure.empty()) << acquired.failure;
        return std::move(acquired.upstream);
    }

    Acceptor acceptor{context, {asio::ip::address_v4::loopback(), 0}};
    std::uint16_t port = acceptor.local_endpoint().port();
    policy::Host host = policy::Host::parse("127.0.0.1").value();
    AddressGuard guard;
    ResolverThread thread{{{"127.0.0.1:9"}, {}, 600ms, 300s, 5s}};
    Resolver resolver{thread, context.get_executor(), 10};
    Dialer dialer{resolver, guard, context.get_executor(), wheel, {}};
    UpstreamPool pool{dialer, wheel, {.total = 3, .per_host = 2, .idle = 60s}};
};

TEST_F(UpstreamPoolTest, GivesAKeptConnectionAgain)
{
    pool.release({host, port}, acquire(pool));
    EXPECT_EQ(pool.size(), 1U);
    EXPECT_TRUE(acquire(pool)->reused);
    EXPECT_EQ(pool.size(), 0U);
}

TEST_F(UpstreamPoolTest, NeverGivesAConnectionOnWhichTheOriginSpokeUnasked)
{
    auto upstream = acquire(pool);
    Socket far(context.get_executor());
    acceptor.accept(far);
    far.write_some(asio::buffer("HTTP/1.1 200 OK\r\n\r\n", 19));
    pool.release({host, port}, std::move(upstream));
    EXPECT_FALSE(acquire(pool)->reused);
}

TEST_F(UpstreamPoolTest, NeverGivesAConnectionThatTheOriginClosed)
{
    auto upstream = acquire(pool);
    Socket far(context.get_executor());
    acceptor.accept(far);
    far.close();
    pool.release({host, port}, std::move(upstream));
    EXPECT_FALSE(acquire(pool)->reused);
}

TEST_F(UpstreamPoolTest, KeepsNoMoreThanItsLimitPerHost)
{
    std::vector<std::unique_ptr<Upstream>> many;
    for (int i = 0; i < 5; ++i)
        many.push_back(acquire(pool));
    for (auto& upstream : many)
        pool.release({host, port}, std::move(upstream));
    EXPECT_EQ(pool.size(), 2U);
}

TEST_F(UpstreamPoolTest, RefusesAnAddressThatNobodyMayReach)
{
    guard.reachable_private.clear();
    EXPECT_EQ(run(pool.acquire({host, port})).failure, "private-address");
}

} // namespace
} // namespace gatehouse::net
