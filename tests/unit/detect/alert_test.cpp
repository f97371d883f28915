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
        for (auto const* id : {"pupil", "teacher"}) {
            policy_.roles.emplace_back().id = id;
            policy_.roles.back().default_verdict = policy::Verdict::allow;
        }
        policy_.roles.back().people = policy::People::staff;
        policy_.categories = {{"harm", "Harm", {}, false, policy::Severity::urgent}, {"harm-forums", "Forums about harm", "harm"},
            {"extreme", "Extremism", {}, false, policy::Severity::concern}, {"games", "Games", {}}};
        policy_.phrase_lists
            = {{"harm-pages", "Pages about harm", "harm", {}, 0, {}}, {"game-pages", "Games", "games", {}, 0, {}}};
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
        return alert_at(target, policy::decide(policy_, {pupil_, target, {}, {}}), at);
    }
    std::optional<Alert> alert_at(
        policy::Target const& target, policy::Decision const& decision, std::chrono::system_clock::time_point at = {})
    {
        return alert_of({at, policy_, pupil_, target, decision, "d-1", intent_}, worth_telling_);
    }
    /// Of a visit to a site of the category.
    std::optional<Alert> visit(std::uint16_t category, policy::Stage stage = policy::Stage::rule)
    {
        auto const target = policy::Target::parse_url("https://site.example/path?q=secret").value();
        policy::Decision decision;
        decision.stage = stage;
        decision.category = category;
        EXPECT_EQ(may_be_alert(policy_, decision), policy_.alert_of(category).has_value());
        return alert_at(target, decision);
    }

    policy::Policy policy_;
    policy::Subject pupil_;
    Intent intent_ = Intent::user_navigation;
    policy::ContentFinding worth_telling_;
};

TEST_F(AlertTest, IsASearchOfWhichAListOfConcernSpeaks)
{
    auto const alert = alert_for("https://engine.example/?q=I+need+Help");
    ASSERT_TRUE(alert);
    EXPECT_EQ(alert->search, "i need help");
    EXPECT_EQ(alert->kind, AlertKind::search);
    EXPECT_EQ(alert->site, "The engine");
    EXPECT_EQ(alert->theme, "Urgent things");
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
    EXPECT_EQ(alert_for("https://engine.example/?q=help")->people, policy::People::pupils);
    pupil_.role = "teacher"; // whatever a school calls them
    EXPECT_EQ(alert_for("https://engine.example/?q=help")->people, policy::People::staff);
    EXPECT_FALSE(alert_for("https://engine.example/?q=sad"));
    EXPECT_TRUE(visit(0));
    EXPECT_FALSE(visit(2));
    pupil_.role = "gone from the policy";
    EXPECT_EQ(alert_for("https://engine.example/?q=sad")->people, policy::People::pupils);
}

TEST_F(AlertTest, IsAVisitToASiteOfACategoryThatTells)
{
    auto const alert = visit(1);
    ASSERT_TRUE(alert);
    EXPECT_EQ(alert->kind, AlertKind::visit);
    EXPECT_EQ(alert->site, "site.example");
    EXPECT_EQ(alert->search, "") << "nothing that was asked for is kept";
    EXPECT_EQ(alert->theme, "Forums about harm");
    EXPECT_EQ(alert->severity, policy::Severity::urgent) << "as the category above it";
    EXPECT_TRUE(alert->blocked && alert->by_person);
    EXPECT_EQ(visit(2)->severity, policy::Severity::concern);
    EXPECT_FALSE(visit(3));
    EXPECT_FALSE(visit(policy::none));
    EXPECT_FALSE(visit(0, policy::Stage::override_grant)) << "somebody has allowed that";
}

TEST_F(AlertTest, IsNoneOfWhatAPageFetchesByItself)
{
    intent_ = Intent::embedded;
    worth_telling_ = {0, 0, 70};
    EXPECT_FALSE(visit(0));
    intent_ = Intent::unknown; // a tunnel, or plain HTTP
    ASSERT_TRUE(visit(0));
    EXPECT_FALSE(visit(0)->by_person);
}

TEST_F(AlertTest, IsAPageWhoseWordsClosedItOrAreWorthTelling)
{
    auto const target = policy::Target::parse_url("https://wiki.example/page?q=secret").value();
    policy::Decision decision;
    decision.verdict = policy::Verdict::allow;
    decision.stage = policy::Stage::rule;
    EXPECT_FALSE(alert_at(target, decision));
    worth_telling_ = {0, 1, 70};
    EXPECT_FALSE(alert_at(target, decision)) << "of games nobody is told";
    worth_telling_ = {0, 0, 70};
    auto alert = alert_at(target, decision);
    ASSERT_TRUE(alert);
    EXPECT_EQ(alert->kind, AlertKind::page);
    EXPECT_EQ(alert->theme, "Harm");
    EXPECT_EQ(alert->site, "wiki.example");
    EXPECT_FALSE(alert->blocked);
    worth_telling_ = {};
    alert = alert_at(target, policy::close_for(decision, policy_, {0, 0, 95}));
    ASSERT_TRUE(alert);
    EXPECT_TRUE(alert->kind == AlertKind::page && alert->blocked);
}

TEST_F(AlertTest, OfAVisitIsToldBesideTheSearchButNotForEachPage)
{
    policy_.term_lists[0].id = "harm";
    AlertMemory memory;
    EXPECT_TRUE(memory.is_new(*alert_for("https://engine.example/?q=help")));
    EXPECT_TRUE(memory.is_new(*visit(0))) << "a step further";
    EXPECT_FALSE(memory.is_new(*visit(0))) << "loaded again";
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

TEST_F(AlertTest, IsToldAgainAfterAClockThatWasAhead)
{
    AlertMemory memory;
    auto const at = std::chrono::system_clock::time_point{} + 100'000h;
    EXPECT_TRUE(memory.is_new(*alert_for("https://engine.example/?q=help", at + 1000h)));
    EXPECT_FALSE(memory.is_new(*alert_for("https://engine.example/?q=help", at + 1000h - 1s))) << "one worker's clock read late";
    EXPECT_TRUE(memory.is_new(*alert_for("https://engine.example/?q=help", at)));
    EXPECT_FALSE(memory.is_new(*alert_for("https://engine.example/?q=help", at + 59min)));
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
    auto const alert = alert_at(target, decision);
    ASSERT_TRUE(alert);
    EXPECT_EQ(alert->kind, AlertKind::message);
    EXPECT_EQ(alert->search, "");
    EXPECT_EQ(alert->site, "assistant.example");
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
