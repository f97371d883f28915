#include "tools/gateway/rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::gateway {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

policy::IpAddress address(std::string_view text)
{
    return *policy::IpAddress::parse(text);
}

class RulesTest : public testing::Test {
protected:
    RulesTest()
    {
        settings_.gateway.inside = {"eth1", "wlan0.20"};
        settings_.gateway.intercept = "redirect";
        settings_.redirect = {{address("0.0.0.0"), 3129}, {address("::"), 3139}};
        settings_.tproxy = {{address("0.0.0.0"), 3130}, {address("::"), 3140}};
    }
    std::string rules() const { return render_rules(settings_); }
    /// The chain for what comes from inside, without blanks around its lines.
    std::vector<std::string> from_inside() const
    {
        auto const text = rules();
        std::vector<std::string> lines;
        for (auto at = text.find('\n', text.find("chain from_inside")) + 1; text.compare(at, 5, "    }") != 0;) {
            auto const end = text.find('\n', at);
            auto const begin = text.find_first_not_of(' ', at);
            lines.push_back(text.substr(begin, end - begin));
            at = end + 1;
        }
        return lines;
    }
    static std::size_t place_of(std::vector<std::string> const& lines, std::string_view part)
    {
        for (std::size_t at = 0; at < lines.size(); ++at)
            if (lines[at].find(part) != std::string::npos)
                return at;
        ADD_FAILURE() << "no line has " << part;
        return lines.size();
    }

    Settings settings_;
};

TEST_F(RulesTest, RedirectsEachFamilyToItsListener)
{
    EXPECT_THAT(rules(), HasSubstr("define inside = { \"eth1\", \"wlan0.20\" }"));
    EXPECT_THAT(rules(), HasSubstr("nfproto ipv4 fib daddr type != local tcp dport { 80, 443 } redirect to :3129"));
    EXPECT_THAT(rules(), HasSubstr("nfproto ipv6 fib daddr type != local tcp dport { 80, 443 } redirect to :3139"));
    EXPECT_THAT(rules(), Not(HasSubstr("tproxy")));
    EXPECT_THAT(render_routes(settings_), IsEmpty());
}

TEST_F(RulesTest, LeavesDestinationsUntouchedIfAsked)
{
    settings_.gateway.intercept = "tproxy";
    EXPECT_THAT(rules(), HasSubstr("tproxy ip to :3130 meta mark set 0x1 accept"));
    EXPECT_THAT(rules(), HasSubstr("tproxy ip6 to :3140 meta mark set 0x1 accept"));
    EXPECT_THAT(rules(), Not(HasSubstr("redirect to")));
    EXPECT_THAT(render_routes(settings_), SizeIs(6));
    EXPECT_THAT(undo_routes(), SizeIs(4));
}

TEST_F(RulesTest, InterceptsNoFamilyThatNobodyListensFor)
{
    settings_.redirect.pop_back();
    EXPECT_THAT(rules(), Not(HasSubstr("nfproto ipv6")));
    EXPECT_THAT(rules(), HasSubstr("tcp dport { 80, 443 } counter reject")) << "its web is refused instead";
}

TEST_F(RulesTest, InterceptsNothingThatIsReachedDirectly)
{
    settings_.gateway.local = {*policy::Network::parse("10.0.0.0/8"), *policy::Network::parse("fd00::/8")};
    for (auto const* const way : {"redirect", "tproxy"}) {
        settings_.gateway.intercept = way;
        auto const text = rules();
        for (auto const* const exempt :
            {"iifname $inside ip daddr { 10.0.0.0/8 } accept", "iifname $inside ip6 daddr { fd00::/8 } accept"}) {
            ASSERT_THAT(text, HasSubstr(exempt));
            EXPECT_LT(text.find(exempt), text.find("fib daddr type != local")) << way;
        }
    }
}

TEST_F(RulesTest, ReplacesItsTableInOneTransaction)
{
    EXPECT_THAT(rules(), HasSubstr("\ntable inet gatehouse\ndelete table inet gatehouse\n\ntable inet gatehouse {\n"));
}

TEST_F(RulesTest, LogsQuicBeforeItIsRefusedAndOnlyWhereItIsNamed)
{
    auto const text = rules();
    auto const log = text.find("udp dport 443 limit rate 200/second burst 400 packets log group 3128");
    ASSERT_NE(log, std::string::npos);
    EXPECT_LT(log, text.find("udp dport { 80, 443 } counter reject"));
    settings_.gateway.name_quic = false;
    EXPECT_THAT(rules(), testing::Not(HasSubstr("log group")));
}

TEST_F(RulesTest, LetsOutOnlyWhatIsNamed)
{
    settings_.gateway.let_out = {"udp/123", "tcp/8000-8100", "ping"};
    auto const lines = from_inside();
    EXPECT_EQ(lines[lines.size() - 5], "udp dport 123 counter accept");
    EXPECT_EQ(lines[lines.size() - 4], "tcp dport 8000-8100 counter accept");
    EXPECT_EQ(lines[lines.size() - 3], "meta l4proto { icmp, icmpv6 } counter accept");
    EXPECT_THAT(lines[lines.size() - 2], testing::StartsWith("meta l4proto tcp counter reject"));
    EXPECT_THAT(lines.back(), testing::StartsWith("counter reject"));
}

TEST_F(RulesTest, AsksOnlyTheSchoolsNameServersAndReachesWhatIsLocal)
{
    settings_.gateway.resolvers = {address("192.0.2.53"), address("2001:db8::53"), address("192.0.2.54")};
    settings_.gateway.local = {*policy::Network::parse("10.0.0.0/8"), *policy::Network::parse("fd00::/8")};
    auto const lines = from_inside();
    auto const others = place_of(lines, "name servers of somebody else");
    EXPECT_LT(place_of(lines, "ip daddr { 192.0.2.53, 192.0.2.54 } meta l4proto { tcp, udp } th dport 53 accept"), others);
    EXPECT_LT(place_of(lines, "ip6 daddr { 2001:db8::53 } meta"), others);
    EXPECT_LT(place_of(lines, "ip daddr { 10.0.0.0/8 } accept"), others);
    EXPECT_LT(place_of(lines, "ip6 daddr { fd00::/8 } accept"), others);
}

} // namespace
} // namespace gatehouse::gateway
