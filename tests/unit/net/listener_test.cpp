#include "proxy/net/listener.hpp"

#include <boost/system/system_error.hpp>
#include <gtest/gtest.h>
#include <unistd.h>

namespace gatehouse::net {
namespace {

policy::IpAddress loopback()
{
    return policy::IpAddress::parse("127.0.0.1").value();
}

void close_all(BoundListeners const& bound)
{
    for (int const socket : bound.sockets)
        ::close(socket);
}

TEST(ListenOn, GivesEachWorkerASocketOnOnePort)
{
    auto const bound = listen_on(loopback(), 0, 3);
    EXPECT_EQ(bound.sockets.size(), 3U);
    EXPECT_NE(bound.port, 0);
    close_all(bound);
}

TEST(ListenOn, RefusesAPortThatAnotherGatewayHolds)
{
    auto const bound = listen_on(loopback(), 0, 1);
    EXPECT_THROW(listen_on(loopback(), bound.port, 1), boost::system::system_error);
    close_all(bound);
}

TEST(ListenOn, ListensOnIpv6)
{
    auto const bound = listen_on(policy::IpAddress::parse("::1").value(), 0, 1);
    EXPECT_NE(bound.port, 0);
    close_all(bound);
}

} // namespace
} // namespace gatehouse::net
