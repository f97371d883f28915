#include "proxy/content/page_scan.hpp"

#include "coded.hpp"

#include <gtest/gtest.h>

namespace gatehouse::content {
namespace {

class PageScanTest : public ::testing::Test {
protected:
    PageScanTest()
    {
        add_list("bad", "< kill yourself ><60>\n< sad ><10>\n<suicid><20>\n< one >,< two ><60>\n");
        add_list("good", "< helpline ><-40>\n");
        std::string fault;
        policy_.phrase_index = policy::PhraseIndex::build(policy_.phrase_lists, fault);
        EXPECT_EQ(fault, "");
        policy::ContentRule rule;
        rule.id = "limit";
        rule.lists = {0, 1};
        rule.limit = 60;
        policy_.content_rules = {rule};
        plan_.set(0);
    }
    void add_list(std::string id, std::string_view text)
    {
        policy::PhraseList list;
        list.id = std::move(id);
        EXPECT_TRUE(policy::read_phrases(text, list.phrases).empty());
        policy_.phrase_lists.push_back(std::move(list));
    }
    enum class Fate { fit, closed, unreadable };

    /// What becomes of a page, and what it weighs. Read in pieces of every size that could matter, always with the same end.
    Fate scan(std::string_view body, std::string_view type = "text/html", std::string_view coding = "")
    {
        std::optional<Fate> all;
        for (std::size_t const piece : {std::size_t{1}, std::size_t{100}, body.size() + 1}) {
            PageScan page{policy_, plan_, scratch_, kind_of(type).value(), type, coding};
            for (auto rest = body; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size())))
                page.add(rest.substr(0, piece));
            bool const unreadable = page.finish() == PageScan::State::unreadable;
            auto const fate = unreadable ? Fate::unreadable : page.judge() ? Fate::closed : Fate::fit;
            EXPECT_EQ(all.value_or(fate), fate) << piece;
            all = fate;
            score_ = page.judge().score;
        }
        return *all;
    }

    policy::Policy policy_;
    policy::ContentPlan plan_;
    policy::PhraseScratch scratch_;
    int score_ = 0;
};

TEST_F(PageScanTest, ClosesAPageThatReachesTheLimit)
{
    EXPECT_EQ(scan("<p>Why not kill yourself today</p>"), Fate::closed);
    EXPECT_EQ(score_, 60);
    EXPECT_EQ(scan("<p>Why not kill time yourself today</p>"), Fate::fit);
    EXPECT_EQ(scan("kill yourself"), Fate::closed) << "at both ends of the page";
    EXPECT_EQ(scan(""), Fate::fit);
}

TEST_F(PageScanTest, SeesThroughWhatHidesAPhrase)
{
    for (auto const* page : {"K1LL   y0urself", "k<b>i</b>ll&nbsp;your<!-- -->self", "ki&#108;l\nyourself!", "kill <br> yourself",
             "k i l l yourself", "<img alt='kill yourself'>", "\xef\xbd\x8bill yourself"})
        EXPECT_EQ(scan(page), Fate::closed) << page;
    EXPECT_EQ(scan("skill yourself"), Fate::fit);
    EXPECT_EQ(scan("<script>kill yourself</script>"), Fate::fit);
}

TEST_F(PageScanTest, CountsAPhraseOnceAndGoodOnesDown)
{
    EXPECT_EQ(scan("sad sad sad sad sad sad sad sad"), Fate::fit);
    EXPECT_EQ(scan("sad, suicidal: kill yourself"), Fate::closed);
    EXPECT_EQ(scan("helpline: if somebody says kill yourself"), Fate::fit);
}

TEST_F(PageScanTest, PartsMayStandAnywhere)
{
    EXPECT_EQ(scan("two " + std::string(10000, '.') + " one"), Fate::closed);
    EXPECT_EQ(scan("two or three"), Fate::fit);
}

