#include "proxy/portal/pac.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::portal {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

policy::IpAddress address(std::string_view text)
{
    return policy::IpAddress::parse(text).value();
}

Settings settings()
{
    Settings made;
    made.proxy = {{address("10.0.0.5"), 3128}};
    return made;
}

std::string const portal = "http://filter.school.example:8180";

TEST(Pac, WithoutSettingsTheFirstListenerIsTheProxy)
{
    auto const script = pac_script(settings(), address("10.1.1.1"), portal);
    EXPECT_THAT(script, HasSubstr("return \"PROXY 10.0.0.5:3128\";"));
    EXPECT_THAT(script, HasSubstr("host === \"filter.school.example\""));
    auto everywhere = settings();
    everywhere.proxy.front().address = {};
    EXPECT_THAT(pac_script(everywhere, address("10.1.1.1"), portal), HasSubstr("PROXY filter.school.example:3128"));
}

TEST(Pac, EachNetworkHasItsOwn)
{
    auto made = settings();
    made.pac = {{{*policy::Network::parse("10.21.0.0/16")}, {"10.21.0.5:3128", "10.0.0.5:3128"}, {".school.example"}, {}},
        {{}, {"proxy.school.example:3128"}, {}, {*policy::Network::parse("10.20.0.0/15")}}};
    auto const there = pac_script(made, address("10.21.3.4"), portal);
    EXPECT_THAT(there, HasSubstr("\"PROXY 10.21.0.5:3128; PROXY 10.0.0.5:3128\""));
    EXPECT_THAT(there, HasSubstr("host === \"school.example\" || dnsDomainIs(host, \".school.example\")"));
    auto const elsewhere = pac_script(made, address("10.22.3.4"), portal);
    EXPECT_THAT(elsewhere, HasSubstr("\"PROXY proxy.school.example:3128\""));
    EXPECT_THAT(elsewhere, HasSubstr("isAddress && isInNet(host, \"10.20.0.0\", \"255.254.0.0\")"));
    EXPECT_THAT(elsewhere, Not(HasSubstr("dnsDomainIs")));
}

TEST(Pac, NothingPassesBesideTheProxies)
{
    auto const script = pac_script(settings(), {}, portal);
    EXPECT_EQ(script.find("DIRECT"), script.rfind("DIRECT")) << "but in the one branch of what is always reached directly";
}

} // namespace
} // namespace gatehouse::portal
