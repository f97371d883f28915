#include "proxy/portal/words.hpp"

#include <gtest/gtest.h>

namespace gatehouse::portal {
namespace {

TEST(Words, AreSaidInTheReadersLanguage)
{
    Words const ours = "Why?";
    EXPECT_EQ(ours.english(), "Why?");
    EXPECT_EQ(ours.in(Language::polish), "Dlaczego?");
    EXPECT_EQ(Words("No catalogue has this").in(Language::polish), "No catalogue has this");
}

TEST(Words, FromOutsideStayAsTheyAre)
{
    EXPECT_EQ(Words(std::string("Why?")).in(Language::polish), "Why?");
    EXPECT_EQ(Words(std::string_view("Why?")).in(Language::polish), "Why?");
    EXPECT_EQ(Words::perhaps_ours("Why?").in(Language::polish), "Dlaczego?");
    EXPECT_EQ(Words::perhaps_ours("nobody's").in(Language::polish), "nobody's");
}

TEST(Words, PutTheirPartsIn)
{
    EXPECT_EQ(words("{} of {}", 2, std::string("ten")).english(), "2 of ten");
    EXPECT_EQ(words("{1} before {0}", "a", "b").english(), "b before a");
    EXPECT_EQ(words("{}: {}", "Why?", std::string("Why?")).in(Language::polish), "Dlaczego?: Why?")
        << "parts have languages of their own";
    EXPECT_EQ(words("{} {} {}", 1).english(), "1 {} {}") << "a place without a part stays";
    EXPECT_EQ(words("{9} {x} {", 1).english(), "{9} {x} {");
    EXPECT_EQ(words("{}", std::string("{}{0}")).english(), "{}{0}") << "what was put in is not read again";
    EXPECT_EQ(Words("{}").english(), "{}");
    EXPECT_TRUE(Words().empty() && Words("").empty() && !words("{}", 1).empty());
}

TEST(ShownNumber, HasThousands)
{
    for (auto const& [number, text] : std::initializer_list<std::pair<std::uint64_t, char const*>>{{0, "0"}, {7, "7"},
             {999, "999"}, {1000, "1,000"}, {1005, "1,005"}, {12345, "12,345"}, {1234567, "1,234,567"}, {1000000, "1,000,000"},
             {18446744073709551615U, "18,446,744,073,709,551,615"}})
        EXPECT_EQ(shown_number(number).english(), text);
    EXPECT_EQ(shown_number(1234567).in(Language::spanish), "1.234.567");
}

TEST(Joined, LeavesOutWhatIsEmpty)
{
    EXPECT_EQ(joined({"a", Words(), std::string("b"), "c"}).english(), "a, b, c");
    EXPECT_EQ(joined({"a", "b"}, "; ").english(), "a; b");
    EXPECT_TRUE(joined({}).empty());
    EXPECT_EQ(joined({"Why?", "Why?"}).in(Language::polish), "Dlaczego?, Dlaczego?");
}

} // namespace
} // namespace gatehouse::portal
