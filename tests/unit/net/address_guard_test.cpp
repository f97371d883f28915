#include "proxy/net/dialer.hpp"

#include <gtest/gtest.h>

namespace gatehouse::net {
namespace {

using Answer = AddressGuard::Answer;

policy::IpAddress ip(std::string_view text)
{
    return policy::IpAddress::parse(text).value();
}

AddressGuard school_guard()
{
    AddressGuard guard;
    guard.own_addresses = {ip("10.20.0.1"), ip("203.0.113.9"), ip("127.0.0.1"), ip("::1")};
    guard.own_ports = {3128, 8180, 8181};
    guard.portal_address = ip("10.20.0.1");
    guard.portal_port = 8180;
    guard.reachable_private = {policy::Network::parse("10.20.5.0/24").value()};
    return guard;
}

TEST(AddressGuard, RefusesEveryAddressThatIsNotPublic)
{
    for (auto const* text :
        {"127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.1.1", "100.64.0.1", "224.0.0.1",
            "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"})
        EXPECT_EQ(school_guard().check(ip(text), 80, NamedBy::us), Answer::forbidden) << text;
}

TEST(AddressGuard, AllowsPublicAddressesAndTheSchoolsExceptions)
{
    EXPECT_EQ(school_guard().check(ip("93.184.216.34"), 443, NamedBy::us), Answer::allowed);
    EXPECT_EQ(school_guard().check(ip("2606:2800:220:1::1"), 443, NamedBy::us), Answer::allowed);
    EXPECT_EQ(school_guard().check(ip("10.20.5.7"), 443, NamedBy::us), Answer::allowed);
    EXPECT_EQ(school_guard().check(ip("10.20.6.7"), 443, NamedBy::us), Answer::forbidden);
}

TEST(AddressGuard, LetsNoNameOfOutsidersLeadToTheSchoolsExceptions)
{
    auto guard = school_guard();
    guard.private_names = {"school.example"};
    auto const answer = [&](std::string_view host, bool from_hosts_file = false) {
        return guard.check(ip("10.20.5.7"), 443, guard.named_by(policy::Host::parse(host).value(), from_hosts_file));
    };
    for (auto const* ours : {"10.20.5.7", "school.example", "intranet.school.example"})
        EXPECT_EQ(answer(ours), Answer::allowed) << ours;
    for (auto const* theirs : {"10-20-5-7.rebind.example", "notschool.example", "school.example.evil.example", "intranet"})
        EXPECT_EQ(answer(theirs), Answer::outside_name) << theirs;
    EXPECT_EQ(answer("intranet", true), Answer::allowed) << "of a hosts file";
    EXPECT_EQ(guard.check(ip("93.184.216.34"), 443, NamedBy::outsiders), Answer::allowed);
    EXPECT_EQ(guard.check(ip("10.20.6.7"), 443, NamedBy::outsiders), Answer::forbidden);
    EXPECT_EQ(guard.check(ip("10.20.0.1"), 8180, NamedBy::outsiders), Answer::allowed) << "the portal";
}

TEST(AddressGuard, RefusesItselfAsALoopByAnyOfItsAddresses)
{
    for (auto const* text : {"10.20.0.1", "203.0.113.9", "127.0.0.1", "127.0.0.2", "0.0.0.0", "::1", "::"})
        EXPECT_EQ(school_guard().check(ip(text), 3128, NamedBy::us), Answer::loop) << text;
    EXPECT_EQ(school_guard().check(ip("203.0.113.9"), 8181, NamedBy::us), Answer::loop) << "the console";
}

TEST(AddressGuard, KnowsItsPublicAddressBehindATranslator)
{
    auto guard = school_guard();
    guard.own_addresses.push_back(ip("93.184.216.34"));
    for (auto const* text : {"64:ff9b::93.184.216.34", "2002:5db8:d822::1"}) {
        EXPECT_EQ(guard.check(ip(text), 8181, NamedBy::us), Answer::loop) << text;
        EXPECT_EQ(guard.check(ip(text), 443, NamedBy::us), Answer::forbidden) << text;
    }
    EXPECT_EQ(guard.check(ip("64:ff9b::93.184.216.35"), 443, NamedBy::us), Answer::allowed);
}

TEST(AddressGuard, BelievesAConnectionThatEndedHere)
{
    EXPECT_EQ(school_guard().check(ip("93.184.216.34"), 8181, NamedBy::us), Answer::allowed);
    EXPECT_EQ(school_guard().check(ip("93.184.216.34"), 8181, NamedBy::us, true), Answer::loop);
    EXPECT_EQ(school_guard().check(ip("93.184.216.34"), 443, NamedBy::us, true), Answer::forbidden);
}

TEST(AddressGuard, LetsPeopleReachThePortal)
{
    EXPECT_EQ(school_guard().check(ip("10.20.0.1"), 8180, NamedBy::us), Answer::allowed);
}

TEST(AddressGuard, KeepsItsOwnPortsClosedEvenInsideAnException)
{
    auto guard = school_guard();
    guard.reachable_private = {policy::Network::parse("127.0.0.0/8").value()};
    EXPECT_EQ(guard.check(ip("127.0.0.1"), 8081, NamedBy::us), Answer::allowed);
    EXPECT_EQ(guard.check(ip("127.0.0.1"), 3128, NamedBy::us), Answer::loop);
    EXPECT_EQ(guard.check(ip("127.0.0.5"), 8181, NamedBy::us), Answer::loop);
}

} // namespace
} // namespace gatehouse::net
