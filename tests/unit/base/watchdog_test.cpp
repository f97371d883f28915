#include "proxy/watchdog.hpp"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace gatehouse {
namespace {

using namespace std::chrono_literals;
using Pulse = Watchdog::Pulse;

/// A thread with a queue, as each part of the gateway has one.
class Part {
public:
    Part()
        : thread_([this] { run(); })
    {
    }
    ~Part()
    {
        let_go();
        post([this] { ends_ = true; });
        thread_.join();
    }

    void post(std::function<void()> work)
    {
        {
            std::lock_guard const lock(guard_);
            queue_.push_back(std::move(work));
        }
        changed_.notify_all();
    }
    /// Stands still, as on a lock that nobody gives back, until let_go().
    void stand_still()
    {
        held_ = true;
        post([this] {
            std::unique_lock lock(guard_);
            changed_.wait(lock, [this] { return !held_; });
        });
    }
    /// Uses the processor without an end, until let_go().
    void work_on()
    {
        held_ = true;
        post([this] {
            while (held_) { }
        });
    }
    void let_go()
    {
        held_ = false;
        std::lock_guard const lock(guard_);
        changed_.notify_all();
    }
    WatchedPart::Ask ask()
    {
        return [this](std::function<void()> answer) {
            post(std::move(answer));
            return true;
        };
    }

private:
    void run()
    {
        while (!ends_) {
            std::unique_lock lock(guard_);
            changed_.wait(lock, [this] { return !queue_.empty(); });
            auto const work = std::move(queue_.front());
            queue_.pop_front();
            lock.unlock();
            work();
        }
    }

    std::mutex guard_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> queue_;
    std::atomic<bool> held_ = false;
    bool ends_ = false;
    std::thread thread_;
};

class WatchdogTest : public ::testing::Test {
protected:
    void watch(std::vector<WatchedPart> parts, std::chrono::microseconds patience = 1ms)
    {
        watchdog_ = std::make_unique<Watchdog>(std::move(parts), Watchdog::Manager{patience, [this] {
                                                                                       {
                                                                                           std::lock_guard const lock(guard_);
                                                                                           ++signs_;
                                                                                       }
                                                                                       signed_.notify_all();
                                                                                   }});
    }
    /// Whether as many signs of life come. With a manager of little patience it gives one at each of its looks, so it is also its clock here.
    bool gives_signs(unsigned count, std::chrono::seconds patience = 20s)
    {
        std::unique_lock lock(guard_);
        return signed_.wait_for(lock, patience, [this, wanted = signs_ + count] { return signs_ >= wanted; });
    }
    Pulse pulse(std::size_t part = 0) const { return watchdog_->look().at(part).pulse; }
    bool becomes(Pulse wanted)
    {
        auto const end = std::chrono::steady_clock::now() + 20s;
        while (pulse() != wanted && std::chrono::steady_clock::now() < end)
            std::this_thread::yield();
        return pulse() == wanted;
    }

