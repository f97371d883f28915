#include "proxy/checks/self_checks.hpp"

#include "tests/unit/checks/school.hpp"

#include <algorithm>
#include <gmock/gmock.h>

namespace gatehouse::checks::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

/// The gateway closed what it should in the one room, and left games open for somebody in no room.
ProxyLook good_look()
{
    ProxyLook look;
    look.places.reached = {place("Room", "pupil"), place("", "pupil")};
    look.looks = {{"adult", 0, Answer::closed, Answer::closed}, {"adult", 1, Answer::closed, Answer::closed},
        {"gambling", 0, Answer::open, Answer::open}};
    look.logged = true;
    return look;
}

Facts good_facts()
{
    Facts facts;
    facts.failed_expectations = 0;
    facts.rows_of_a_day = 100000;
    facts.tunnels = 1000;
    facts.unseen = 3;
    facts.lists_age = 3h;
    facts.ca_left = std::chrono::days{900};
    facts.audit_is_whole = true;
    facts.last_checked = std::chrono::days{30};
    facts.last_reviewed = std::chrono::days{200};
    facts.look = good_look();
    return facts;
}

SelfCheck find(std::vector<SelfCheck> const& checks, std::string_view id)
{
    auto const found = std::find_if(checks.begin(), checks.end(), [id](SelfCheck const& check) { return check.id == id; });
    EXPECT_NE(found, checks.end()) << id;
    return found == checks.end() ? SelfCheck{} : *found;
}

SelfCheck check(std::string_view id, Facts const& facts = good_facts(), policy::Policy const& policy = with_lists(school()))
{
    return find(run(policy, {}, facts, tuesday, Clock{"UTC"}), id);
}

TEST(SelfChecks, SayOneOfWhatIsOne)
{
    auto facts = good_facts();
    facts.rows_of_a_day = 1;
    facts.lost_rows = 1;
    facts.lists_age = 1h;
    facts.ca_left = std::chrono::days{1};
    facts.last_checked = facts.last_reviewed = std::chrono::days{1};
    EXPECT_THAT(
        check("logs", facts).findings, testing::IsSupersetOf({"1 row in the last 24 hours.", "1 row was lost since the start."}));
    EXPECT_THAT(check("lists", facts).findings, ElementsAre("They were compiled 1 hour ago."));
    EXPECT_THAT(check("certificate", facts).findings, ElementsAre("The school's certificate is valid for 1 more day."));
    EXPECT_THAT(check("review", facts).findings,
        ElementsAre("The last review of the filter was 1 day ago.", "These checks were run 1 day ago."));
}

TEST(SelfChecks, SayForWhomATopicIsOpen)
{
    EXPECT_EQ(check("adult").state, State::good) << "staff do not count: no room of theirs has a group of children";
    auto const gambling = check("gambling");
    EXPECT_EQ(gambling.state, State::gap);
    EXPECT_THAT(gambling.findings, Contains("Pupil: \"gambling\" is closed 0 % of the week."));
    EXPECT_FALSE(gambling.advice.empty());
    EXPECT_THAT(check("drugs").findings, Contains("The policy has no category \"drugs\"."));
    auto const partly = check("adult", good_facts(),
        with_lists(school(
            "[[rule]]\nid = \"late\"\nwho = [\"staff\"]\nwhat = [\"category:adult\"]\naction = \"block\"\nreason = \"x\"\n")));
    EXPECT_EQ(partly.state, State::good);
}

TEST(SelfChecks, WantNamesOnTheListsOfATopic)
{
    auto const empty = check("adult", good_facts(), school());
    EXPECT_EQ(empty.state, State::gap) << "a rule without names closes nothing";
    EXPECT_THAT(empty.findings, Contains("The lists name 0 such sites."));
    EXPECT_THAT(empty.advice, HasSubstr("lists.toml"));
}

