#include "policy/signal.hpp"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

TEST(Signal, EveryNameReadsBackAsItself)
{
    for (unsigned i = 0; i < signal_count; ++i) {
        auto const signal = static_cast<Signal>(i);
        EXPECT_EQ(parse_signal(to_text(signal)), signal);
    }
    EXPECT_EQ(parse_signal("ip_literal"), std::nullopt);
    EXPECT_EQ(parse_signal(""), std::nullopt);
}

TEST(SignalSet, HoldsWhatWasAdded)
{
    SignalSet signals;
    EXPECT_TRUE(signals.empty());
    signals.add(Signal::not_tls);
    signals.add(Signal::not_tls);
    EXPECT_TRUE(signals.has(Signal::not_tls));
    EXPECT_FALSE(signals.has(Signal::ech));
    EXPECT_EQ(signals.bits(), 1U << static_cast<unsigned>(Signal::not_tls));
}

} // namespace
} // namespace gatehouse::policy
