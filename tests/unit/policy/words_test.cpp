#include "policy/words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace gatehouse::policy {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> forms(std::string_view text, std::string_view Words::Forms::*form)
{
    Words const words{text};
    std::vector<std::string> read;
    for (auto const& word : words.all())
        read.emplace_back(word.*form);
    return read;
}
std::vector<std::string> plain(std::string_view text)
{
    return forms(text, &Words::Forms::plain);
}
std::vector<std::string> alike(std::string_view text)
{
    return forms(text, &Words::Forms::alike);
}

TEST(Words, ArePartedByEverythingThatIsNoLetterAndNoDigit)
{
    EXPECT_THAT(plain("Kill-a  mocking_bird, (GCSE) 2024"), ElementsAre("kill", "a", "mocking", "bird", "gcse", "2024"));
    EXPECT_THAT(plain(""), IsEmpty());
    EXPECT_THAT(plain(" -- !? "), IsEmpty());
    EXPECT_THAT(plain("don't I\xe2\x80\x99m"), ElementsAre("dont", "im"));
}

TEST(Words, HaveNoCaseMarksAndCompatibilityForms)
{
    EXPECT_THAT(plain("CAF\xc3\x89 cafe\xcc\x81 na\xc3\xafve"), ElementsAre("cafe", "cafe", "naive"));
    EXPECT_THAT(plain("\xef\xbd\x8b\xef\xbd\x89\xef\xbd\x8c\xef\xbd\x8c"), ElementsAre("kill")); // full-width letters
    EXPECT_THAT(plain("\xf0\x9d\x93\xb4\xf0\x9d\x93\xb2\xf0\x9d\x93\xb5\xf0\x9d\x93\xb5"), ElementsAre("kill")); // script letters
    EXPECT_THAT(plain("sui\xe2\x80\x8b"
                      "cide"),
        ElementsAre("suicide")) // a blank of no width
        << "default ignorable characters do not part words";
}

TEST(Words, AreAlsoReadByTheShapesOfTheirLetters)
{
    EXPECT_THAT(alike("su1c1de 5u!cide p@in"), ElementsAre("suicide", "suicide", "pain"));
    EXPECT_THAT(alike("ki11"), ElementsAre("kill"));
    EXPECT_THAT(alike("s\xd1\x83\xd1\x96\xd1\x81id\xd0\xb5"), ElementsAre("syicide")); // Cyrillic letters among Latin ones
    EXPECT_THAT(alike("\xd0\xba\xc4\xb1ll"), ElementsAre("kill"));
    EXPECT_THAT(alike("2024 3d"), ElementsAre("2024", "ed")); // numbers stay numbers
    EXPECT_THAT(plain("3d"), ElementsAre("3d"));
}

TEST(Words, OfSpacedOutAndDrawnOutLettersAreWordsAgain)
{
    EXPECT_THAT(plain("how s u i c i d e works"), ElementsAre("how", "suicide", "works"));
    EXPECT_THAT(alike("s.u.1.c.i.d.e"), ElementsAre("suicide"));
    EXPECT_THAT(plain("a b c"), ElementsAre("a", "b", "c")); // too few to mean anything
    EXPECT_THAT(forms("kiiiill kill", &Words::Forms::squeezed), ElementsAre("kil", ""));
}

TEST(Words, OfIllFormedOrEndlessTextStayWithinBounds)
{
    EXPECT_THAT(plain("kill\xff\xfe me"), ElementsAre("kill", "me"));
    EXPECT_EQ(plain(std::string(5000, 'a')).size(), 1U);
    std::string many;
    for (int i = 0; i < 300; ++i)
        many += "ab ";
    EXPECT_EQ(plain(many).size(), max_words);
    EXPECT_TRUE(Words{many}.is_cut());
    EXPECT_FALSE(Words{"a few words"}.is_cut());
    std::string swelling; // one character becomes eighteen
    for (int i = 0; i < 400; ++i)
        swelling += "\xef\xb7\xba";
    EXPECT_GE(plain(swelling + " end").size(), 1U);
}

TEST(Words, GrowByTheWordsOfAnotherText)
{
    Words words{"kill"};
    words.add("myself");
    ASSERT_EQ(words.all().size(), 2U);
    EXPECT_EQ(words.all()[1].plain, "myself");
}

} // namespace
} // namespace gatehouse::policy
