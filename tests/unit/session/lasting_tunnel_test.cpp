// A tunnel that is open while policies come and go.

#include "policy/domain_set.hpp"
#include "policy/list_source.hpp"
#include "policy/parse.hpp"
#include "tests/fuzz/session/world.hpp"
#include "tests/unit/tls/tls_support.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

namespace {

using namespace gatehouse;

std::shared_ptr<policy::Policy const> policy_from(std::string const& text)
{
    auto parsed = policy::parse_policy({{"policy.toml", text}, {"timetable.toml", ""}, {"lists.toml", ""}});
    EXPECT_TRUE(parsed.ok());
    return std::make_shared<policy::Policy const>(std::move(parsed.policy));
}

/// One whose rule of that name opens the site, for a reason long enough for memory of its own.
std::shared_ptr<policy::Policy const> policy_of(std::string_view rule)
{
    return policy_from(fmt::format(R"(
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
clause = "a clause of the school"
)",
        rule));
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

void expect_first(world::Row const& row)
{
    EXPECT_EQ(row.verdict, policy::Verdict::allow);
    EXPECT_EQ(row.rule, "the-rule-that-opened-it");
    EXPECT_EQ(row.clause, "a clause of the school");
    EXPECT_EQ(row.period, "outside");
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
    expect_first(rows[0]);
    EXPECT_EQ(rows[0].refusal, "");
}

TEST_F(LastingTunnel, ThatIsEndedByAPolicySaysSoAndLetsGoOfBoth)
{
    auto closing = std::make_shared<policy::Policy>(*policy_of("another"));
    closing->rules.clear();
    closing->prepare();
    std::weak_ptr<policy::Policy const> const second = closing;
    world.publishes(std::move(closing));
    EXPECT_TRUE(first.expired());
    auto const rows = world.rows();
    ASSERT_EQ(rows.size(), 1U);
    expect_first(rows[0]);
    EXPECT_EQ(rows[0].refusal, "ended-by-policy");
    world.publishes(policy_of("a-third"));
    EXPECT_TRUE(second.expired());
}

/// Everything is open but that name.
std::shared_ptr<policy::Policy const> open_but_for(std::string_view name)
{
    return policy_from(fmt::format(R"(
school = "Test"
unknown_role = "person"
[[role]]
id = "person"
title = "Person"
default = "allow"
default_reason = "Open."
[[rule]]
id = "closed"
who = ["everyone"]
what = ["host:{}"]
action = "block"
reason = "Closed."
)",
        name));
}

/// A tunnel to a site that is another name of casino.example.
class CloakedTunnel : public testing::Test {
protected:
    CloakedTunnel()
    {
        world.client_sends("CONNECT cloak--casino.example:443 HTTP/1.1\r\nHost: cloak--casino.example:443\r\n\r\n");
        EXPECT_TRUE(world.client_got().starts_with("HTTP/1.1 200 ")) << world.client_got();
    }
    void says_hello() { world.client_sends(tls::test::openssl_hello("cloak--casino.example", TLS1_3_VERSION)); }
    void expect_row(std::string_view refusal)
    {
        auto const rows = world.rows();
        ASSERT_EQ(rows.size(), 1U);
        EXPECT_EQ(rows[0].refusal, refusal);
    }

    world::World world{open_but_for("nothing.example")};
};

TEST_F(CloakedTunnel, IsClosedAtItsHelloByAPolicyThatCameBeforeIt)
{
    world.publishes(open_but_for("casino.example"));
    says_hello();
    expect_row("closed-by-alias");
    ASSERT_EQ(world.dialed().size(), 1U);
    EXPECT_EQ(world.dialed()[0].seen, "") << "nothing of the hello went on";
}

TEST_F(CloakedTunnel, ThatIsOpenIsEndedByAPolicyThatClosesItsOtherName)
{
    says_hello();
    world.publishes(open_but_for("another.example"));
    EXPECT_TRUE(world.rows().empty()) << "it is still open";
    world.publishes(open_but_for("casino.example"));
    expect_row("ended-by-policy");
}

/// Everything is open but what the rules say. The list "sites" names those for who asks for them; names that lead to them it leaves alone.
std::shared_ptr<policy::Policy const> policy_with_sites(std::string_view entries, std::string_view rules)
{
    auto parsed = policy::parse_policy({{"policy.toml",
                                            fmt::format(R"(
school = "Test"
unknown_role = "person"
[[role]]
id = "person"
title = "Person"
default = "allow"
default_reason = "Open."
[[category]]
id = "own"
title = "Ours"
{})",
                                                rules)},
        {"timetable.toml", ""}, {"lists.toml", R"(
[[list]]
id = "sites"
title = "Sites"
category = "own"
path = "sites"
format = "domains"
aliases = false
)"}});
    EXPECT_TRUE(parsed.ok());
    std::vector<policy::ListFile> files;
    files.push_back({"sites", "sites", policy::read_list(policy::ListFormat::domains, entries).entries});
    auto const image = std::make_shared<std::vector<std::byte>>(policy::encode_list_image(files, 1));
    EXPECT_TRUE(policy::verify_list_image(*image));
    parsed.policy.attach(image, *image);
    return std::make_shared<policy::Policy const>(std::move(parsed.policy));
}

/// A server may be asked for by its address; no name may lead to it.
std::shared_ptr<policy::Policy const> open_server()
{
    return policy_with_sites("10.20.5.7\n", R"(
[[rule]]
id = "servers"
who = ["everyone"]
what = ["list:sites"]
action = "allow"
reason = "Open."
[[rule]]
id = "server-room"
who = ["everyone"]
what = ["host:10.20.5.7"]
action = "block"
reason = "Closed."
)");
}

TEST(BareTunnel, DoesNotHoldTheAddressThatItLeavesAgainstTheNameInItsHello)
{
    world::World world{open_server()};
    world.client_sends("CONNECT 10.20.5.7:443 HTTP/1.1\r\nHost: 10.20.5.7:443\r\n\r\n");
    ASSERT_TRUE(world.client_got().starts_with("HTTP/1.1 200 ")) << world.client_got();
    world.client_sends(tls::test::openssl_hello("open.example", TLS1_3_VERSION));
    auto const dialed = world.dialed();
    ASSERT_EQ(dialed.size(), 2U);
    EXPECT_EQ(dialed[0].address, "10.20.5.7");
    EXPECT_EQ(dialed[0].seen, "");
    EXPECT_EQ(dialed[1].name, "open.example");
    EXPECT_NE(dialed[1].seen, "") << "the hello went on to what has that name";
    EXPECT_TRUE(world.ends());
    auto const rows = world.rows();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].verdict, policy::Verdict::allow);
    EXPECT_EQ(rows[0].refusal, "");
}

