#include "policy/parse.hpp"
#include "tests/golden/school_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

TEST(ParseSelector, ReadsWhatToTextWrites)
{
    auto const policy = testing::load_school();
    struct {
        std::string_view column, text;
    } const rows[]{
        {"who", "everyone"},
        {"who", "staff"},
        {"who", "group:year-9"},
        {"who", "user:jsmith"},
        {"what", "everything"},
        {"what", "category:social-media"},
        {"what", "service:instagram"},
        {"what", "list:youtube"},
        {"what", "host:example.org"},
        {"what", "url:example.org/path"},
        {"what", "signal:ip-literal"},
        {"where", "network:library"},
        {"where", "device:school"},
        {"where", "device:personal"},
        {"where", "device-id:marketing-desk"},
        {"when", "lesson"},
        {"when", "break"},
        {"when", "lunch"},
        {"when", "outside"},
        {"when", "closed"},
        {"when", "period:lesson-2"},
        {"when", "weekday:friday"},
    };
    for (auto const& row : rows) {
        auto const parsed = parse_selector(policy, row.column, row.text);
        ASSERT_TRUE(std::holds_alternative<Selector>(parsed)) << row.text << ": " << std::get<std::string>(parsed);
        EXPECT_EQ(to_text(std::get<Selector>(parsed)), row.text);
        EXPECT_EQ(std::get<Selector>(parsed).index, policy.index_of(std::get<Selector>(parsed)));
        for (std::string_view const column : {"who", "what", "where", "when"})
            if (column != row.column) {
                EXPECT_TRUE(std::holds_alternative<std::string>(parse_selector(policy, column, row.text))) << column << row.text;
            }
    }
}

TEST(ParseSelector, FoldsTheNameOfAUser)
{
    auto const parsed = parse_selector(testing::load_school(), "who", "user: Amy.B ");
    ASSERT_TRUE(std::holds_alternative<Selector>(parsed));
    EXPECT_EQ(std::get<Selector>(parsed).value, "amy.b");
}

TEST(ParseSelector, KeepsHostsAndUrlsInCanonicalForm)
{
    auto const policy = testing::load_school();
    struct {
        std::string_view text, canonical;
    } const rows[]{
        {"host:EXAMPLE.org.", "host:example.org"},
        {"host:bücher.example", "host:xn--bcher-kva.example"},
        {"host:0x7f.1", "host:127.0.0.1"},
        {"url:https://Example.org/a/../b", "url:example.org/b"},
        {"url:http://example.org/%7Euser", "url:example.org/~user"},
    };
    for (auto const& row : rows) {
        auto const parsed = parse_selector(policy, "what", row.text);
        ASSERT_TRUE(std::holds_alternative<Selector>(parsed)) << row.text;
        EXPECT_EQ(to_text(std::get<Selector>(parsed)), row.canonical);
    }
}

TEST(ParseSelector, SaysWhatIsWrong)
{
    auto const policy = testing::load_school();
    struct {
        std::string_view column, text, message;
    } const rows[]{
        {"who", "", "cannot stand in \"who\""},
        {"who", "stff", "did you mean \"staff\"?"},
        {"who", "year-9", "did you mean \"group:year-9\"?"},
        {"who", "group:year-12", "there is no group \"year-12\"; did you mean"},
        {"who", "user:", "nothing stands behind \"user:\""},
        {"who", "grup:year-9", "did you mean \"group:\"?"},
        {"what", "instagram", "did you mean \"service:instagram\"?"},
        {"what", "service:instagarm", "did you mean \"instagram\"?"},
        {"what", "host:exa mple", "is not a host"},
        {"what", "url:example.org", "has no path; write \"host:example.org\""},
        {"what", "url:/path", "is not a host"},
        {"what", "host:adult.self-check.invalid",
            "is a test site of the filter, which no rule may name; write \"category:adult\""},
        {"what", "host:self-check.invalid", "is a test site of the filter"},
        {"what", "url:http://Gambling.Self-Check.invalid/x", "write \"category:gambling\""},
        {"what", "signal:ip_literal", "did you mean \"ip-literal\"?"},
        {"where", "device:phone", "there is no device \"phone\""},
        {"where", "everywhere", "cannot stand in \"where\""},
        {"when", "always", "cannot stand in \"when\""},
        {"when", "lesson-2", "did you mean \"period:lesson-2\"?"},
        {"whom", "staff", "cannot stand in \"whom\""},
    };
    for (auto const& row : rows) {
        auto const parsed = parse_selector(policy, row.column, row.text);
        ASSERT_TRUE(std::holds_alternative<std::string>(parsed)) << row.text;
        EXPECT_THAT(std::get<std::string>(parsed), ::testing::HasSubstr(std::string(row.message))) << row.text;
    }
}

} // namespace
} // namespace gatehouse::policy
