#include "proxy/net/deadline.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <random>
#include <vector>

namespace gatehouse::net {
namespace {

using namespace std::chrono_literals;

void count(void* owner)
{
    ++*static_cast<int*>(owner);
}

class DeadlineTest : public ::testing::Test {
protected:
    /// Moves the wheel's clock without waiting.
    void pass(std::chrono::milliseconds time)
    {
        now += time;
        wheel.advance(now);
    }

    DeadlineWheel wheel;
    std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now();
    int expired = 0;
};

TEST_F(DeadlineTest, ExpiresOnceAfterItsTimeAndNotBefore)
{
    Deadline deadline(wheel, count, &expired);
    deadline.expire_after(1000ms);
    pass(900ms);
    EXPECT_EQ(expired, 0);
    pass(500ms);
    EXPECT_EQ(expired, 1);
    EXPECT_TRUE(deadline.expired());
    pass(10000ms);
    EXPECT_EQ(expired, 1);
}

TEST_F(DeadlineTest, IsPutOffBySettingItAgain)
{
    Deadline deadline(wheel, count, &expired);
    for (int i = 0; i < 20; ++i) {
        deadline.expire_after(1000ms);
        pass(900ms);
    }
    EXPECT_EQ(expired, 0);
    pass(500ms);
    EXPECT_EQ(expired, 1);
}

TEST_F(DeadlineTest, CanBeMadeShorter)
{
    Deadline deadline(wheel, count, &expired);
    deadline.expire_after(60000ms);
    deadline.expire_after(200ms);
    pass(500ms);
    EXPECT_EQ(expired, 1);
}

TEST_F(DeadlineTest, NeverExpiresWhenCleared)
{
    Deadline deadline(wheel, count, &expired);
    deadline.expire_after(200ms);
    deadline.clear();
    pass(100000ms);
    EXPECT_EQ(expired, 0);
}

TEST_F(DeadlineTest, ReachesBeyondOneTurnOfTheWheel)
{
    Deadline deadline(wheel, count, &expired);
    deadline.expire_after(600000ms);
    for (int i = 0; i < 599; ++i)
        pass(1000ms);
    EXPECT_EQ(expired, 0);
    pass(2000ms);
    EXPECT_EQ(expired, 1);
}

TEST_F(DeadlineTest, ForgetsOwnersThatAreGone)
{
    for (int i = 0; i < 100; ++i) {
        Deadline deadline(wheel, count, &expired);
        deadline.expire_after(200ms);
    }
    pass(1000ms);
    EXPECT_EQ(expired, 0);
}

TEST_F(DeadlineTest, EndsIdleOwnersEarlyAndLeavesTheOthers)
{
    int idle_expired = 0;
    Deadline working(wheel, count, &expired);
    Deadline idle(wheel, count, &idle_expired);
    working.expire_after(60000ms);
    idle.expire_after(60000ms, Deadline::While::idle);
    wheel.expire_idle();
    EXPECT_EQ(idle_expired, 1);
    EXPECT_EQ(expired, 0);
    wheel.expire_all();
    EXPECT_EQ(expired, 1);
}

TEST_F(DeadlineTest, EndsTheOldestIdleOneWhenRoomIsNeeded)
{
    int young_expired = 0;
    int old_expired = 0;
    Deadline working(wheel, count, &expired);
    Deadline old(wheel, count, &old_expired);
    Deadline young(wheel, count, &young_expired);
    working.expire_after(1000ms);
    old.expire_after(60000ms, Deadline::While::idle);
    pass(500ms);
    young.expire_after(60000ms, Deadline::While::idle);
    EXPECT_TRUE(wheel.expire_oldest_idle());
    EXPECT_EQ(old_expired, 1);
    EXPECT_EQ(young_expired, 0);
    EXPECT_TRUE(wheel.expire_oldest_idle());
    EXPECT_EQ(young_expired, 1);
    EXPECT_FALSE(wheel.expire_oldest_idle());
    EXPECT_EQ(expired, 0);
}

TEST_F(DeadlineTest, AgreesWithASlowReferenceOverRandomSettings)
{
    struct Owner {
        int fired = 0;
        std::unique_ptr<Deadline> deadline;
        std::chrono::milliseconds due{-1};
    };
    std::mt19937 random(11);
    std::vector<Owner> owners(50);
    for (auto& owner : owners)
        owner.deadline = std::make_unique<Deadline>(wheel, count, &owner.fired);
    std::chrono::milliseconds clock{0};
    for (int step = 0; step < 5000; ++step) {
        auto& owner = owners[random() % owners.size()];
        auto const time = std::chrono::milliseconds{100 * (1 + random() % 3000)};
        if (random() % 4 == 0) {
            owner.deadline->clear();
            owner.due = std::chrono::milliseconds{-1};
        } else {
            owner.deadline->expire_after(time);
            owner.due = clock + time;
        }
        clock += 100ms;
        pass(100ms);
        for (auto& each : owners) {
            if (each.due.count() < 0)
                continue;
            // One tick of rounding up, one because the wheel starts between ticks.
            if (each.deadline->expired())
                EXPECT_GE(clock, each.due);
            else
                EXPECT_LE(clock, each.due + 300ms);
        }
    }
}

} // namespace
} // namespace gatehouse::net
