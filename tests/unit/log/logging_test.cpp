#include "proxy/log/logging.hpp"

#include "proxy/log/event_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

namespace gatehouse::log {
namespace {

using namespace std::chrono_literals;

TEST(RateLimiter, PassesTheBurstThenOneAnInterval)
{
    RateLimiter limiter{2, 1000ms};
    RateLimiter::time_point const start{};
    EXPECT_EQ(limiter.pass(start), 0U);
    EXPECT_EQ(limiter.pass(start), 0U);
    EXPECT_FALSE(limiter.pass(start));
    EXPECT_FALSE(limiter.pass(start + 999ms));
    EXPECT_EQ(limiter.pass(start + 1000ms), 2U) << "says how many were held back";
    EXPECT_FALSE(limiter.pass(start + 1500ms));
    EXPECT_EQ(limiter.pass(start + 60s), 1U);
    EXPECT_EQ(limiter.pass(start + 60s), 0U) << "never more than the burst is saved up";
    EXPECT_FALSE(limiter.pass(start + 60s));
}

TEST(MakeLogger, RefusesUnknownLevels)
{
    EXPECT_FALSE(make_logger("loud"));
    EXPECT_TRUE(make_logger("off"));
}

std::string line_on_stderr()
{
    auto const logger = make_logger("warn").value();
    testing::internal::CaptureStderr();
    logger->info("hidden");
    logger->warn("{} sink={}", event::log_sink_failed, "x");
    return testing::internal::GetCapturedStderr();
}

TEST(MakeLogger, WritesTheTimeUnlessTheJournalDoes)
{
    ::unsetenv("JOURNAL_STREAM");
    EXPECT_THAT(line_on_stderr(), testing::MatchesRegex("20..-..-..T..:..:......Z warning log.sink_failed sink=x\n"));
    ::setenv("JOURNAL_STREAM", "8:1", 1);
    EXPECT_EQ(line_on_stderr(), "<4>log.sink_failed sink=x\n");
    ::unsetenv("JOURNAL_STREAM");
}

} // namespace
} // namespace gatehouse::log
