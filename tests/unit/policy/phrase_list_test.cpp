#include "policy/phrase_index.hpp"

#include "policy/page_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using ::testing::ElementsAre;

std::vector<Phrase> read(std::string_view text)
{
    std::vector<Phrase> phrases;
    EXPECT_TRUE(read_phrases(text, phrases).empty()) << text;
    return phrases;
}

std::vector<std::uint32_t> faulty_lines(std::string_view text)
{
    std::vector<Phrase> phrases;
    std::vector<std::uint32_t> lines;
    for (auto const& fault : read_phrases(text, phrases))
        lines.push_back(fault.line);
    return lines;
}

std::string folded(std::string_view text)
{
    std::string out;
    PageText page;
    page.add(text, out);
    page.finish(out);
    return out;
}

TEST(PhraseList, ReadsTheSyntaxOfE2guardian)
{
    auto const phrases = read("# a comment\n\n< Self-Harm ><30>\n<suicid><20>\r\n < one>,<two ><-15>\n<alone>\n");
    ASSERT_EQ(phrases.size(), 4U);
    EXPECT_THAT(phrases[0].parts, ElementsAre(" self harm "));
    EXPECT_EQ(phrases[0].weight, 30);
    EXPECT_EQ(phrases[0].line, 3U);
    EXPECT_THAT(phrases[1].parts, ElementsAre("suicid"));
    EXPECT_THAT(phrases[2].parts, ElementsAre(" one", "two "));
    EXPECT_EQ(phrases[2].weight, -15);
    EXPECT_THAT(phrases[3].parts, ElementsAre("alone"));
    EXPECT_EQ(phrases[3].weight, max_phrase_weight) << "without a weight a phrase is enough";
    EXPECT_EQ(read("<a><99999999>")[0].weight, max_phrase_weight);
}

TEST(PhraseList, TellsOfLinesThatAreNoPhrases)
{
    EXPECT_THAT(faulty_lines("<good><1>\n.Include</etc/list>\nword\n<open\n<><5>\n< - ><5>\n<x>y<5>\n<good><2>"),
        ElementsAre(2, 3, 4, 5, 6, 7));
    EXPECT_THAT(faulty_lines("<" + std::string(200, 'a') + " " + std::string(200, 'b') + "><5>"), ElementsAre(1));
}

TEST(PageTextTest, HasOneBlankAroundEveryWordHoweverItIsCut)
{
    EXPECT_EQ(folded("Kill,  your\nSELF!"), " kill your self ");
    EXPECT_EQ(folded(""), "");
    std::string text;
    for (int i = 0; i < 500; ++i)
        text += "w0rd" + std::to_string(i) + (i % 7 == 0 ? "\n" : " ");
    auto const whole = folded(text);
    for (std::size_t const piece : {1U, 3U, 127U, 128U, 129U, 1000U}) {
        std::string out;
        PageText page;
        for (std::string_view rest = text; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size())))
            page.add(rest.substr(0, piece), out);
        page.finish(out);
        EXPECT_EQ(out, whole) << piece;
    }
    EXPECT_EQ(folded(std::string(1000, 'x') + " end").substr(folded(std::string(1000, 'x') + " end").size() - 5), " end ");
}

class PhraseIndexTest : public ::testing::Test {
protected:
    void add(std::string_view text)
    {
        PhraseList list;
        list.id = "list-" + std::to_string(lists_.size());
        list.phrases = read(text);
        lists_.push_back(std::move(list));
        std::string fault;
        index_ = PhraseIndex::build(lists_, fault);
        EXPECT_EQ(fault, "");
    }
    /// Weights of a page that comes in pieces of that many bytes.
    std::vector<int> weigh(std::string_view text, std::size_t piece = 1000)
    {
        auto const page = folded(text);
        PhraseScan scan{*index_, scratch_};
        for (std::string_view rest = page; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size())))
            EXPECT_TRUE(scan.add(rest.substr(0, piece)));
        return scan.scores();
    }

    std::vector<PhraseList> lists_;
    std::shared_ptr<PhraseIndex const> index_;
    PhraseScratch scratch_;
};

TEST_F(PhraseIndexTest, KnowsWordsFromLetters)
{
    add("< sex ><10>\n<essex><1>\n< essex road ><100>");
    EXPECT_THAT(weigh("Essex"), ElementsAre(1));
    EXPECT_THAT(weigh("sex in essex"), ElementsAre(11));
    EXPECT_THAT(weigh("essex road"), ElementsAre(101));
}

TEST_F(PhraseIndexTest, FindsPhrasesAcrossTheBordersOfPieces)
{
    add("< kill yourself ><60>");
    for (std::size_t piece = 1; piece < 20; ++piece)
        EXPECT_THAT(weigh("so kill yourself now", piece), ElementsAre(60)) << piece;
}

TEST_F(PhraseIndexTest, CountsEachPhraseOnceAndListsApart)
{
    add("< one ><5>\n< one >,< two ><7>\n< one >,< one ><3>");
    add("< two ><-20>");
    EXPECT_THAT(weigh("one one one"), ElementsAre(8, 0));
    EXPECT_THAT(weigh("two one two"), ElementsAre(15, -20));
    std::vector<std::uint32_t> found;
    PhraseScan scan{*index_, scratch_};
    scan.add(" two ");
    scan.each_found([&](std::uint16_t list, std::uint32_t phrase) { found.push_back(list * 10U + phrase); });
    EXPECT_THAT(found, ElementsAre(10));
}

TEST_F(PhraseIndexTest, ManyScansMayGoOnAtOnce)
{
    add("< kill yourself ><60>");
    PhraseScan first{*index_, scratch_};
    PhraseScan second{*index_, scratch_};
    EXPECT_TRUE(first.add(" kill ") && second.add(" yourself ") && first.add("yourself ") && second.add("kill "));
    EXPECT_THAT(first.scores(), ElementsAre(60));
    EXPECT_THAT(second.scores(), ElementsAre(0));
}

TEST(PhraseIndexBuild, OfNothingIsNothing)
{
    std::string fault;
    EXPECT_FALSE(PhraseIndex::build({}, fault));
    EXPECT_EQ(fault, "");
}

} // namespace
} // namespace gatehouse::policy