TEST_F(PageScanTest, ReadsEveryCodingAndCharset)
{
    std::string const page = "<p>kill yourself</p>";
    EXPECT_EQ(scan(testing::deflated(page, 31), "text/html", "gzip"), Fate::closed);
    EXPECT_EQ(scan(testing::brotli(page), "text/html", "br"), Fate::closed);
    EXPECT_EQ(scan(testing::zstd(page), "text/html", "zstd"), Fate::closed);
    std::string wide;
    for (auto const c : page)
        (wide += c) += '\0';
    EXPECT_EQ(scan(wide, "text/html; charset=utf-16le"), Fate::closed);
    EXPECT_EQ(scan(R"({"t":"k\u0069ll yourself"})", "application/json"), Fate::closed);
    EXPECT_EQ(scan("data: kill yourself\n\n", "text/event-stream"), Fate::closed);
    EXPECT_EQ(scan("kill yourself", "text/plain"), Fate::closed);
    EXPECT_EQ(scan("<html><script src='x'/><p>kill yourself</p></html>", "application/xhtml+xml"), Fate::closed);
    EXPECT_EQ(scan("<rss><t><![CDATA[kill yourself]]></t></rss>", "application/rss+xml; charset=utf-8"), Fate::closed);
}

TEST_F(PageScanTest, IsNotTurnedOffByACharsetThatIsSaidInVain)
{
    EXPECT_EQ(scan("charset=utf-16be kill yourself", "text/plain"), Fate::closed);
    EXPECT_EQ(scan(R"({"t":"kill yourself"})", "application/json; charset=utf-16le"), Fate::closed);
    EXPECT_EQ(scan("data: kill yourself\n\n", "text/event-stream; charset=utf-16le"), Fate::closed);
}

TEST_F(PageScanTest, SaysWhatItCannotRead)
{
    EXPECT_EQ(scan("kill yourself", "text/html", "compress"), Fate::unreadable);
    EXPECT_EQ(scan("this is no gzip at all", "text/html", "gzip"), Fate::unreadable);
    EXPECT_EQ(scan(testing::deflated(std::string(64 << 20, ' '), 31), "text/html", "gzip"), Fate::unreadable);
}

TEST_F(PageScanTest, ReadsNoFurtherThanItsCap)
{
    EXPECT_EQ(scan(std::string(most_read, '.') + " kill yourself"), Fate::fit);
}

TEST_F(PageScanTest, IsJudgedByWhatItHasSaidSoFar)
{
    PageScan page{policy_, plan_, scratch_, TextKind::html, "text/html; charset=utf-8", ""};
    page.add("kill yourself " + std::string(200, '.'));
    EXPECT_TRUE(page.judge());
    page.add("helpline " + std::string(200, '.'));
    EXPECT_FALSE(page.judge());
}

TEST_F(PageScanTest, JudgesAStreamWordByWord)
{
    PageScan page{policy_, plan_, scratch_, TextKind::events, "text/event-stream", ""};
    page.add("data: {\"delta\":\"Why not kill your\"}\n\n");
    EXPECT_FALSE(page.judge());
    page.add("data: {\"delta\":\"self\"}\n\n");
    EXPECT_FALSE(page.judge()) << "the word may go on";
    page.add("data: {\"delta\":\" today\"}\n\n");
    EXPECT_TRUE(page.judge());
    PageScan spelled{policy_, plan_, scratch_, TextKind::events, "text/event-stream", ""};
    for (auto const* letter : {"s", " u", " i", " c", " i", " d", " e "})
        spelled.add(std::string{"data: {\"delta\":\""} + letter + "\"}\n\n");
    spelled.finish();
    EXPECT_EQ(scan("{\"text\":\"Why not kill your\"}\n{\"text\":\"self\"}\n", "application/x-ndjson"), Fate::closed);
}

TEST(KindOf, ChoosesWhatPeopleRead)
{
    using Kind = TextKind;
    EXPECT_EQ(kind_of("text/html; charset=x"), Kind::html);
    EXPECT_EQ(kind_of("TEXT/HTML"), Kind::html);
    for (auto const* type : {"", "*/*", "unknown/unknown", "Application/Unknown; x=1", "html", "text"})
        EXPECT_EQ(kind_of(type), Kind::html) << type;
    EXPECT_EQ(kind_of("application/rss+xml"), Kind::html);
    EXPECT_EQ(kind_of("application/ld+json"), Kind::json);
    EXPECT_EQ(kind_of("text/plain"), Kind::plain);
    EXPECT_EQ(kind_of("text/event-stream"), Kind::events);
    for (auto const* type :
        {"image/png", "image/svg+xml", "text/css", "text/javascript", "application/octet-stream", "video/mp4"})
        EXPECT_FALSE(kind_of(type)) << type;
}

} // namespace
} // namespace gatehouse::content
