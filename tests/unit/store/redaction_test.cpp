#include "proxy/store/redaction.hpp"

#include <chrono>
#include <gtest/gtest.h>

namespace gatehouse::store {
namespace {

struct Case {
    std::string text, goes_out;
};

struct Redaction : testing::Test {
    NamesOf own{{"Amy Smith"}, {"amy.year9"}, {}};
    NamesOf others{{"Olive Smith", "Ben O'Neil", "Al", "José Álvarez", "Anna van der Berg", "Will Brown", "Mrs Khan", "Zoë",
                       "李明", "Ren (Red) C++", "Bo.b [x]*", "Łukasz Żak"},
        {"o.smith", "ben.year9", "ben.year90", "zoe@school.example", "admin"}, {"the boy", "Kit", "me", "Tom Tree"}};

    Redacted redact(std::string const& text) const { return Redactor{own, others}.redact(text); }
    void expect(std::vector<Case> const& cases) const
    {
        Redactor const redactor{own, others};
        for (auto const& each : cases)
            EXPECT_EQ(redactor.redact(each.text).text, each.goes_out) << each.text;
    }
};

TEST_F(Redaction, TakesNamesOutAtTheEdgesOfWordsWhateverTheirCase)
{
    expect({{"Olive Smith said so.", "[another person] said so."}, {"OLIVE  \n smith", "[another person]"},
        {"(olive smith)", "([another person])"}, {"Smith, Olive", "[another person]"}, {"smith olive", "[another person]"},
        {"O. Smith and o smith", "[another person] and [another person]"}, {"Olive S. was there", "[another person] was there"},
        {"Olive Smith's phone", "[another person]'s phone"}, {"Olive\u00a0Smith", "[another person]"},
        {"Olive Smithson, Golive Smith", "[another person] Smithson, Golive Smith"}, {"", ""},
        {"Nothing of it.", "Nothing of it."}});
}

/// Searches are typed without capitals: a name alone is told of there, a whole one is taken out as anywhere.
TEST_F(Redaction, TellsOfNamesInSmallLettersInWhatWasSearchedFor)
{
    Redactor const redactor{own, others};
    auto const alone = redactor.redact("is olive pregnant", Writing::search);
    EXPECT_EQ(alone.text, "is olive pregnant");
    EXPECT_EQ(alone.doubtful, std::vector<std::string>{"olive"});
    EXPECT_TRUE(redactor.redact("is olive pregnant").doubtful.empty()) << "in a sentence a name has its capital";
    EXPECT_EQ(
        redactor.redact("olive smith o.smith Olive", Writing::search).text, "[another person] [another person] [another person]");
    auto const plain = redactor.redact("will it be brown", Writing::search);
    EXPECT_TRUE(plain.doubtful.empty()) << "plain words are no names in small letters";
    EXPECT_EQ(redactor.redact("amy smith amy.year9", Writing::search).text, "amy smith amy.year9") << "their own";
}

TEST_F(Redaction, KnowsUserNamesOfForgottenAccountsWithoutAList)
{
    others.was_login
        = [](std::string_view login) { return login == "olive.old" || login == "will" || login == "z_1-x@school.example"; };
    expect({{"olive.old, OLIVE.OLD and Olive.Old.", "[another person], [another person] and [another person]."},
        {"to olive.old@mail.example", "to [another person]"}, {"Mr olive.old left", "[another person] left"},
        {"z_1-x@school.example/z_1-x", "[another person]/z_1-x"},
        {"/people/olive.old/photos?u=olive.old", "/people/[another person]/photos?u=[another person]"},
        {"olive.older, bolive.old", "olive.older, bolive.old"}, {"o.smith and amy.year9", "[another person] and amy.year9"}});
    auto const plain = redact("Will will go.");
    EXPECT_EQ(plain.text, "Will will go.");
    EXPECT_EQ(plain.doubtful, std::vector<std::string>{"Will"});
}

TEST_F(Redaction, TakesShortNamesOutOnlyAsWords)
{
    expect({{"Al showed al a metal also in ALGEBRA", "[another person] showed [another person] a metal also in ALGEBRA"},
        {"al-Al", "[another person]-[another person]"}, {"al_x Al2", "al_x Al2"}});
}

TEST_F(Redaction, TakesUserNamesOut)
{
    expect({{"ben.year9 wrote to ben.year90.", "[another person] wrote to [another person]."}, {"ben.year901", "ben.year901"},
        {"BEN.YEAR9@School.example, then", "[another person], then"}, {"zoe@school.example.", "[another person]."},
        {"<o.smith>", "<[another person]>"}});
}

TEST_F(Redaction, TakesSurnamesOutAfterATitle)
{
    expect({{"Mr Smith and MRS. SMITH", "[another person] and [another person]"}, {"Dr.Smith", "[another person]"},
        {"miss o. smith", "[another person]"}, {"Mr van der Berg, Ms Berg", "[another person], [another person]"},
        {"Mr\u00a0O\u2019Neil", "[another person]"}, {"Miss Olive", "[another person]"}, {"Mrs Khan", "[another person]"},
        {"Mr Brown", "[another person]"}, {"Ms Smith, Olive", "[another person], [another person]"},
        {"Mr Smithers", "Mr Smithers"}, {"Mr Berger", "Mr Berger"}});
    EXPECT_EQ(redact("Mr Jones came.").doubtful, std::vector<std::string>{"Mr Jones"}) << "nobody knows one, but it is a name";
}

TEST_F(Redaction, TakesAFirstNameOrSurnameOutAsANameIsWritten)
{
    expect({{"Olive likes an olive.", "[another person] likes an olive."}, {"Alvarez, alvarez", "[another person], alvarez"},
        {"Kit has a kit", "[another person] has a kit"}});
}

TEST_F(Redaction, LeavesPlainWordsAndTellsOfThem)
{
    auto const found = redact("Will it be brown? Brown is. Tell the boy and me. Ask admin.");
    EXPECT_EQ(found.text, "Will it be brown? Brown is. Tell the boy and me. Ask admin.");
    EXPECT_EQ(found.doubtful, (std::vector<std::string>{"Will", "Brown"}));
    EXPECT_EQ(redact("will brown").text, "[another person]") << "the whole name is one";
}

TEST_F(Redaction, LeavesThePersonsOwnNames)
{
    expect({{"Amy Smith and amy.year9", "Amy Smith and amy.year9"}, {"Amy and Olive", "Amy and [another person]"},
        {"A. Smith and Smith", "A. Smith and Smith"}, {"Amy Smith, Olive Smith", "Amy Smith, [another person]"}});
    others.full.push_back("Amy Smith");
    auto const shared = redact("Amy Smith did it.");
    EXPECT_EQ(shared.text, "Amy Smith did it.");
    EXPECT_EQ(shared.doubtful, std::vector<std::string>{"Amy Smith"}) << "there are two of them";
    own.full = {"Peter Smith"};
    expect({{"Mr Peter Smith, Mr Smith", "Mr Peter Smith, [another person]"}});
    others.full = {"Ben Jones"};
    expect({{"Mr Smith and Mr Jones", "Mr Smith and [another person]"}});
}

TEST_F(Redaction, ReadsLettersOfEveryKind)
{
    expect({{"Jose Alvarez", "[another person]"}, {"JOSE\u0301 A\u0301LVAREZ", "[another person]"},
        {"Zoe, ZOË, Zoe\u0308!", "[another person], [another person], [another person]!"},
        {"Ben O\u2019Neil, ben o'neil", "[another person], [another person]"},
        {"我看见李明在这里", "我看见[another person]在这里"}, {"O\u00adlive Smi\u200bth", "[another person]"},
        {"\uff2flive Smith", "[another person]"}, {"Łukasz żak", "[another person]"},
        {"ﬁn José Álvarez ﬁn", "ﬁn [another person] ﬁn"}});
}

TEST_F(Redaction, SignsInNamesAreOnlySigns)
{
    expect({{"Ren (Red) C++ and C+", "[another person] and C+"}, {"Bo.b [x]* or Boxb x", "[another person] or Boxb x"}});
    others.full = {".*", "(", "[a-z]+", "\\d", "$1", "{}", "%s"};
    expect({{"Ask anybody (there) for $1, {} and %s.",
        "Ask anybody (there) for [another person], [another person] and [another person]."}});
}

TEST_F(Redaction, TakesTheLongestOfNamesThatLieOverEachOther)
{
    others.full = {"Ann", "Ann Lee", "Lee Grant", "Ann Lee Grant", "Anna"};
    expect({{"Ann Lee Grant", "[another person]"}, {"ann lee", "[another person]"},
        {"Ann, Anna; Ann Lee Granted", "[another person], [another person]; [another person] Granted"}});
}

TEST_F(Redaction, StandsIllFormedBytesAndLongText)
{
    std::string const broken = "\xff\xfe Olive Smith \xc3";
    EXPECT_EQ(redact(broken).text, "\xff\xfe [another person] \xc3");
    for (int pupil = 0; pupil < 3000; ++pupil)
        others.full.push_back("Pupil" + std::to_string(pupil) + " Family" + std::to_string(pupil));
    Redactor const redactor{own, others};
    std::string text;
    for (int word = 0; word < 20'000; ++word)
        text += "pupil" + std::to_string(word % 4000) + " family" + std::to_string(word % 4000) + ", ";
    auto const begun = std::chrono::steady_clock::now();
    EXPECT_EQ(redactor.redact(text).replaced, 15'000U);
    EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{20});
}

} // namespace
} // namespace gatehouse::store
