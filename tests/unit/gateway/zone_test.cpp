#include "tools/gateway/zone.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::gateway {
namespace {

using testing::HasSubstr;
using testing::Not;

policy::SafeSearch entry(std::string id, std::vector<std::string> hosts, std::string_view use, policy::Selector::Kind who)
{
    policy::SafeSearch made;
    made.id = std::move(id);
    made.hosts = std::move(hosts);
    made.use = *policy::Host::parse(use);
    made.who = {{who, "pupil"}};
    return made;
}

TEST(ZoneTest, GivesSafeSearchItsStrictNames)
{
    policy::Policy policy;
    policy.safe_search
        = {entry("find", {"find.example", "www.find.example"}, "strict.find.example", policy::Selector::Kind::everyone)};
    auto const zone = render_zone(policy, 7);
    EXPECT_THAT(zone, HasSubstr("@ SOA localhost. hostmaster.localhost. 7 "));
    EXPECT_THAT(zone, HasSubstr("\nfind.example CNAME strict.find.example.\nwww.find.example CNAME strict.find.example.\n"));
}

TEST(ZoneTest, LeavesWhatDependsOnThePersonToTheGateway)
{
    policy::Policy policy;
    policy.safe_search = {entry("clips-for-pupils", {"clips.example"}, "strict.clips.example", policy::Selector::Kind::role),
        entry("clips-for-all", {"clips.example", "films.example"}, "moderate.clips.example", policy::Selector::Kind::everyone)};
    auto const zone = render_zone(policy, 1);
    EXPECT_THAT(zone, Not(HasSubstr("\nclips.example"))) << "the first entry wins, and it is not for everyone";
    EXPECT_THAT(zone, HasSubstr("; clips-for-pupils: not for everyone"));
    EXPECT_THAT(zone, HasSubstr("\nfilms.example CNAME moderate.clips.example.\n"));
}

TEST(ZoneTest, SaysThatNamesOfWaysRoundDoNotExist)
{
    auto const zone = render_zone({}, 1);
    for (auto const* const name : {"use-application-dns.net", "mask.icloud.com", "mask-h2.icloud.com"})
        EXPECT_THAT(zone, HasSubstr(std::string{"\n"} + name + " CNAME . ;"));
}

TEST(ZoneTest, GivesTheTrustCheckAnAddressThatIsIntercepted)
{
    EXPECT_THAT(render_zone({}, 1), HasSubstr("\ncertificate-check.gatehouse.example A 192.0.2.1 ;"));
}

} // namespace
} // namespace gatehouse::gateway
