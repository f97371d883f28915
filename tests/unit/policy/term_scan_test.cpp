#include "policy/term_scan.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::policy {
namespace {

class TermScanTest : public ::testing::Test {
protected:
    TermScanTest()
    {
        TermList list;
        list.id = "list";
        list.terms = {"kill myself", "suicid*"};
        list.unless = {"suicide squad", "the word suicide"};
        index_.build({list});
    }
    bool speaks(std::string_view text) const
    {
        TermHits hits;
        find_terms(index_, text, hits);
        return hits.lists[0];
    }
    static std::string filler(std::size_t words, std::string_view word)
    {
        std::string text;
        for (; words > 0; --words)
            (text += word) += ' ';
        return text;
    }

    TermIndex index_;
};

TEST_F(TermScanTest, FindsTermsAnywhereInATextOfAnyLength)
{
    EXPECT_FALSE(speaks(""));
    EXPECT_TRUE(speaks("how to kill myself"));
    for (std::string_view const word : {"a", "word", "somewhatlongerword", "caf\xc3\xa9"})
        for (std::size_t before = 0; before < 300; before += 7) {
            EXPECT_TRUE(speaks(filler(before, word) + "kill myself " + filler(200, word))) << word << ' ' << before;
            EXPECT_TRUE(speaks(filler(before, word) + "kill myself")) << word << ' ' << before;
            EXPECT_FALSE(speaks(filler(before, word) + "kill the lights " + filler(200, word))) << word << ' ' << before;
        }
}

TEST_F(TermScanTest, SeesTheContextOfATermWhereverItStands)
{
    for (std::size_t before = 0; before < 300; ++before) {
        EXPECT_FALSE(speaks(filler(before, "word") + "suicide squad " + filler(200, "word"))) << before;
        EXPECT_FALSE(speaks(filler(before, "word") + "the word suicide " + filler(200, "word"))) << before;
        EXPECT_TRUE(speaks(filler(before, "word") + "suicide " + filler(200, "other"))) << before;
    }
}

TEST_F(TermScanTest, EndsWithTextsThatHaveNoBorders)
{
    EXPECT_FALSE(speaks(std::string(16384, 'a')));
    EXPECT_FALSE(speaks(std::string(16384, ' ')));
    EXPECT_FALSE(speaks(std::string(16384, '\x80')));
    EXPECT_TRUE(speaks(std::string(16384, '\x80') + " kill myself"));
    EXPECT_TRUE(speaks(std::string(5000, 'a') + " kill myself " + std::string(5000, 'a')));
}

} // namespace
} // namespace gatehouse::policy
