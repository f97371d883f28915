#include "proxy/net/origin_sessions.hpp"

#include <gtest/gtest.h>
#include <openssl/ssl.h>

namespace gatehouse::net {
namespace {

using std::chrono::minutes;

class OriginSessionsTest : public testing::Test {
protected:
    /// Keeps a new session; only for telling it from others.
    SSL_SESSION* give(std::string const& name, OriginSessions::Clock::time_point at = {}, int version = TLS1_3_VERSION)
    {
        SessionPtr session{SSL_SESSION_new()};
        SSL_SESSION_set_protocol_version(session.get(), version);
        auto* const known = session.get();
        sessions_.keep(name, std::move(session), at);
        return known;
    }
    SSL_SESSION* take(std::string const& name, OriginSessions::Clock::time_point at = {})
    {
        taken_.push_back(sessions_.take(name, at));
        return taken_.back().get();
    }

    OriginSessions sessions_;
    std::vector<SessionPtr> taken_; ///< so that no address comes twice
};

TEST_F(OriginSessionsTest, GivesEachSessionOnceTheNewestFirst)
{
    auto* const first = give("a.example");
    auto* const second = give("a.example");
    EXPECT_EQ(take("a.example"), second);
    EXPECT_EQ(take("a.example"), first);
    EXPECT_EQ(take("a.example"), nullptr);
    EXPECT_EQ(sessions_.names(), 0U);
}

TEST_F(OriginSessionsTest, GivesThoseBeforeTls13AgainUntilTheyAreOld)
{
    OriginSessions::Clock::time_point const start{};
    auto* const only = give("a.example", start, TLS1_2_VERSION);
    EXPECT_EQ(take("a.example", start), only);
    EXPECT_EQ(take("a.example", start + minutes{59}), only);
    EXPECT_EQ(take("a.example", start + minutes{61}), nullptr);
}

TEST_F(OriginSessionsTest, KeepsNamesApart)
{
    give("a.example");
    EXPECT_EQ(take("b.example"), nullptr);
    EXPECT_EQ(take("www.a.example"), nullptr);
}

TEST_F(OriginSessionsTest, KeepsFewOfAName)
{
    give("a.example");
    auto* const second = give("a.example");
    auto* const third = give("a.example");
    EXPECT_EQ(take("a.example"), third);
    EXPECT_EQ(take("a.example"), second);
    EXPECT_EQ(take("a.example"), nullptr);
}

TEST_F(OriginSessionsTest, KeepsABoundedNumberOfNames)
{
    for (std::size_t number = 0; number < 2 * OriginSessions::max_names; ++number)
        give(std::to_string(number) + ".example");
    EXPECT_EQ(sessions_.names(), OriginSessions::max_names);
    EXPECT_NE(take(std::to_string(2 * OriginSessions::max_names - 1) + ".example"), nullptr) << "the last one was kept";
}

TEST_F(OriginSessionsTest, CountsFromTheCertificateHoweverOftenItIsResumed)
{
    OriginSessions::Clock::time_point const start{std::chrono::hours{1000}};
    SessionPtr const first{SSL_SESSION_new()};
    EXPECT_EQ(OriginSessions::proved_at(first.get(), start), start);
    SessionPtr const second{SSL_SESSION_dup(first.get())}; // as OpenSSL makes the session of a resumed connection
    SessionPtr const third{SSL_SESSION_dup(second.get())};
    EXPECT_EQ(OriginSessions::proved_at(second.get(), start + minutes{40}), start);
    EXPECT_EQ(OriginSessions::proved_at(third.get(), start + minutes{80}), start);
    SessionPtr const other{SSL_SESSION_new()};
    EXPECT_EQ(OriginSessions::proved_at(other.get(), start + minutes{80}), start + minutes{80});
}

TEST_F(OriginSessionsTest, ForgetsWhatIsOld)
{
    OriginSessions::Clock::time_point const start{};
    give("a.example", start);
    auto* const second = give("a.example", start + minutes{30});
    EXPECT_EQ(take("a.example", start + minutes{61}), second);
    EXPECT_EQ(take("a.example", start + minutes{61}), nullptr);
    EXPECT_EQ(sessions_.names(), 0U);
}

} // namespace
} // namespace gatehouse::net
