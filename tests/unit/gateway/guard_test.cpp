#include "tools/gateway/guard.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gatehouse::gateway {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
namespace fs = std::filesystem;

class GuardTest : public testing::Test {
protected:
    GuardTest()
        : change_(fs::path{testing::TempDir()} / ("guarded-" + std::to_string(::getpid())))
    {
        std::ofstream{change_} << "changed";
    }
    ~GuardTest() override { fs::remove(change_); }
    std::function<bool()> take_back()
    {
        return [this] { return fs::remove(change_); };
    }
    bool changed() const { return fs::exists(change_); }

    fs::path change_;
};

TEST_F(GuardTest, LeavesWhatMayStay)
{
    auto guard = Guard::post(hours{1}, take_back());
    ASSERT_TRUE(guard);
    EXPECT_EQ(guard->keep(), Guard::End::kept);
    EXPECT_TRUE(changed());
}

TEST_F(GuardTest, TakesBackWhenTheTimeIsUp)
{
    auto guard = Guard::post(milliseconds{1}, take_back());
    ASSERT_TRUE(guard);
    ::pollfd gone{guard->gone(), POLLIN, 0};
    EXPECT_EQ(::poll(&gone, 1, -1), 1) << "the end of the guard can be waited for";
    EXPECT_EQ(guard->keep(), Guard::End::taken_back) << "too late";
    EXPECT_FALSE(changed());
}

TEST_F(GuardTest, SaysThatItCouldNot)
{
    auto guard = Guard::post(milliseconds{1}, [] { return false; });
    ASSERT_TRUE(guard);
    EXPECT_EQ(guard->wait(), Guard::End::stuck);
}

TEST_F(GuardTest, TakesBackWhenItsMakerIsKilled)
{
    int told[2];
    ASSERT_EQ(::pipe(told), 0);
    auto const maker = ::fork();
    if (maker == 0) {
        auto guard = Guard::post(hours{1}, [&] { return take_back()() && ::write(told[1], "x", 1) == 1; });
        ::raise(SIGKILL);
    }
    char word = 0;
    EXPECT_EQ(::read(told[0], &word, 1), 1);
    EXPECT_FALSE(changed());
    ::waitpid(maker, nullptr, 0);
    ::close(told[0]);
    ::close(told[1]);
}

} // namespace
} // namespace gatehouse::gateway
