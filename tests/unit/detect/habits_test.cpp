#include "proxy/detect/habits.hpp"

#include <gtest/gtest.h>

namespace gatehouse::detect {
namespace {

using namespace std::chrono_literals;
using policy::Confidence;

Incident attempt(std::string host, std::chrono::seconds when = {}, IncidentKind kind = IncidentKind::proxy_host)
{
    Incident incident;
    incident.at = std::chrono::system_clock::time_point{1795516800s + when};
    incident.kind = kind;
    incident.grade = Grade::attempt;
    incident.client = policy::IpAddress::from_v4(0x0a010203);
    incident.user = "pupil-17";
    incident.confidence = Confidence::session;
    incident.host = std::move(host);
    return incident;
}

TEST(Habits, ReportsTheFourthDifferentTry)
{
    Habits habits;
    EXPECT_FALSE(habits.observe(attempt("a.example")));
    EXPECT_FALSE(habits.observe(attempt("b.example", 10s, IncidentKind::vpn_host)));
    EXPECT_FALSE(habits.observe(attempt("c.example", 20s, IncidentKind::tor_host)));
    auto const burst = habits.observe(attempt("d.example", 30s));
    ASSERT_TRUE(burst);
    EXPECT_EQ(burst->kind, IncidentKind::burst);
    EXPECT_EQ(burst->grade, Grade::attempt);
    EXPECT_FALSE(burst->user_driven);
    EXPECT_EQ(burst->user, "pupil-17");
    EXPECT_NE(burst->evidence.find("4 different tries"), std::string::npos);
    EXPECT_NE(burst->evidence.find("vpn-host b.example"), std::string::npos);
}

TEST(Habits, IsConfirmedOnlyIfAPersonOpenedEveryOne)
{
    for (bool const last_by_person : {true, false}) {
        Habits habits;
        std::optional<Incident> burst;
        for (auto const* const host : {"a.example", "b.example", "c.example", "d.example"}) {
            auto one = attempt(host);
            one.user_driven = last_by_person || std::string_view{host} != "d.example";
            burst = habits.observe(one);
        }
        ASSERT_TRUE(burst);
        EXPECT_EQ(burst->grade, last_by_person ? Grade::confirmed : Grade::attempt);
    }
}

TEST(Habits, CollapsesRetries)
{
    Habits habits;
    for (int i = 0; i < 50; ++i)
        for (auto const* const host : {"a.example", "b.example", "c.example"})
            EXPECT_FALSE(habits.observe(attempt(host, std::chrono::seconds{i})));
}

TEST(Habits, ForgetsWhatIsOlderThanTheWindow)
{
    Habits habits;
    for (int i = 0; i < 20; ++i)
        EXPECT_FALSE(habits.observe(attempt(std::to_string(i) + ".example", 101s * i)));
    EXPECT_TRUE(habits.observe(attempt("last.example", 101s * 19)));
}

TEST(Habits, ReportsABurstOnce)
{
    Habits habits;
    int bursts = 0;
    for (int i = 0; i < 40; ++i)
        bursts += habits.observe(attempt(std::to_string(i) + ".example", std::chrono::seconds{i})) ? 1 : 0;
    EXPECT_EQ(bursts, 1);
    for (int i = 0; i < 4; ++i)
        bursts += habits.observe(attempt(std::to_string(i) + ".example", 304s)) ? 1 : 0;
    EXPECT_EQ(bursts, 2);
}

TEST(Habits, IgnoresSignals)
{
    Habits habits;
    for (int i = 0; i < 10; ++i) {
        auto one = attempt(std::to_string(i) + ".example");
        one.grade = Grade::signal;
        EXPECT_FALSE(habits.observe(one));
    }
    EXPECT_EQ(habits.size(), 0U);
}

TEST(Habits, KeepsPeopleApart)
{
    Habits habits;
    for (int i = 0; i < 30; ++i) { // thirty pupils behind one address, signed in
        auto one = attempt(std::to_string(i) + ".example");
        one.user = "pupil-" + std::to_string(i);
        EXPECT_FALSE(habits.observe(one));
    }
    auto const together = [&](std::string host) { // unproved names at one address are that address
        auto one = attempt(host);
        one.user = host;
        one.confidence = Confidence::address;
        return habits.observe(one);
    };
    EXPECT_FALSE(together("a.example"));
    EXPECT_FALSE(together("b.example"));
    EXPECT_FALSE(together("c.example"));
    EXPECT_TRUE(together("d.example"));
}

TEST(Habits, RemembersABoundedNumberOfPeople)
{
    Habits habits{{300s, 4, 10}};
    for (int i = 0; i < 100; ++i) {
        auto one = attempt("a.example");
        one.user = std::to_string(i);
        habits.observe(one);
    }
    EXPECT_EQ(habits.size(), 10U);
}

} // namespace
} // namespace gatehouse::detect
