#include "proxy/content/prompt_scan.hpp"

#include <gtest/gtest.h>

namespace gatehouse::content {
namespace {

class PromptScanTest : public ::testing::Test {
protected:
    PromptScanTest()
    {
        policy_.term_lists = {
            {"urgent", "Urgent things", policy::Severity::urgent, {"kill myself", "end + my life", "die"}, {"die laughing"}, {}},
            {"note", "Notes", policy::Severity::note, {"free vpn"}, {}, {}}};
        policy_.prepare();
    }

    /// Ids of the lists that speak of the body, however it is cut.
    std::string lists_of(std::string_view body, TextKind kind = TextKind::json, std::string_view coding = "",
        std::string_view type = "application/json")
    {
        std::string found;
        for (std::size_t const step : {std::size_t{1}, std::size_t{7}, body.size() + 1}) {
            PromptScan scan{policy_, kind, type, coding};
            for (std::size_t at = 0; at < body.size(); at += step)
                scan.add(body.substr(at, step));
            scan.finish();
            std::string lists;
            for (std::size_t i = 0; i < policy_.term_lists.size(); ++i)
                lists += scan.hits().lists[i] ? policy_.term_lists[i].id + " " : "";
            EXPECT_TRUE(step == 1 || lists == found) << step;
            EXPECT_EQ(scan.around().empty(), lists.empty());
            found = lists;
        }
        return found;
    }

    policy::Policy policy_;
};

TEST_F(PromptScanTest, ReadsWhatIsWrittenInWhateverItIsPacked)
{
    EXPECT_EQ(lists_of(R"({"messages":[{"role":"user","content":{"parts":["i want to k1ll myself"]}}]})"), "urgent ");
    EXPECT_EQ(lists_of(R"({"content":"line one\nkill\nmyself"})"), "urgent ");
    EXPECT_EQ(lists_of(R"([["f.req","[[\"I want to kill\\nmyself\",0,null]]"]])"), "urgent ") << "JSON within JSON";
    EXPECT_EQ(lists_of("f.req=%5B%22kill+my%73elf%22%5D&at=1", TextKind::form), "urgent ");
    EXPECT_EQ(lists_of("------x\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\nfree vpn\r\n", TextKind::plain), "note ");
    EXPECT_EQ(lists_of(R"({"content":"what is photosynthesis?"})"), "");
}

TEST_F(PromptScanTest, IsNotTurnedOffByACharsetThatIsSaidInVain)
{
    EXPECT_EQ(lists_of(R"({"q":"kill myself"})", TextKind::json, "", "application/json; charset=utf-16be"), "urgent ");
    EXPECT_EQ(lists_of("q=kill+myself", TextKind::form, "", "application/x-www-form-urlencoded; charset=utf-16be"), "urgent ");
    std::string_view const part
        = "--x\r\nContent-Disposition: form-data; name=\"q\"\r\n\r\ncharset=utf-16be kill myself\r\n--x--\r\n";
    EXPECT_EQ(lists_of(part, TextKind::plain, "", "multipart/form-data; boundary=x"), "urgent ");
    EXPECT_EQ(lists_of(part, TextKind::plain, "", "Multipart/form-data; boundary=x; charset=utf-16be"), "urgent ");
    EXPECT_EQ(lists_of("charset=utf-16be kill myself", TextKind::plain, "", "text/plain"), "urgent ");
}

TEST_F(PromptScanTest, FindsATermAnywhereInALongText)
{
    for (std::size_t before = 0; before < 400; before += 7) {
        std::string text;
        for (std::size_t i = 0; i < before; ++i)
            text += i % 5 == 4 ? "word, " : "some ";
        EXPECT_EQ(lists_of("{\"content\":\"" + text + "kill myself" + std::string(700, ' ') + text + "\"}"), "urgent ") << before;
    }
}

TEST_F(PromptScanTest, JudgesATermWithWhatStandsAroundIt)
{
    for (std::size_t before = 40; before < 60; ++before) {
        std::string text;
        for (std::size_t i = 0; i < before; ++i)
            text += "some ";
        EXPECT_EQ(lists_of("{\"content\":\"" + text + "die laughing\"}"), "") << before;
        EXPECT_EQ(lists_of("{\"content\":\"" + text + "diet plans\"}"), "") << before << ": a word is not cut";
    }
}

TEST_F(PromptScanTest, GivesTheSameWordsForTheSameMessage)
{
    auto const around = [this](std::string_view body) {
        PromptScan scan{policy_, TextKind::json, "", ""};
        scan.add(body);
        scan.finish();
        return scan.around();
    };
    EXPECT_EQ(around(R"({"q":"I want to KILL myself"})"), "q i want to kill myself ");
    EXPECT_EQ(around(R"({"q":"i  want to kill mys\u0435lf"})"), "q i want to kill myself ");
}

TEST_F(PromptScanTest, KnowsWhatItCannotRead)
{
    PromptScan scan{policy_, TextKind::json, "application/json", "compress"};
    EXPECT_EQ(scan.state(), BodyText::State::unreadable);
    PromptScan long_one{policy_, TextKind::plain, "text/plain", ""};
    long_one.add(std::string(most_read_of_prompt + 10, 'x'));
    EXPECT_EQ(long_one.state(), BodyText::State::over);
    EXPECT_TRUE(long_one.hits().lists.none());
}

TEST(KindOfRequest, IsWhatPeopleWriteIn)
{
    EXPECT_EQ(kind_of_request("application/json; charset=utf-8"), TextKind::json);
    EXPECT_EQ(kind_of_request("application/x-www-form-urlencoded"), TextKind::form);
    EXPECT_EQ(kind_of_request("multipart/form-data; boundary=x"), TextKind::plain);
    EXPECT_EQ(kind_of_request("text/plain;charset=UTF-8"), TextKind::plain);
    for (auto const* type : {"", "image/png", "application/octet-stream", "application/grpc"})
        EXPECT_FALSE(kind_of_request(type)) << type;
}

} // namespace
} // namespace gatehouse::content
