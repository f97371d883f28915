// A tunnel that is open while policies come and go.

#include "policy/parse.hpp"
#include "tests/fuzz/session/world.hpp"
#include "tests/unit/tls/tls_support.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

namespace {

using namespace gatehouse;

/// One whose rule of that name opens the site, for a reason long enough for memory of its own.
std::shared_ptr<policy::Policy const> policy_of(std::string_view rule)
{
    auto const text = fmt::format(R"(
school = "Test"
unknown_role = "person"
[[role]]
id = "person"
title = "Person"
default = "block"
default_reason = "Closed."
[[rule]]
id = "{}"
who = ["everyone"]
what = ["host:open.example"]
action = "allow"
reason = "Open."
)",
        rule);
    auto parsed = policy::parse_policy({{"policy.toml", text}, {"timetable.toml", ""}, {"lists.toml", ""}});
    EXPECT_TRUE(parsed.ok());
    return std::make_shared<policy::Policy const>(std::move(parsed.policy));
}

class LastingTunnel : public testing::Test {
protected:
    explicit LastingTunnel(std::shared_ptr<policy::Policy const> policy = policy_of("the-rule-that-opened-it"))
        : first(policy)
        , world(std::move(policy))
    {
        world.client_sends("CONNECT open.example:443 HTTP/1.1\r\nHost: open.example:443\r\n\r\n");
        world.client_sends(tls::test::openssl_hello("open.example", TLS1_3_VERSION));
    }

    std::weak_ptr<policy::Policy const> first;
    world::World world;
};

TEST_F(LastingTunnel, HoldsThePolicyThatIsInForce)
{
    EXPECT_FALSE(first.expired());
}

TEST_F(LastingTunnel, LetsGoOfThePolicyThatIsNotInForceAnyMore)
{
    world.publishes(policy_of("another"));
    EXPECT_TRUE(first.expired());
    EXPECT_TRUE(world.rows().empty()) << "it is still open";
}

TEST_F(LastingTunnel, SaysInItsRowWhatOpenedIt)
{
    world.publishes(policy_of("another"));
    world.publishes(policy_of("a-third"));
    EXPECT_TRUE(world.ends());
    auto const rows = world.rows();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].rule, "the-rule-that-opened-it");
    EXPECT_EQ(rows[0].verdict, policy::Verdict::allow);
    EXPECT_EQ(rows[0].refusal, "");
}

TEST_F(LastingTunnel, ThatIsEndedByAPolicySaysSoAndLetsGoOfBoth)
{
    auto const closing = policy_of("another");
    auto closed = std::make_shared<policy::Policy>(*closing);
    closed->rules.clear();
    closed->prepare();
    world.publishes(closed);
    EXPECT_TRUE(first.expired());
    auto const rows = world.rows();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].rule, "the-rule-that-opened-it");
    EXPECT_EQ(rows[0].refusal, "ended-by-policy");
}

} // namespace
