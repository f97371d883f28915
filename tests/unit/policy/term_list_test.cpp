#include "policy/term_list.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::policy {
namespace {

class TermListTest : public ::testing::Test {
protected:
    void add(std::vector<std::string> terms, std::vector<std::string> unless = {})
    {
        for (auto const* all : {&terms, &unless})
            for (auto const& term : *all)
                ASSERT_EQ(find_term_fault(term), "") << term;
        lists_.push_back({"list", "List", Severity::note, std::move(terms), std::move(unless), {}});
        index_.build(lists_);
    }
    /// The first term of the first list that speaks of the text; empty if none does.
    std::string hit(std::string_view text, std::size_t list = 0) const
    {
        TermHits hits;
        index_.find(Words{text}, hits);
        return hits.lists[list] ? lists_[list].terms[hits.term[list]] : std::string{};
    }

    std::vector<TermList> lists_;
    TermIndex index_;
};

TEST_F(TermListTest, FindsWholeWordsInTheirOrder)
{
    add({"kill myself", "bomb"});
    EXPECT_EQ(hit("how to kill myself"), "kill myself");
    EXPECT_EQ(hit("Kill  MYSELF!"), "kill myself");
    EXPECT_EQ(hit("a bomb"), "bomb");
    EXPECT_EQ(hit("myself kill"), "");
    EXPECT_EQ(hit("bombay bombs"), "");
    EXPECT_EQ(hit("skill myself"), "");
    EXPECT_EQ(hit("kill the lights, myself"), "");
    EXPECT_EQ(hit("kill"), "");
    EXPECT_EQ(hit(""), "");
}

TEST_F(TermListTest, FindsWordsThatWereDressedUp)
{
    add({"kill myself", "suicide"});
    EXPECT_EQ(hit("k1ll mys3lf"), "kill myself");
    EXPECT_EQ(hit("kiiilll myself"), "kill myself");
    EXPECT_EQ(hit("killmyself"), "kill myself");
    EXPECT_EQ(hit("s u i c i d e"), "suicide");
    EXPECT_EQ(hit("\xd1\x95uicide"), "suicide"); // a Cyrillic letter
    EXPECT_EQ(hit("su\xc3\xad"
                  "cide"),
        "suicide");
}

TEST_F(TermListTest, LeavesEndingsOpenWhereTheListSaysSo)
{
    add({"suicid*", "self harm*", "isis video* online"});
    EXPECT_EQ(hit("suicidal"), "suicid*");
    EXPECT_EQ(hit("suicid"), "suicid*");
    EXPECT_EQ(hit("suici"), "");
    EXPECT_EQ(hit("self-harming"), "self harm*");
    EXPECT_EQ(hit("selfharming"), "self harm*");
    EXPECT_EQ(hit("isis videos online"), "isis video* online");
}

TEST_F(TermListTest, PartsWithAPlusMayStandAnywhere)
{
    add({"make + pipe bomb"});
    EXPECT_EQ(hit("pipe bomb: how do I make one"), "make + pipe bomb");
    EXPECT_EQ(hit("make a pipe and a bomb"), "");
    EXPECT_EQ(hit("pipe bomb"), "");
}

TEST_F(TermListTest, ContextComesBeforeWords)
{
    add({"suicid*", "how to make a bomb"}, {"suicide squad", "bomb + minecraft"});
    EXPECT_EQ(hit("suicide squad cast"), "");
    EXPECT_EQ(hit("suicide squad made me suicidal"), "suicid*"); // the second word is in no context
    EXPECT_EQ(hit("how to make a bomb in minecraft"), "");
    EXPECT_EQ(hit("how to make a bomb"), "how to make a bomb");
}

TEST_F(TermListTest, ContextOfOneListExcusesNothingInAnother)
{
    add({"bomb"}, {"bath bomb"});
    add({"bomb"});
    EXPECT_EQ(hit("bath bomb", 0), "");
    EXPECT_EQ(hit("bath bomb", 1), "bomb");
}

TEST_F(TermListTest, RefusesTermsThatCouldMeanAnything)
{
    for (auto const* term : {"", "  ", "+", "bomb +", "--", "ab*", "a b c d e f g h i j k l m"})
        EXPECT_NE(find_term_fault(term), "") << term;
    for (auto const* term : {"a", "abc*", "one + two", "a b c d e f g h i j k l"})
        EXPECT_EQ(find_term_fault(term), "") << term;
}

TEST_F(TermListTest, WithoutListsNothingIsFound)
{
    TermHits hits;
    index_.find(Words{"kill myself"}, hits);
    EXPECT_TRUE(hits.lists.none());
}

} // namespace
} // namespace gatehouse::policy