TEST(SelfChecks, SayWhatTheGatewayItselfAnswered)
{
    EXPECT_THAT(check("adult").findings, Contains("The gateway itself was asked just now and closed 2 of 2 test pages."));
    EXPECT_EQ(check("proxy").state, State::good);
    auto facts = good_facts();
    facts.look->looks[1].seen = Answer::open;
    auto const differs = check("proxy", facts);
    EXPECT_EQ(differs.state, State::gap);
    EXPECT_THAT(differs.findings, Contains(HasSubstr("\"adult\": by the rules closed, seen open.")));
    EXPECT_THAT(check("adult", facts).findings, Contains(HasSubstr("closed 1 of 2 test pages")));
    facts = good_facts();
    facts.look->logged = false;
    EXPECT_EQ(check("proxy", facts).state, State::gap) << "what is not written down cannot be shown";
    facts.look.reset();
    EXPECT_EQ(check("proxy", facts).state, State::gap);
    EXPECT_THAT(check("adult", facts).findings, Contains(HasSubstr("worked out from the rules")));
}

TEST(SelfChecks, NameTheRoomsThatCannotBeAskedFrom)
{
    auto facts = good_facts();
    facts.look->places.unreached = {place("Office", "staff")};
    EXPECT_EQ(check("proxy", facts).state, State::good) << "no child is there";
    facts.look->places.unreached.push_back(place("Library", "pupil"));
    auto const found = check("proxy", facts);
    EXPECT_EQ(found.state, State::look);
    EXPECT_THAT(found.findings, Contains(HasSubstr("no address in Office, Library")));
    facts.look->places.reached.push_back(place("Study", "pupil", true));
    EXPECT_THAT(check("proxy", facts).findings, Contains(HasSubstr("Asked for a name first, as it should, in Study.")));
}

TEST(SelfChecks, CountWordsInOtherLanguages)
{
    EXPECT_EQ(check("languages").state, State::look);
    auto policy = with_lists(school());
    policy::TermList list;
    list.terms = {"one", "żółw"};
    policy.term_lists.push_back(list);
    auto const found = check("languages", good_facts(), policy);
    EXPECT_EQ(found.state, State::good);
    EXPECT_THAT(found.findings, Contains(HasSubstr("Of 2 words and phrases")));
}

TEST(SelfChecks, WantSealedListsWithEntries)
{
    EXPECT_EQ(check("illegal").state, State::gap);
}

TEST(SelfChecks, WantSafeSearchForChildren)
{
    auto const without = check("safe-search");
    EXPECT_EQ(without.state, State::gap);
    EXPECT_THAT(without.findings, Contains(HasSubstr("www.google.com (Pupil)")));
    std::string entries;
    for (auto const* const host : {"www.google.com", "www.bing.com", "duckduckgo.com"})
        entries += "[[safe_search]]\nid = \"engine-" + std::to_string(entries.size()) + "\"\nhosts = [\"" + host
            + "\"]\nuse = \"strict.example\"\nwho = [\"pupil\"]\n";
    auto const with = check("safe-search", good_facts(), school(entries));
    EXPECT_EQ(with.state, State::good);
}

TEST(SelfChecks, TellRolesApart)
{
    EXPECT_EQ(check("profiles").state, State::good);
}

TEST(SelfChecks, SayWherePeopleAreNotKnownByName)
{
    auto const by_place = check("identity");
    EXPECT_EQ(by_place.state, State::look);
    EXPECT_THAT(by_place.findings,
        ElementsAre(
            "People sign in in 0 of 1 networks; 0 devices belong to one person.", "By their place and device only: Room."));
    auto policy = school();
    policy.networks.front().asks_sign_in = true;
    EXPECT_EQ(check("identity", good_facts(), policy).state, State::good);
    policy.networks.clear();
    EXPECT_EQ(check("identity", good_facts(), policy).state, State::gap);
}

