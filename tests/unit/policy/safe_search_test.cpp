#include "policy/explanation.hpp"
#include "policy/parse.hpp"
#include "tests/golden/school_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using ::testing::HasSubstr;

/// The example school with entries of [[safe_search]] behind its policy.
class SafeSearchTest : public ::testing::Test {
protected:
    ParsedPolicy parse(std::string const& entries)
    {
        auto sources = testing::school_sources();
        sources.policy.text += entries;
        return parse_policy(sources);
    }
    static std::string entry(std::string const& id, std::string const& hosts, std::string const& use, std::string const& who)
    {
        return "\n[[safe_search]]\nid = \"" + id + "\"\nhosts = [" + hosts + "]\nuse = \"" + use + "\"\nwho = [\"" + who
            + "\"]\n";
    }
    /// The name connected to for whoever sits at the address.
    std::string dialled(Policy const& policy, std::string_view address, std::string_view authority)
    {
        auto const subject = policy.subject_at(*IpAddress::parse(address));
        auto const target = Target::parse_authority(authority).value();
        Moment const now{{{2026, 11, 24}, 600}, testing::as_utc({{2026, 11, 24}, 600})};
        auto const decision = decide(policy, {subject, target, now, {}});
        return std::string{host_to_dial(policy, decision, target).text()};
    }
};

constexpr auto pupil = "127.0.0.1";
constexpr auto staff = "127.0.1.21";

TEST_F(SafeSearchTest, ConnectsWhomItIsForToTheOtherName)
{
    auto parsed = parse(entry("strict", "\"engine.test\", \"WWW.Engine.test.\"", "strict.engine.test", "pupil")
        + entry("moderate", "\"engine.test\"", "moderate.engine.test", "everyone"));
    ASSERT_TRUE(parsed.ok()) << parsed.problems.front().message;
    auto& policy = parsed.policy;
    policy.prepare();
    EXPECT_EQ(dialled(policy, pupil, "engine.test:443"), "strict.engine.test");
    EXPECT_EQ(dialled(policy, pupil, "www.engine.test:80"), "strict.engine.test");
    EXPECT_EQ(dialled(policy, staff, "engine.test:443"), "moderate.engine.test"); // the first entry that is for the person
    EXPECT_EQ(dialled(policy, staff, "www.engine.test:443"), "www.engine.test");
    EXPECT_EQ(dialled(policy, pupil, "sub.www.engine.test:443"), "sub.www.engine.test"); // each name for itself alone
    EXPECT_EQ(dialled(policy, pupil, "notengine.test:443"), "notengine.test");
}

TEST_F(SafeSearchTest, TheExampleSchoolKeepsPupilsAtStrictResults)
{
    auto const policy = testing::load_school();
    for (auto const& [host, strict] :
        {std::pair{"www.google.com:443", "forcesafesearch.google.com"}, {"www.google.co.uk:443", "forcesafesearch.google.com"},
            {"www.bing.com:443", "strict.bing.com"}, {"duckduckgo.com:443", "safe.duckduckgo.com"}})
        EXPECT_EQ(dialled(policy, pupil, host), strict) << host;
    EXPECT_EQ(dialled(policy, staff, "www.google.com:443"), "forcesafesearch.google.com");
}

TEST_F(SafeSearchTest, IsToldInTheExplanation)
{
    auto parsed = parse(entry("strict", "\"engine.test\"", "strict.engine.test", "everyone"));
    parsed.policy.prepare();
    auto const subject = parsed.policy.subject_at(*IpAddress::parse(pupil));
    auto const target = Target::parse_authority("engine.test:443").value();
    Moment const now{{{2026, 11, 24}, 600}, testing::as_utc({{2026, 11, 24}, 600})};
    auto const told = explain(parsed.policy, {subject, target, now, {}});
    EXPECT_EQ(told.safe_search, "strict");
    EXPECT_THAT(to_text(told), HasSubstr("strict: answered by strict.engine.test"));
    EXPECT_THAT(to_json(told), HasSubstr("\"safe_search_host\": \"strict.engine.test\""));
}

TEST_F(SafeSearchTest, RefusesWhatIsNoName)
{
    for (auto const* const host : {"a b", "10.0.0.1", "*.engine.test"}) {
        auto const parsed = parse(entry("x", "\"" + std::string{host} + "\"", "strict.engine.test", "everyone"));
        ASSERT_FALSE(parsed.ok()) << host;
        EXPECT_THAT(parsed.problems.front().message, HasSubstr("is no host name"));
    }
}

} // namespace
} // namespace gatehouse::policy