    Part first_, second_;
    std::mutex guard_;
    std::condition_variable signed_;
    unsigned signs_ = 0;
    std::unique_ptr<Watchdog> watchdog_; ///< last: stops before what it asks
};

TEST_F(WatchdogTest, GivesSignsWhileAllTurn)
{
    watch({{"one", {first_.ask()}, {1000ms, 60s}, true}, {"two", {second_.ask()}, {1000ms, 60s}, true}});
    EXPECT_TRUE(gives_signs(8));
    EXPECT_EQ(pulse(0), Pulse::turns);
    EXPECT_EQ(pulse(1), Pulse::turns);
}

TEST_F(WatchdogTest, GivesNoSignWhileAPartStandsStillAndGoesOnWhenItDoes)
{
    watch({{"one", {first_.ask(), second_.ask()}, {1000ms, 60s}, true}});
    EXPECT_TRUE(gives_signs(2));
    second_.stand_still();
    ASSERT_TRUE(becomes(Pulse::hangs));
    EXPECT_EQ(watchdog_->look().at(0).turning, 1U);
    EXPECT_FALSE(gives_signs(1, 1s));
    second_.let_go();
    EXPECT_TRUE(becomes(Pulse::turns));
    EXPECT_TRUE(gives_signs(2));
}

TEST_F(WatchdogTest, LongWorkIsNoHangUntilItsOwnLimit)
{
    watch({{"one", {first_.ask()}, {1000ms, 4000ms}, true}});
    EXPECT_TRUE(gives_signs(2));
    first_.work_on();
    ASSERT_TRUE(becomes(Pulse::works));
    EXPECT_TRUE(gives_signs(2)) << "it works";
    EXPECT_TRUE(becomes(Pulse::hangs)) << "an endless loop is one";
    first_.let_go();
    EXPECT_TRUE(becomes(Pulse::turns));
}

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define GATEHOUSE_VFORK_IS_FORK // sanitizers make it one: then nothing waits in the kernel's own way
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define GATEHOUSE_VFORK_IS_FORK
#endif
#endif
#if !defined(GATEHOUSE_VFORK_IS_FORK)
/// As in a sync: the kernel has a thread wait without an end to it, in which it uses no processor. Here for a child that shares its memory
/// (vfork(2)), which waits the same way.
TEST_F(WatchdogTest, AThreadThatWaitsForTheDiskWorks)
{
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    watch({{"one", {first_.ask()}, {1000ms, 60s}, true}});
    EXPECT_TRUE(gives_signs(2));
    first_.post([&ends] {
        ::pid_t const child = ::vfork();
        if (child == 0) {
            char byte = 0;
            ::_exit(::read(ends[0], &byte, 1) == 1 ? 0 : 1);
        }
        ::waitpid(child, nullptr, 0);
    });
    EXPECT_TRUE(becomes(Pulse::works));
    EXPECT_TRUE(gives_signs(4));
    EXPECT_EQ(pulse(), Pulse::works);
    EXPECT_EQ(::write(ends[1], "x", 1), 1); // lets both go, whatever was found
    EXPECT_TRUE(becomes(Pulse::turns));
    ::close(ends[0]);
    ::close(ends[1]);
}
#endif

TEST_F(WatchdogTest, WhoWasAtWorkBeforeTheFirstQuestionWorks)
{
    first_.work_on();
    watch({{"one", {first_.ask()}, {1000ms, 60s}, true}});
    EXPECT_TRUE(becomes(Pulse::works));
    EXPECT_TRUE(gives_signs(4));
    first_.let_go();
    EXPECT_TRUE(becomes(Pulse::turns));
}

TEST_F(WatchdogTest, AnEndlessLoopHangsWhereThereIsNoLongWork)
{
    watch({{"one", {first_.ask()}, {1000ms, 1000ms}, true}});
    EXPECT_TRUE(gives_signs(2));
    first_.work_on();
    EXPECT_TRUE(becomes(Pulse::hangs));
    first_.let_go();
}

TEST_F(WatchdogTest, WhatMayWaitForOthersIsGivenTheLongLimit)
{
    watch({{"one", {first_.ask()}, {0ms, 60s}, true}});
    EXPECT_TRUE(gives_signs(2));
    first_.stand_still();
    EXPECT_TRUE(gives_signs(12));
    EXPECT_EQ(pulse(), Pulse::turns);
}

TEST_F(WatchdogTest, WhatSaysThatItWaitsIsGivenTheLongLimitAsLong)
{
    std::atomic<bool> waits = true;
    watch({{"one", {first_.ask()}, {1000ms, 60s}, true, [&waits] { return waits.load(); }}});
    EXPECT_TRUE(gives_signs(2));
    first_.stand_still();
    EXPECT_TRUE(gives_signs(12));
    EXPECT_NE(pulse(), Pulse::hangs);
    waits = false;
    EXPECT_TRUE(becomes(Pulse::hangs));
    first_.let_go();
    EXPECT_TRUE(becomes(Pulse::turns));
    watchdog_->stop(); // it asks `waits`
}

TEST_F(WatchdogTest, GivesASignForEachQuarterOfThePatienceAndNoMore)
{
    std::atomic<unsigned> looks = 0; // each asks whether the part waits
    watch({{"one", {first_.ask()}, {1000ms, 60s}, true, [&looks] { return ++looks == 0; }}}, 8s);
    EXPECT_TRUE(gives_signs(1)) << "at once";
    auto const before = looks.load();
    auto const began = std::chrono::steady_clock::now();
    EXPECT_TRUE(gives_signs(2));
    auto const took = std::chrono::steady_clock::now() - began;
    EXPECT_GE(took, 3s) << "two quarters of eight seconds, but for the first wait's beginning";
    EXPECT_GE(looks - before, 8U) << "it looks as often as ever";
    watchdog_->stop();
}

TEST_F(WatchdogTest, APartThatASchoolCanBeWithoutIsOnlySaid)
{
    watch({{"one", {first_.ask()}, {1000ms, 60s}, false}});
    EXPECT_TRUE(gives_signs(2));
    first_.stand_still();
    ASSERT_TRUE(becomes(Pulse::hangs));
    EXPECT_TRUE(gives_signs(2));
}

TEST_F(WatchdogTest, AFullQueueIsNoHang)
{
    watch({{"one", {[](std::function<void()> const&) { return false; }}, {1000ms, 1000ms}, true}});
    EXPECT_TRUE(gives_signs(10));
    EXPECT_EQ(pulse(), Pulse::turns);
}

TEST_F(WatchdogTest, AnswersMayComeAfterItsEnd)
{
    watch({{"one", {first_.ask()}, {1000ms, 60s}, true}});
    EXPECT_TRUE(gives_signs(1));
    first_.stand_still();
    EXPECT_TRUE(gives_signs(1));
    watchdog_.reset();
    first_.let_go();
}

} // namespace
} // namespace gatehouse
