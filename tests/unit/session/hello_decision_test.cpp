// A tunnel is decided on its CONNECT and again on its ClientHello, but for a hello that says nothing new within the same second. What is asked of
// the policy is recorded on its way there; the clock stands still but for the tests that set it.

#include "policy/decide.hpp"
#include "policy/parse.hpp"
#include "tests/fuzz/session/world.hpp"
#include "tests/unit/tls/tls_support.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

using namespace gatehouse;

/// 2026-11-24T10:40:00Z, a Tuesday.
constexpr std::chrono::sys_seconds tuesday{std::chrono::seconds{1795516800}};
std::chrono::sys_seconds now = tuesday;

/// One question to the policy.
struct Asked {
    std::string host, role;
    policy::SignalSet signals;
};
std::vector<Asked> asked;

} // namespace

/// The linker gives every call of policy::decide to the first of these, and the function itself the name of the second (CMakeLists.txt).
gatehouse::policy::Decision recorded_decide(gatehouse::policy::Policy const& policy,
    gatehouse::policy::Query const& query) __asm__("__wrap__ZN9gatehouse6policy6decideERKNS0_6PolicyERKNS0_5QueryE");
gatehouse::policy::Decision real_decide(gatehouse::policy::Policy const& policy, gatehouse::policy::Query const& query) __asm__(
    "__real__ZN9gatehouse6policy6decideERKNS0_6PolicyERKNS0_5QueryE");

gatehouse::policy::Decision recorded_decide(gatehouse::policy::Policy const& policy, gatehouse::policy::Query const& query)
{
    asked.push_back({std::string{query.target.host.text()}, query.subject.role, query.signals});
    return real_decide(policy, query);
}

/// What std::chrono::system_clock asks.
extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept
{
    if (clock != CLOCK_REALTIME)
        return static_cast<int>(::syscall(SYS_clock_gettime, clock, time));
    *time = {now.time_since_epoch().count(), 0};
    return 0;
}

namespace {

constexpr std::string_view policy_text = R"(
school = "Test"
unknown_role = "open"
[[role]]
id = "open"
title = "Person"
default = "allow"
default_reason = "Open."
[[role]]
id = "strict"
title = "Person"
default = "block"
default_reason = "Closed."
[[network]]
id = "room"
title = "Room"
ranges = ["127.0.0.0/8"]
role = "open"
[[rule]]
id = "closed"
who = ["everyone"]
what = ["host:blocked.example"]
action = "block"
reason = "Closed."
)";

/// The policy above with one of its words changed.
std::shared_ptr<policy::Policy> policy_with(std::string_view from = {}, std::string_view to = {})
{
    std::string text{policy_text};
    if (!from.empty())
        text.replace(text.find(from), from.size(), to);
    auto parsed = policy::parse_policy({{"policy.toml", text}, {"timetable.toml", ""}, {"lists.toml", ""}});
    EXPECT_TRUE(parsed.ok());
    return std::make_shared<policy::Policy>(std::move(parsed.policy));
}

std::string hello(std::string const& name)
{
    return tls::test::openssl_hello(name, TLS1_3_VERSION);
}

class HelloDecision : public testing::Test {
protected:
    HelloDecision()
    {
        now = tuesday;
        asked.clear();
    }

