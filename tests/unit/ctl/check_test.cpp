#include "tests/unit/ctl/ctl_support.hpp"

namespace gatehouse::ctl {
namespace {

using testing::HasSubstr;
using CheckTest = School;

TEST_F(CheckTest, FindsTheExampleSchoolFitToRun)
{
    auto const said = call(check);
    EXPECT_EQ(said.status, success) << said.error;
    EXPECT_THAT(said.out, HasSubstr("fit to run"));
    auto const json = call_json(check).json();
    EXPECT_TRUE(json.at("ok").as_bool());
    EXPECT_GT(json.at("names").to_number<int>(), 100);
}

TEST_F(CheckTest, WorksBeforeTheListsAreCompiled)
{
    std::filesystem::remove_all(state_);
    auto const said = call(check);
    EXPECT_EQ(said.status, success) << said.error;
    EXPECT_FALSE(std::filesystem::exists(state_)); // it only looks
}

TEST_F(CheckTest, PointsAtAMistakeInTheSettings)
{
    append("gatehouse.toml", "let_aut = [\"ping\"]\n"); // the last table is [gateway]
    auto const said = call(check);
    EXPECT_EQ(said.status, failure);
    EXPECT_EQ(said.out, "");
    EXPECT_THAT(said.error,
        testing::ContainsRegex("gatehouse\\.toml:[0-9]+:1: error: unknown key `let_aut`\n"
                               "    let_aut = \\[\"ping\"\\]\n    \\^\n    did you mean \"let_out\"\\?"));
}

TEST_F(CheckTest, PointsAtAMistakeInThePolicy)
{
    append("policy.toml",
        "\n[[rule]]\nid = \"r\"\nclause = \"12\"\nreason = \"x\"\nwho = [\"pupil\"]\n"
        "what = [\"service:instagrm\"]\naction = \"block\"\n");
    auto const said = call(check);
    EXPECT_EQ(said.status, failure);
    EXPECT_THAT(said.error, testing::ContainsRegex("policy\\.toml:[0-9]+:[0-9]+: error: "));
    EXPECT_THAT(said.error, HasSubstr("    what = [\"service:instagrm\"]\n"));
    EXPECT_THAT(said.error, testing::ContainsRegex("\n +\\^\n"));
    EXPECT_THAT(said.error, HasSubstr("instagram"));

    auto const json = call_json(check).json();
    EXPECT_FALSE(json.at("ok").as_bool());
    auto const& problem = json.at("problems").as_array().front().as_object();
    EXPECT_GT(problem.at("line").to_number<int>(), 0);
    EXPECT_GT(problem.at("column").to_number<int>(), 0);
}

TEST_F(CheckTest, RefusesAnExpectationThatDoesNotHold)
{
    append("policy.toml",
        "\n[[expect]]\nwho = \"pupil\"\nat = \"2026-11-24T10:00\"\nurl = \"https://www.instagram.com/\"\nverdict = \"allow\"\n");
    auto const said = call(check);
    EXPECT_EQ(said.status, failure);
    EXPECT_THAT(said.error, HasSubstr("is expected to allow"));
}

TEST_F(CheckTest, SaysSoWhenThereIsNoConfiguration)
{
    config_ = dir_ / "nowhere";
    auto const said = call(check);
    EXPECT_EQ(said.status, failure);
    EXPECT_THAT(said.error, HasSubstr("gatehouse.toml: error: cannot be read"));
}

} // namespace
} // namespace gatehouse::ctl
