#include "proxy/sign_on/flows.hpp"

#include <gtest/gtest.h>

namespace gatehouse::sign_on {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::sys_seconds noon{std::chrono::seconds{1795521600}};

TEST(Flows, GiveAWayToItsOwnBrowserOnce)
{
    Flows flows;
    auto const flow = flows.begin(noon);
    EXPECT_FALSE(flows.take(flow.state, "another", noon));
    EXPECT_FALSE(flows.take(flow.state, "", noon));
    EXPECT_FALSE(flows.take("another", flow.browser, noon));
    auto const taken = flows.take(flow.state, flow.browser, noon + 9min);
    ASSERT_TRUE(taken);
    EXPECT_EQ(taken->nonce, flow.nonce);
    EXPECT_FALSE(flows.take(flow.state, flow.browser, noon + 9min));
}

TEST(Flows, LeadWhereTheyWereBegun)
{
    Flows flows;
    auto const flow = flows.begin(noon, "/accounts/add");
    EXPECT_EQ(flows.take(flow.state, flow.browser, noon)->next, "/accounts/add");
}

TEST(Flows, AreOverAfterTenMinutes)
{
    Flows flows;
    auto const flow = flows.begin(noon);
    EXPECT_FALSE(flows.take(flow.state, flow.browser, noon + 10min));
}

TEST(Flows, AreAllDifferentAndLong)
{
    Flows flows;
    auto const one = flows.begin(noon), other = flows.begin(noon);
    for (auto const& text : {one.state, one.browser, one.nonce, one.verifier})
        EXPECT_EQ(text.size(), 43U); // RFC 7636 §4.1: at least
    EXPECT_NE(one.state, other.state);
    EXPECT_NE(one.state, one.browser);
    EXPECT_NE(one.nonce, one.verifier);
}

TEST(Flows, AreBounded)
{
    Flows flows;
    auto const first = flows.begin(noon);
    for (std::size_t i = 0; i < Flows::most; ++i)
        flows.begin(noon + 1s);
    EXPECT_FALSE(flows.take(first.state, first.browser, noon + 1s));
}

TEST(ChallengeOf, IsThatOfRfc7636AppendixB)
{
    EXPECT_EQ(challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

} // namespace
} // namespace gatehouse::sign_on