    void connects(std::string_view authority = "open.example:443")
    {
        auto const host = std::string{authority};
        world.client_sends("CONNECT " + host + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        ASSERT_TRUE(world.client_got().starts_with("HTTP/1.1 200 ")) << world.client_got();
        ASSERT_EQ(asked.size(), 1U);
    }
    std::string seen() { return world.dialed().at(0).seen; }
    /// After the hello: nothing of it went on, and the row says why.
    void expect_closed()
    {
        EXPECT_EQ(seen(), "");
        auto const rows = world.rows();
        ASSERT_EQ(rows.size(), 1U);
        EXPECT_EQ(rows[0].verdict, policy::Verdict::block);
    }

    world::World world{policy_with()};
};

TEST_F(HelloDecision, IsNotMadeWhereTheHelloSaysNothingNew)
{
    connects();
    world.client_sends(hello("open.example"));
    EXPECT_EQ(asked.size(), 1U);
    EXPECT_EQ(seen(), world.client_sent().substr(world.client_sent().find("\r\n\r\n") + 4));
}

TEST_F(HelloDecision, IsNotMadeForAHelloInPiecesThatSaysNothingNew)
{
    connects();
    auto const pieces = tls::test::split_records(hello("Open.Example."), 40);
    for (char const byte : pieces)
        world.client_sends({&byte, 1});
    EXPECT_EQ(asked.size(), 1U);
    EXPECT_EQ(seen(), pieces);
}

TEST_F(HelloDecision, IsMadeForAnotherName)
{
    connects();
    world.client_sends(hello("blocked.example"));
    ASSERT_EQ(asked.size(), 3U) << "on the tunnel with what the hello says, and on the name in it";
    EXPECT_TRUE(asked[1].signals.has(policy::Signal::sni_mismatch));
    EXPECT_EQ(asked[2].host, "blocked.example");
    expect_closed();
}

TEST_F(HelloDecision, IsMadeForAnotherNameInPieces)
{
    connects();
    for (char const byte : tls::test::split_records(hello("blocked.example"), 40))
        world.client_sends({&byte, 1});
    ASSERT_EQ(asked.size(), 3U);
    EXPECT_EQ(asked[2].host, "blocked.example");
    expect_closed();
}

TEST_F(HelloDecision, IsMadeForAnotherNameThatIsOpen)
{
    connects();
    world.client_sends(hello("www.open.example"));
    ASSERT_EQ(asked.size(), 3U);
    EXPECT_EQ(seen(), "");
    EXPECT_EQ(world.rows().at(0).refusal, "sni-mismatch");
}

TEST_F(HelloDecision, OfABareAddressIsThatOfTheNameInTheHello)
{
    connects("198.21.0.77:443");
    world.client_sends(hello("www.open.example"));
    ASSERT_EQ(asked.size(), 3U);
    EXPECT_TRUE(asked[2].signals.has(policy::Signal::ip_literal));
    EXPECT_EQ(asked[2].host, "www.open.example");
    ASSERT_EQ(world.dialed().size(), 2U);
    EXPECT_EQ(world.dialed()[0].seen, "");
    EXPECT_EQ(world.dialed()[1].name, "www.open.example");
    EXPECT_FALSE(world.dialed()[1].seen.empty());
}

TEST_F(HelloDecision, OfABareAddressIsNotWhatItHidesBehind)
{
    connects("198.21.0.77:443");
    world.client_sends(hello("blocked.example"));
    ASSERT_EQ(asked.size(), 3U);
    ASSERT_EQ(world.dialed().size(), 1U);
    expect_closed();
}

TEST_F(HelloDecision, IsMadeForAHelloWithoutAName)
{
    connects();
    world.client_sends(hello(""));
    ASSERT_EQ(asked.size(), 2U);
    EXPECT_TRUE(asked[1].signals.has(policy::Signal::sni_absent));
}

TEST_F(HelloDecision, IsMadeForAHiddenName)
{
    connects();
    tls::test::HelloParts parts; // with an encrypted ClientHello (RFC 9849 §5)
    parts.extensions = tls::test::server_name("open.example") + tls::test::extension(0xfe0d, std::string(40, 'x'));
    world.client_sends(parts.bytes());
    ASSERT_EQ(asked.size(), 2U);
    EXPECT_TRUE(asked[1].signals.has(policy::Signal::ech));
}

TEST_F(HelloDecision, IsMadeForWhatIsNoTls)
{
    connects();
    world.client_sends("SSH-2.0-OpenSSH_9.2p1\r\n");
    ASSERT_EQ(asked.size(), 2U);
    EXPECT_TRUE(asked[1].signals.has(policy::Signal::not_tls));
}

TEST_F(HelloDecision, IsMadeByThePolicyThatWasPublishedMeanwhile)
{
    connects();
    world.publishes(policy_with("host:blocked.example", "host:open.example"));
    world.client_sends(hello("open.example"));
    ASSERT_EQ(asked.size(), 2U);
    expect_closed();
}

TEST_F(HelloDecision, KnowsThePersonAsThePolicyDoesThatWasPublishedMeanwhile)
{
    connects();
    EXPECT_EQ(asked[0].role, "open");
    world.publishes(policy_with("role = \"open\"\n[[rule", "role = \"strict\"\n[[rule"));
    world.client_sends(hello("open.example"));
    ASSERT_EQ(asked.size(), 2U);
    EXPECT_EQ(asked[1].role, "strict");
    expect_closed();
}

TEST_F(HelloDecision, IsMadeWhenAGrantHasEnded)
{
    auto const granted = policy_with("role = \"open\"\n[[rule", "role = \"strict\"\n[[rule");
    auto const of_host = policy::Selector{policy::Selector::Kind::host, "open.example"};
    granted->overrides.push_back(
        {"override-1", "12", "Wanted.", {{}}, {of_host}, {}, {}, tuesday, tuesday + std::chrono::seconds{10}});
    granted->prepare();
    world.publishes(granted);
    now = tuesday + std::chrono::seconds{9};
    connects();
    now = tuesday + std::chrono::seconds{10};
    world.client_sends(hello("open.example"));
    ASSERT_EQ(asked.size(), 2U);
    expect_closed();
}

TEST_F(HelloDecision, IsMadeInAnotherSecond)
{
    connects();
    now += std::chrono::seconds{1};
    world.client_sends(hello("open.example"));
    EXPECT_EQ(asked.size(), 2U);
    EXPECT_FALSE(seen().empty());
}

TEST_F(HelloDecision, OfOneTunnelServesNoOther)
{
    connects();
    world.client_sends(hello("open.example"));
    ASSERT_EQ(asked.size(), 1U);
    world::World second(policy_with());
    second.client_sends("CONNECT blocked.example:443 HTTP/1.1\r\nHost: blocked.example:443\r\n\r\n");
    EXPECT_EQ(asked.size(), 2U);
    EXPECT_TRUE(second.client_got().starts_with("HTTP/1.1 403 "));
}

TEST_F(HelloDecision, OfOneRequestServesNoOtherOfTheConnection)
{
    std::string const request = "GET http://open.example/ HTTP/1.1\r\nHost: open.example\r\n";
    world.client_sends(request + "\r\n");
    world.origin_sends("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    ASSERT_EQ(asked.size(), 1U);
    world.client_sends(request + "\r\n");
    EXPECT_EQ(asked.size(), 2U);
}

} // namespace