TEST(CloakedSite, IsExplainedByTheRuleThatItsRowNames)
{
    // Who asks for the casino itself meets the first rule. That passes over names that lead there, so it is the second that closes those.
    world::World world{policy_with_sites("casino.example\n", R"(
[[rule]]
id = "asked-for"
who = ["everyone"]
what = ["list:sites"]
action = "block"
reason = "You asked for a casino."
[[rule]]
id = "whatever-its-name"
who = ["everyone"]
what = ["host:casino.example"]
action = "block"
reason = "Bets are closed here."
clause = "7"
)")};
    world.client_sends("GET http://cloak--casino.example/page HTTP/1.1\r\nHost: cloak--casino.example\r\n\r\n");
    auto const& page = world.client_got();
    EXPECT_TRUE(page.starts_with("HTTP/1.1 403 ")) << page;
    EXPECT_NE(page.find("Bets are closed here."), std::string::npos) << page;
    EXPECT_NE(page.find("<strong>cloak--casino.example</strong>"), std::string::npos) << page;
    EXPECT_EQ(page.find("You asked for a casino."), std::string::npos) << page;
    EXPECT_NE(page.find("Ask for this site"), std::string::npos) << page;
    auto const rows = world.rows();
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].rule, "whatever-its-name");
    EXPECT_EQ(rows[0].refusal, "closed-by-alias");
    EXPECT_NE(page.find("Rule: " + rows[0].rule), std::string::npos) << page;
}

/// An upgraded connection, whose request is decided long before its origin agrees.
class LastingUpgrade : public testing::Test {
protected:
    explicit LastingUpgrade(std::shared_ptr<policy::Policy const> policy = policy_of("the-rule-that-opened-it"))
        : first(policy)
        , world(std::move(policy))
    {
        world.client_sends(
            "GET http://open.example/ HTTP/1.1\r\nHost: open.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    }
    void origin_agrees()
    {
        world.origin_sends("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                           "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
        ASSERT_TRUE(world.client_got().starts_with("HTTP/1.1 101 ")) << world.client_got();
    }
    void expect_row_of_first()
    {
        EXPECT_TRUE(world.ends());
        auto const rows = world.rows();
        ASSERT_EQ(rows.size(), 1U);
        expect_first(rows[0]);
    }

    std::weak_ptr<policy::Policy const> first;
    world::World world;
};

TEST_F(LastingUpgrade, LetsGoOfThePolicyThatIsNotInForceAnyMore)
{
    origin_agrees();
    world.publishes(policy_of("another"));
    EXPECT_TRUE(first.expired());
    expect_row_of_first();
}

TEST_F(LastingUpgrade, KeepsNoPolicyThatIsOutOfForceWhenItOpens)
{
    world.publishes(policy_of("another"));
    EXPECT_FALSE(first.expired()) << "the request is under way";
    origin_agrees();
    EXPECT_TRUE(first.expired());
    expect_row_of_first();
}

/// An answer that has no end of its own, as of a radio station.
class LastingAnswer : public testing::Test {
protected:
    LastingAnswer()
        : world(policy_of("the-rule-that-opened-it"))
    {
        world.client_sends("GET http://open.example/live HTTP/1.1\r\nHost: open.example\r\n\r\n");
        world.origin_sends("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
        EXPECT_NE(world.client_got().find("hello"), std::string::npos) << world.client_got();
    }

    world::World world;
};

TEST_F(LastingAnswer, GoesOnUnderAnotherPolicyThatAllowsIt)
{
    world.publishes(policy_of("another"));
    world.origin_sends("5\r\nworld\r\n0\r\n\r\n");
    EXPECT_TRUE(world.client_got().ends_with("5\r\nworld\r\n0\r\n\r\n")) << world.client_got();
    auto const rows = world.rows();
    ASSERT_EQ(rows.size(), 1U);
    expect_first(rows[0]);
    EXPECT_EQ(rows[0].refusal, "");
}

TEST_F(LastingAnswer, IsEndedByAPolicyThatClosesIt)
{
    auto closing = std::make_shared<policy::Policy>(*policy_of("another"));
    closing->rules.clear();
    closing->prepare();
    world.publishes(std::move(closing));
    auto const rows = world.rows();
    ASSERT_EQ(rows.size(), 1U) << "it is still on its way";
    expect_first(rows[0]);
    EXPECT_EQ(rows[0].refusal, "ended-by-policy");
    EXPECT_TRUE(world.client_got().ends_with("5\r\nhello\r\n")) << "half an answer must not look like a whole one";
}

} // namespace