TEST(SelfChecks, AskAlsoForDevicesThatAreNotTheSchools)
{
    auto const open = check("own-devices");
    EXPECT_EQ(open.state, State::gap);
    EXPECT_THAT(open.findings, Contains(HasSubstr("\"gambling\" (Pupil)")));
    EXPECT_THAT(open.findings, Not(Contains(HasSubstr("\"adult\""))));
    auto const on_school_devices_only
        = with_lists(school("[[rule]]\nid = \"no-gambling\"\nwho = [\"pupil\"]\nwhat = [\"category:gambling\"]\n"
                            "where = [\"device:school\"]\naction = \"block\"\nreason = \"x\"\n"));
    EXPECT_EQ(check("gambling", good_facts(), on_school_devices_only).state, State::good);
    EXPECT_EQ(check("own-devices", good_facts(), on_school_devices_only).state, State::gap);
    auto const everywhere = school("[[rule]]\nid = \"no-gambling\"\nwho = [\"pupil\"]\nwhat = [\"category:gambling\"]\n"
                                   "action = \"block\"\nreason = \"x\"\n");
    EXPECT_EQ(check("own-devices", good_facts(), everywhere).state, State::good);
}

TEST(SelfChecks, NeverCallGoodWhatCouldNotBeFoundOut)
{
    Facts const nothing;
    for (auto const* const id : {"logs", "coverage", "lists", "certificate", "record"})
        EXPECT_EQ(check(id, nothing).state, State::gap) << id;
    EXPECT_EQ(check("proxy", nothing).state, State::gap);
    EXPECT_EQ(check("review", nothing).state, State::look);
    auto facts = good_facts();
    facts.last_reviewed.reset();
    EXPECT_THAT(check("review", facts).findings, Contains("No review of the filter was ever recorded."));
    EXPECT_EQ(check("review", facts).state, State::look);
}

TEST(SelfChecks, LookAtFacts)
{
    for (auto const* const id : {"logs", "coverage", "lists", "certificate", "record", "review"})
        EXPECT_EQ(check(id).state, State::good) << id;
    auto facts = good_facts();
    facts.rows_of_a_day = 0;
    facts.unseen = 200;
    facts.lists_age = 72h;
    facts.ca_left = std::chrono::days{10};
    facts.audit_is_whole = false;
    facts.last_checked = std::chrono::days{400};
    for (auto const* const id : {"logs", "coverage", "lists", "certificate", "review"})
        EXPECT_EQ(check(id, facts).state, State::look) << id;
    EXPECT_EQ(check("record", facts).state, State::gap);
    facts.failed_expectations = 1;
    EXPECT_EQ(
        check("expectations", facts,
            school("[[expect]]\nwho = \"pupil\"\nat = \"2026-11-24T10:00\"\nurl = \"https://a.example/\"\nverdict = \"allow\"\n"))
            .state,
        State::gap);
}

TEST(SelfChecks, AreKeptAsTheyWere)
{
    auto const checks = run(school(), {}, good_facts(), tuesday, Clock{"UTC"});
    auto const kept = from_json(to_json(checks));
    ASSERT_TRUE(kept);
    ASSERT_EQ(kept->size(), checks.size());
    for (std::size_t i = 0; i < checks.size(); ++i) {
        EXPECT_EQ((*kept)[i].id, checks[i].id);
        EXPECT_EQ((*kept)[i].findings, checks[i].findings);
        EXPECT_EQ((*kept)[i].state, checks[i].state);
    }
    auto const older
        = from_json(R"([{"id": "logs", "question": "q", "finding": "Two. Sentences.", "advice": "", "state": "good"}])");
    ASSERT_TRUE(older);
    EXPECT_THAT(older->front().findings, ElementsAre("Two. Sentences."));
    for (auto const* const bad : {"", "{", "{}", "[1]"})
        EXPECT_FALSE(from_json(bad)) << bad;
}

} // namespace
} // namespace gatehouse::checks::test
