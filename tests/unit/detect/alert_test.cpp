#include "proxy/detect/alert.hpp"

#include <gtest/gtest.h>

namespace gatehouse::detect {
namespace {

using namespace std::chrono_literals;

class AlertTest : public ::testing::Test {
protected:
    AlertTest()
    {
        policy_.url_forms = {{"engine", "The engine", {"engine.example"}, policy::UrlForm::Holds::search,
            policy::UrlForm::In::parameter, {}, {"q"}, {}, 0}};
        policy_.term_lists = {{"urgent", "Urgent things", policy::Severity::urgent, {"help"}, {}, {}},
            {"concern", "Things of concern", policy::Severity::concern, {"sad"}, {}, {}},
            {"note", "Notes", policy::Severity::note, {"vpn"}, {}, {}}};
        policy_.roles.resize(1);
        policy_.roles.front().id = "pupil";
        policy_.roles.front().default_verdict = policy::Verdict::allow;
        policy_.unknown_role = "pupil";
        policy_.prepare();
        pupil_.role = "pupil";
        pupil_.user = "pupil-17";
        pupil_.network = "library";
        pupil_.confidence = policy::Confidence::password;
        pupil_.address = policy::IpAddress::from_v4(0x0a010203);
    }
    std::optional<Alert> alert_for(std::string_view url, std::chrono::system_clock::time_point at = {})
    {
        auto const target = policy::Target::parse_url(url).value();
        auto const decision = policy::decide(policy_, {pupil_, target, {}, {}});
        return alert_of(policy_, pupil_, target, decision, "d-1", at);
    }

    policy::Policy policy_;
    policy::Subject pupil_;
};

TEST_F(AlertTest, IsASearchOfWhichAListOfConcernSpeaks)
{
    auto const alert = alert_for("https://engine.example/?q=I+need+Help");
    ASSERT_TRUE(alert);
    EXPECT_EQ(alert->search, "i need help");
    EXPECT_EQ(alert->engine, "The engine");
    EXPECT_EQ(alert->list_title, "Urgent things");
    EXPECT_EQ(alert->severity, policy::Severity::urgent);
    EXPECT_EQ(alert->user, "pupil-17");
    EXPECT_FALSE(alert->blocked);
    EXPECT_TRUE(alert_for("https://engine.example/?q=sad"));
    EXPECT_FALSE(alert_for("https://engine.example/?q=vpn")) << "for the record only";
    EXPECT_FALSE(alert_for("https://engine.example/?q=sunshine"));
    EXPECT_FALSE(alert_for("https://other.example/?q=help"));
}

TEST_F(AlertTest, OfStaffTellsOnlyWhatIsUrgent)
{
    pupil_.role = "staff";
    EXPECT_TRUE(alert_for("https://engine.example/?q=help"));
    EXPECT_FALSE(alert_for("https://engine.example/?q=sad"));
}

TEST_F(AlertTest, NamesNobodyWhoOnlyClaimedToBeThem)
{
    pupil_.confidence = policy::Confidence::claimed;
    auto const alert = alert_for("https://engine.example/?q=help");
    ASSERT_TRUE(alert);
    EXPECT_EQ(alert->user, "");
    EXPECT_EQ(alert->network, "library");
}

TEST_F(AlertTest, IsToldOncePerPersonAndThing)
{
    AlertMemory memory;
    auto const at = std::chrono::system_clock::time_point{} + 1000h;
    EXPECT_TRUE(memory.is_new(*alert_for("https://engine.example/?q=help", at)));
    EXPECT_FALSE(memory.is_new(*alert_for("https://engine.example/?q=help+me", at + 59min)));
    EXPECT_TRUE(memory.is_new(*alert_for("https://engine.example/?q=sad", at + 59min))) << "another thing";
    EXPECT_TRUE(memory.is_new(*alert_for("https://engine.example/?q=help", at + 60min))) << "it goes on";
    pupil_.user = "pupil-18";
    EXPECT_TRUE(memory.is_new(*alert_for("https://engine.example/?q=help", at + 60min))) << "another person";
}

TEST_F(AlertTest, RemembersNoMoreThanItsLimit)
{
    AlertMemory memory{{60min, 2}};
    auto const tell = [&](std::string const& user) {
        pupil_.user = user;
        return memory.is_new(*alert_for("https://engine.example/?q=help"));
    };
    EXPECT_TRUE(tell("a") && tell("b") && tell("c"));
    EXPECT_FALSE(tell("c"));
    EXPECT_TRUE(tell("a")) << "forgotten: told once too often rather than never";
}

TEST_F(AlertTest, OfWhatIsWrittenHoldsNoWords)
{
    auto const target = policy::Target::parse_url("https://assistant.example/chat").value();
    policy::TermHits hits{};
    hits.lists.set(0);
    auto const decision = policy::decide(policy_, {pupil_, target, {}, {}, &hits});
    auto const alert = alert_of(policy_, pupil_, target, decision, "d-1", {});
    ASSERT_TRUE(alert);
    EXPECT_EQ(alert->search, "");
    EXPECT_EQ(alert->engine, "assistant.example");
    EXPECT_EQ(alert->list, "urgent");
}

TEST_F(AlertTest, ThatCouldNotBeKeptIsToldAgain)
{
    AlertMemory memory;
    auto const alert = alert_for("https://engine.example/?q=help");
    EXPECT_TRUE(memory.is_new(*alert));
    EXPECT_FALSE(memory.is_new(*alert));
    memory.forget(*alert);
    memory.forget(*alert);
    EXPECT_TRUE(memory.is_new(*alert));
}

} // namespace
} // namespace gatehouse::detect
