#include "proxy/store/incidents.hpp"
#include "proxy/store/subject_access.hpp"
#include "tests/unit/store/school.hpp"

#include <array>
#include <fmt/format.h>

namespace gatehouse::store::test {
namespace {

using std::chrono::hours;

struct SubjectAccess : School {
    AccountId dpo{};
    void SetUp() override
    {
        School::SetUp();
        dpo = add("d.protect", "Dev Patel", ConsoleRole::dpo);
    }
    result<SubjectRecords> collect(std::string const& user, AccountId who, std::string const& purpose = "Request of 3 December.")
    {
        return read_subject(*ledger, user, purpose, as(who), tuesday);
    }
};

TEST_F(SubjectAccess, CollectsWhatIsKeptAboutOnePersonAndNobodyElse)
{
    ask();
    ask("ben.year9", "https://other.example/");
    NewReport own, about;
    own.user = "amy.year9";
    own.text = "I saw a picture.";
    about.user = "ben.year9";
    about.about = ReportAbout::pupil;
    about.about_person = " Amy.Year9 ";
    about.text = "Amy is sad, says Ben.";
    ASSERT_DONE(submit_report(*ledger, own, tuesday));
    ASSERT_DONE(submit_report(*ledger, about, tuesday));
    detect::Incident incident;
    incident.at = tuesday;
    incident.user = "amy.year9";
    incident.host = "vpn.example";
    auto of_ben = incident;
    of_ben.user = "ben.year9";
    ASSERT_DONE(add_incidents(*ledger, std::array{incident, of_ben}));
    auto const proposed = propose_restriction(
        *ledger, {"amy.year9", "A VPN.", "A friend?", "12", tuesday, tuesday + hours{24}}, as(officer), tuesday);
    ASSERT_TRUE(proposed);
    ASSERT_DONE(confirm_restriction(*ledger, {proposed->id, proposed->version, as(head), tuesday}));
    ASSERT_DONE(start_supervision(*ledger, proposed->id, "lab-1", tuesday + hours{1}, as(officer), tuesday));
    ASSERT_DONE(propose_permission(*ledger, {"user:amy.year9", "service:youtube", "", "Films."}, as(officer), tuesday));
    ASSERT_DONE(propose_permission(*ledger, {"user:ben.year9", "service:youtube", "", "Films."}, as(officer), tuesday));

    auto const found = collect("Amy.Year9", dpo);
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_EQ(found->account->login, "amy.year9");
    ASSERT_EQ(found->requests.size(), 1u);
    EXPECT_EQ(found->requests.front().why, "Homework in history.");
    ASSERT_EQ(found->reports.size(), 2u);
    EXPECT_EQ(found->reports.front().text, "I saw a picture.");
    EXPECT_TRUE(found->reports.front().by_subject);
    EXPECT_EQ(found->reports.back().text, "") << "Ben's words";
    ASSERT_EQ(found->incidents.size(), 1u);
    EXPECT_EQ(found->incidents.front().host, "vpn.example");
    ASSERT_EQ(found->restrictions.size(), 1u);
    EXPECT_EQ(found->restrictions.front().against, "A friend?");
    ASSERT_EQ(found->supervisions.size(), 1u);
    EXPECT_EQ(found->supervisions.front().by, "");
    ASSERT_EQ(found->permissions.size(), 1u);
    EXPECT_EQ(found->permissions.front().made_by, "");
    EXPECT_EQ(newest_action(), "subject.read");
    expect_intact();
}

TEST_F(SubjectAccess, KnowsTheNamesOfEverybodyElse)
{
    NewRequest request;
    request.requester.user = "ben.year9";
    request.requester.claimed_name = "Benny Hall";
    request.url = "https://other.example/";
    request.why = "Films.";
    ASSERT_DONE(submit_request(*ledger, request, tuesday));
    ASSERT_DONE(rename_account(*ledger, officer, "olive.new", owner(), tuesday));
    ASSERT_DONE(propose_permission(*ledger, {"user:cleo.year9", "service:youtube", "", "Films."}, as(officer2), tuesday));
    ASSERT_DONE(ledger->database().execute("INSERT INTO known_addresses VALUES ('amy.year9', '10.0.0.1', ?)", tuesday));
    auto const found = collect("amy.year9", dpo);
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_EQ(found->addresses.front().address, "10.0.0.1");
    Redactor const redactor{found->known.own, found->known.others};
    EXPECT_EQ(
        redactor.redact("Amy (amy.year9) told Ms Smith, olive.new, o.smith, Benny Hall, ben.year9, cleo.year9 and Hanna Brown.")
            .text,
        "Amy (amy.year9) told [another person], [another person], [another person], [another person], [another person], [another "
        "person] and "
        "[another person].");
}

TEST_F(SubjectAccess, HasTheAddressesFromWhichCodesWereTyped)
{
    for (auto const* row :
        {"'amy.year9', '10.0.0.1'", "'amy.year9 code', '10.0.0.1'", "'amy.year9 code', '10.0.0.2'", "'ben code', '10.0.0.3'"})
        ASSERT_DONE(ledger->database().execute(fmt::format("INSERT INTO known_addresses VALUES ({}, ?)", row), tuesday));
    auto const found = collect("amy.year9", dpo);
    ASSERT_TRUE(found) << found.error().message();
    ASSERT_EQ(found->addresses.size(), 2u);
    EXPECT_NE(found->addresses.front().address, found->addresses.back().address);
    Redactor const redactor{found->known.own, found->known.others};
    EXPECT_EQ(redactor.redact("I lost the amy.year9 code.").text, "I lost the amy.year9 code.") << "their own user name";
}

TEST_F(SubjectAccess, KnowsThePersonByTheNamesOfTheirOtherAccounts)
{
    add("amy.staff", "Amelia Hart", ConsoleRole::none, "staff", {}, "amy.year9");
    auto const found = collect("amy.year9", dpo);
    ASSERT_TRUE(found);
    Redactor const redactor{found->known.own, found->known.others};
    EXPECT_EQ(redactor.redact("Amelia Hart, amy.staff and Ian White").text, "Amelia Hart, amy.staff and [another person]");
}

TEST_F(SubjectAccess, NamesTheOtherUserNamesUnderWhichThereIsMore)
{
    ask();
    EXPECT_TRUE(collect("amy.year9", dpo)->other_logins.empty());
    ASSERT_DONE(rename_account(*ledger, pupil, "amy.year10", owner(), tuesday));
    add("amy.web", "Amy", ConsoleRole::none, "staff", {}, "amy.year10");
    auto const now = collect("amy.year10", dpo);
    ASSERT_TRUE(now) << now.error().message();
    EXPECT_TRUE(now->requests.empty());
    EXPECT_EQ(now->other_logins, (std::vector<std::string>{"amy.web", "amy.year9"}));
    auto const before = collect("amy.year9", dpo);
    EXPECT_EQ(before->requests.size(), 1u);
    EXPECT_EQ(before->other_logins, (std::vector<std::string>{"amy.web", "amy.year10"}));
}

TEST_F(SubjectAccess, IsForTheDpoWithAPurposeAndNeverTheirOwn)
{
    EXPECT_FAILS(collect("amy.year9", officer), errc::not_permitted);
    EXPECT_EQ(newest_action(), "subject.read.denied");
    EXPECT_FAILS(collect("amy.year9", ict), errc::not_permitted);
    EXPECT_FAILS(collect("amy.year9", dpo, ""), errc::invalid_value);
    EXPECT_FAILS(collect(" ", dpo), errc::invalid_value);
    EXPECT_FAILS(collect("d.protect", dpo), errc::conflict_of_interest);
    auto const nobody = collect("nobody.here", dpo);
    ASSERT_TRUE(nobody);
    EXPECT_FALSE(nobody->account);
    EXPECT_TRUE(nobody->requests.empty());
}

} // namespace
} // namespace gatehouse::store::test
