#include "proxy/store/api_tokens.hpp"

#include "proxy/store/audit.hpp"
#include "proxy/store/second_factor.hpp"
#include "tests/unit/store/school.hpp"

#include <gmock/gmock.h>

namespace gatehouse::store {
namespace {

using namespace test;
using namespace std::chrono_literals;

struct ApiTokens : School {
    NewApiToken wanted(std::chrono::seconds life = 24h, bool may_change = false)
    {
        return {"Export", may_change, tuesday + life};
    }
    std::string make(std::chrono::seconds life = 24h) { return *create_api_token(*ledger, wanted(life), as(officer), tuesday); }
};

TEST_F(ApiTokens, ActInTheNameOfTheirAccount)
{
    auto const token = make();
    EXPECT_THAT(token, testing::MatchesRegex("gatehouse_[0-9a-f]{32}"));
    auto const caller = find_api_caller(*ledger, token, tuesday + 1h);
    ASSERT_TRUE(caller);
    EXPECT_EQ(caller->account.id, officer);
    EXPECT_FALSE(caller->token.may_change);
    EXPECT_EQ(list_api_tokens(*ledger, officer)->front().last_used, tuesday + 1h);
    for (auto const* const other : {"", "gatehouse_", "x", "gatehouse_00000000000000000000000000000000"})
        EXPECT_EQ(find_api_caller(*ledger, other, tuesday).error(), errc::no_session) << other;
}

TEST_F(ApiTokens, EndWithTheirTime)
{
    auto const token = make(1h);
    EXPECT_TRUE(find_api_caller(*ledger, token, tuesday + 1h - 1s));
    EXPECT_EQ(find_api_caller(*ledger, token, tuesday + 1h).error(), errc::no_session);
}

TEST_F(ApiTokens, EndByHandOfTheirPersonOrTheIctLead)
{
    auto const token = make();
    auto const id = list_api_tokens(*ledger, officer)->front().id;
    EXPECT_EQ(end_api_token(*ledger, id, as(head), tuesday).error(), errc::not_permitted);
    ASSERT_TRUE(end_api_token(*ledger, id, as(officer), tuesday));
    EXPECT_EQ(end_api_token(*ledger, id, as(officer), tuesday).error(), errc::wrong_state);
    EXPECT_EQ(find_api_caller(*ledger, token, tuesday).error(), errc::no_session);
    EXPECT_EQ(end_api_token(*ledger, ApiTokenId{99}, as(officer), tuesday).error(), errc::not_found);
}

TEST_F(ApiTokens, OfSomebodyElseAreNotEndedByWhoWaits)
{
    auto const token = make();
    auto const id = list_api_tokens(*ledger, officer)->front().id;
    ASSERT_TRUE(reset_password(*ledger, ict, PasswordHash{"x"}, owner(), tuesday));
    EXPECT_EQ(end_api_token(*ledger, id, as(ict), tuesday).error(), errc::access_given_recently);
    EXPECT_EQ(newest_action(), "token.end.denied");
    EXPECT_TRUE(find_api_caller(*ledger, token, tuesday));
}

TEST_F(ApiTokens, EndWithARoleAPasswordOrTheAccount)
{
    Actor const machine{AccountId::none, "command-line:0", ""};
    auto const gone = [&](result<void> const& done, std::string const& token) {
        EXPECT_TRUE(done);
        return find_api_caller(*ledger, token, tuesday).has_error();
    };
    auto token = make();
    EXPECT_TRUE(gone(set_console_role(*ledger, officer, ConsoleRole::headteacher, machine, tuesday), token));
    token = make();
    EXPECT_TRUE(gone(clear_second_factor(*ledger, officer, machine, tuesday), token));
    token = make();
    EXPECT_TRUE(gone(set_disabled(*ledger, officer, true, machine, tuesday), token));
    ASSERT_TRUE(set_disabled(*ledger, officer, false, machine, tuesday));
    EXPECT_EQ(find_api_caller(*ledger, token, tuesday).error(), errc::no_session) << "it does not come back";
}

TEST_F(ApiTokens, NeedANameAnEndWithinAYearAndARole)
{
    EXPECT_EQ(create_api_token(*ledger, {"", false, tuesday + 1h}, as(officer), tuesday).error(), errc::invalid_value);
    EXPECT_EQ(create_api_token(*ledger, {"two\nlines", false, tuesday + 1h}, as(officer), tuesday).error(), errc::invalid_value);
    EXPECT_EQ(create_api_token(*ledger, wanted(0s), as(officer), tuesday).error(), errc::invalid_value);
    EXPECT_EQ(create_api_token(*ledger, wanted(longest_token_life + 1s), as(officer), tuesday).error(), errc::invalid_value);
    EXPECT_EQ(create_api_token(*ledger, wanted(), Actor{AccountId{999}, "", ""}, tuesday).error(), errc::not_permitted);
    for (std::size_t i = 0; i < most_live_tokens; ++i)
        make();
    EXPECT_EQ(create_api_token(*ledger, wanted(), as(officer), tuesday).error(), errc::invalid_value) << "too many";
}

} // namespace
} // namespace gatehouse::store
