#include "tools/gateway/program.hpp"

#include <gtest/gtest.h>

namespace gatehouse::gateway {
namespace {

TEST(ProgramTest, TellsWhatAProgramSaidAndHowItEnded)
{
    auto const ran = run({"sh", "-c", "cat; echo more >&2; exit 3"}, "given\n");
    ASSERT_TRUE(ran);
    EXPECT_EQ(ran->status, 3);
    EXPECT_EQ(ran->output, "given\nmore\n");
}

TEST(ProgramTest, MovesMoreThanAPipeHolds)
{
    std::string const given(1 << 20, 'x');
    auto const ran = run({"cat"}, given);
    ASSERT_TRUE(ran);
    EXPECT_EQ(ran->output, given);
}

TEST(ProgramTest, NamesTheSignalThatEndedIt)
{
    auto const ran = run({"sh", "-c", "kill -9 $$"});
    ASSERT_TRUE(ran);
    EXPECT_EQ(ran->status, 128 + 9);
}

TEST(ProgramTest, SaysThatThereIsNoSuchProgram)
{
    EXPECT_FALSE(run({"no-program-has-this-name"}));
}

} // namespace
} // namespace gatehouse::gateway
