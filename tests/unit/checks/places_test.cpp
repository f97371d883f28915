#include "proxy/checks/places.hpp"

#include "tests/unit/checks/school.hpp"

namespace gatehouse::checks::test {
namespace {

policy::IpAddress address(std::string_view text)
{
    return *policy::IpAddress::parse(text);
}

bool anywhere(policy::IpAddress const&)
{
    return true;
}

policy::NetworkInfo network(std::string const& id, std::string_view range, std::string const& role)
{
    policy::NetworkInfo info;
    info.id = id;
    info.title = "The " + id;
    info.ranges = {*policy::Network::parse(range)};
    info.role = role;
    return info;
}

TEST(Places, AreTheNetworksInWhichThisMachineHasAnAddress)
{
    auto policy = school(); // its room is 10.0.0.0/8
    policy.networks.push_back(network("office", "192.168.7.0/24", "staff"));
    std::vector<policy::IpAddress> const own{address("127.0.0.1"), address("10.3.0.1")};
    auto const places = find_places(policy, own, anywhere);
    ASSERT_EQ(places.reached.size(), 2U);
    EXPECT_EQ(places.reached[0].title, "Room");
    EXPECT_EQ(places.reached[0].subject.address, address("10.3.0.1"));
    EXPECT_EQ(places.reached[0].subject.role, "pupil");
    EXPECT_EQ(places.reached[0].subject.groups, std::vector<std::string>{"year-9"});
    EXPECT_EQ(places.reached[1].title, "") << "where nobody is known";
    EXPECT_EQ(places.reached[1].subject.address, address("127.0.0.1"));
    EXPECT_EQ(places.reached[1].subject.network, "");
    ASSERT_EQ(places.unreached.size(), 1U);
    EXPECT_EQ(places.unreached[0].title, "The office");
    EXPECT_EQ(places.unreached[0].subject.role, "staff");
}

TEST(Places, TakeAddressesOfTheLoopbackForRoomsThere)
{
    auto policy = school();
    policy.networks = {network("hall", "127.0.1.9", "pupil"), network("all", "127.0.0.0/8", "staff")};
    std::vector<policy::IpAddress> const own{address("127.0.0.1")};
    auto const places = find_places(policy, own, anywhere);
    ASSERT_EQ(places.reached.size(), 2U) << "no address is left that is in no network";
    EXPECT_EQ(places.reached[0].subject.address, address("127.0.1.9"));
    EXPECT_EQ(places.reached[1].subject.address, address("127.0.0.1"));
    EXPECT_TRUE(places.unreached.empty());
}

TEST(Places, AreThoseFromWhereAListenerCanBeReached)
{
    auto policy = school();
    policy.networks = {network("hall", "10.1.0.0/16", "pupil")};
    std::vector<policy::IpAddress> const own{address("fe80::1"), address("10.1.0.1"), address("10.1.0.2")};
    auto const only_one = [](policy::IpAddress const& from) { return from == address("10.1.0.2"); };
    auto const places = find_places(policy, own, only_one);
    ASSERT_EQ(places.reached.size(), 1U);
    EXPECT_EQ(places.reached[0].subject.address, address("10.1.0.2"));
}

TEST(Places, AreNotThoseThatANetworkAboveTakes)
{
    auto policy = school();
    policy.networks = {network("hall", "10.1.0.0/16", "pupil"), network("stage", "10.1.0.1", "staff")};
    std::vector<policy::IpAddress> const own{address("10.1.0.1")};
    auto const places = find_places(policy, own, anywhere);
    ASSERT_EQ(places.unreached.size(), 1U);
    EXPECT_EQ(places.unreached[0].title, "The stage");
}

} // namespace
} // namespace gatehouse::checks::test
