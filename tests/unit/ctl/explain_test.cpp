#include "tests/unit/ctl/ctl_support.hpp"

#include "proxy/store/accounts.hpp"
#include "proxy/store/override_steps.hpp"
#include "proxy/store/publications.hpp"

#include <boost/json/parse.hpp>

#include <fstream>

namespace gatehouse::ctl {
namespace {

using testing::HasSubstr;

class ExplainTest : public School {
protected:
    Said ask(Output output = Output::text)
    {
        return call([this](Common const& common, Streams streams) { return explain(common, options_, streams); }, output);
    }
    std::string verdict()
    {
        auto const said = ask(Output::json);
        EXPECT_EQ(said.status, success) << said.error << said.out;
        return std::string{said.json().at("verdict").as_string()};
    }

    ExplainOptions options_ = [] {
        ExplainOptions options;
        options.url = "https://www.instagram.com/";
        options.role = "pupil";
        options.at = "2026-11-24T10:00";
        return options;
    }();
};

TEST_F(ExplainTest, AnswersEveryPromisedKey)
{
    auto const json = ask(Output::json).json();
    for (auto const* const key : {"verdict", "rule", "clause", "reason", "category", "list", "period", "steps"})
        EXPECT_TRUE(json.contains(key)) << key;
    EXPECT_EQ(json.at("verdict").as_string(), "block");
    EXPECT_EQ(json.at("rule").as_string(), "blocked-social-media");
    EXPECT_EQ(json.at("clause").as_string(), "12");
    EXPECT_EQ(json.at("list").as_string(), "instagram");
    EXPECT_FALSE(json.at("steps").as_array().empty());
}

TEST_F(ExplainTest, SaysTheSameInWords)
{
    auto const said = ask();
    EXPECT_EQ(said.status, success);
    EXPECT_THAT(said.out, HasSubstr("blocked-social-media"));
    EXPECT_THAT(said.out, HasSubstr("lists/services/instagram.txt:"));
}

TEST_F(ExplainTest, FollowsTheSchoolDay)
{
    options_.role = "staff";
    options_.network = "staff-room";
    options_.at = "2026-11-24T10:45";
    EXPECT_EQ(verdict(), "allow");
    options_.at = "2026-11-24T11:00";
    EXPECT_EQ(verdict(), "block");
}

TEST_F(ExplainTest, TakesThePersonFromThePlace)
{
    options_.role.clear();
    options_.network = "staff-room";
    options_.at = "2026-11-24T10:45";
    EXPECT_EQ(verdict(), "allow");
    options_.network.clear();
    options_.address = "127.0.1.20";
    EXPECT_EQ(verdict(), "allow");
    options_.address = "127.0.1.10";
    EXPECT_EQ(verdict(), "block");
}

TEST_F(ExplainTest, JudgesAnHttpsUrlByWhatTheGatewaySees)
{
    options_.url = "www.instagram.com"; // a bare host means https
    EXPECT_EQ(verdict(), "block");
    options_.url = "http://WWW.Instagram.com:80/path?query";
    EXPECT_EQ(verdict(), "block");
    options_.url = "https://example.org:1194/";
    EXPECT_EQ(ask(Output::json).json().at("rule").as_string(), "blocked-disguised-tunnels");
    options_.url = "https://93.184.216.34/";
    EXPECT_EQ(ask(Output::json).json().at("rule").as_string(), "pupils-bare-addresses");
}

TEST_F(ExplainTest, KnowsWhatPeopleDecidedInTheConsole)
{
    options_.url = "https://closed-by-officer.example/";
    EXPECT_EQ(verdict(), "allow");
    AccountOptions officer;
    officer.login = "oso";
    officer.console_role = "officer";
    ASSERT_EQ(call([&](Common const& common, Streams streams) { return account_add(common, officer, streams); }).status, success);
    EXPECT_EQ(verdict(), "allow"); // a store without entries changes nothing
    {
        store::LedgerOptions where;
        where.state_dir = state_;
        auto ledger = store::Ledger::open(where).value();
        auto const account = store::find_account(ledger, "oso").value();
        store::NewChanges const changes{
            store::SchoolList::block, {"closed-by-officer.example"}, "a copy of a game site", policy::Date{2027, 9, 1}};
        auto const now = std::chrono::sys_seconds{std::chrono::seconds{1795516800}};
        std::vector<store::RefusedLine> refused;
        auto const proposed = store::propose_additions(ledger, changes, refused, {account.id, {}, {}}, now);
        ASSERT_TRUE(proposed);
        ASSERT_TRUE(store::apply_publication(ledger, proposed->id, now));
    }
    EXPECT_EQ(verdict(), "block");
    EXPECT_EQ(ask(Output::json).json().at("list").as_string(), "school-block");
    options_.with_store = false;
    EXPECT_EQ(verdict(), "allow");
}

TEST_F(ExplainTest, AGrantMayOpenWhatThePolicyExpectsToBeClosed)
{
    options_.at = "2026-11-24T10:00";
    {
        store::LedgerOptions where;
        where.state_dir = state_;
        auto ledger = store::Ledger::open(where).value();
        store::OverrideRow grant;
        grant.clause = "12";
        grant.reason = "The school's own page.";
        grant.who = {"everyone"};
        grant.what = {"host:www.instagram.com"};
        grant.until = std::chrono::sys_days{std::chrono::year{2036} / 12 / 1};
        grant.approved_by = "head";
        ASSERT_TRUE(ledger.transact([&] { return store::insert_override(ledger, grant); }));
    }
    EXPECT_EQ(verdict(), "allow");
    auto const checked = call([](Common const& common, Streams streams) { return check(common, streams); });
    EXPECT_EQ(checked.status, success) << checked.error;
}

TEST_F(ExplainTest, JudgesASiteByTheOtherNamesThatItIsTold)
{
    options_.url = "www.example.org";
    EXPECT_EQ(verdict(), "allow");
    EXPECT_TRUE(ask(Output::json).json().at("names_unasked").as_bool());
    EXPECT_THAT(ask().out, HasSubstr("--alias NAME")) << "it does not promise what a visit may refuse";
    options_.aliases = {"edge.provider.example", "10.20.5.7"};
    EXPECT_EQ(verdict(), "allow");
    EXPECT_FALSE(ask(Output::json).json().at("names_unasked").as_bool());
    options_.aliases = {"edge.provider.example", "www.instagram.com"};
    auto const json = ask(Output::json).json();
    EXPECT_EQ(json.at("verdict").as_string(), "block");
    EXPECT_EQ(json.at("rule").as_string(), "blocked-social-media");
    EXPECT_EQ(json.at("alias").as_string(), "www.instagram.com");
    EXPECT_FALSE(json.at("names_unasked").as_bool());
    EXPECT_THAT(ask().out, HasSubstr("www.instagram.com is another name of this site"));
}

TEST_F(ExplainTest, RefusesWhatItCannotUnderstand)
{
    struct Row {
        char const* what;
        std::function<void(ExplainOptions&)> change;
        char const* answer;
    };
    for (auto const& row : {Row{"role", [](auto& o) { o.role = "pupl"; }, "did you mean \"pupil\"?"},
             Row{"no role", [](auto& o) { o.role = ""; }, "say who asks"},
             Row{"group", [](auto& o) { o.groups = {"year-99"}; }, "there is no group"},
             Row{"network", [](auto& o) { o.network = "moon"; }, "there is no network"},
             Row{"device", [](auto& o) { o.device = "abacus"; }, "there is no device"},
             Row{"address", [](auto& o) { o.address = "here"; }, "not an IP address"},
             Row{"alias", [](auto& o) { o.aliases = {"two words"}; }, "two words"},
             Row{"time", [](auto& o) { o.at = "noon"; }, "2026-11-24T10:40"},
             Row{"scheme", [](auto& o) { o.url = "ftp://example.org/"; }, "only http and https"},
             Row{"host", [](auto& o) { o.url = "https://exa mple/"; }, "exa mple"}}) {
        auto const before = options_;
        row.change(options_);
        auto const said = ask();
        EXPECT_EQ(said.status, failure) << row.what;
        EXPECT_EQ(said.out, "") << row.what;
        EXPECT_THAT(said.error, HasSubstr(row.answer)) << row.what;
        EXPECT_FALSE(ask(Output::json).json().at("ok").as_bool());
        options_ = before;
    }
}

TEST_F(ExplainTest, HasNoAnswerWithoutLists)
{
    std::filesystem::remove(state_ / "lists.image");
    auto const said = ask();
    EXPECT_EQ(said.status, failure);
    EXPECT_THAT(said.error, HasSubstr("gatehouse lists compile"));
}

class ExplainBatch : public School {
protected:
    Said ask(std::string const& lines, std::filesystem::path const& file = "-")
    {
        ExplainOptions options;
        options.batch = file;
        return call(
            [&](Common const& common, Streams streams) { return explain(common, options, streams); }, Output::text, lines);
    }
    static std::vector<boost::json::object> answers(Said const& said)
    {
        std::vector<boost::json::object> rows;
        std::istringstream lines(said.out);
        for (std::string line; std::getline(lines, line);)
            rows.push_back(boost::json::parse(line).as_object());
        return rows;
    }
};

TEST_F(ExplainBatch, AnswersEachLineInOrder)
{
    auto const said = ask(R"({"url":"https://www.instagram.com/","role":"pupil","at":"2026-11-24T10:00"}
{"url":"https://www.instagram.com/","address":"127.0.1.20","at":"2026-11-24T10:45"}

{"url":"http://www.tiktok.com/","role":"pupil","group":"year-7","at":"2026-11-24T10:00"}
{"url":"www.tiktok.com","role":"pupil","group":["year-10"],"at":"2026-11-24T10:00"}
{"url":"www.example.org","role":"pupil","alias":"www.instagram.com","at":"2026-11-24T10:00"}
{"url":"www.example.org","role":"pupil","alias":["a.example","www.instagram.com"],"at":"2026-11-24T10:00"}
)");
    EXPECT_EQ(said.status, success) << said.error << said.out;
    auto const rows = answers(said);
    ASSERT_EQ(rows.size(), 6U);
    EXPECT_EQ(rows[0].at("rule").as_string(), "blocked-social-media");
    EXPECT_EQ(rows[4].at("rule").as_string(), "blocked-social-media");
    EXPECT_EQ(rows[5].at("rule").as_string(), "blocked-social-media");
    EXPECT_EQ(rows[1].at("rule").as_string(), "staff-social-media-at-break");
    EXPECT_EQ(rows[2].at("rule").as_string(), "pupils-below-minimum-age");
    EXPECT_EQ(rows[3].at("rule").as_string(), "pupils-media-sharing");
}

TEST_F(ExplainBatch, GoesOnBehindALineItCannotAnswer)
{
    struct Row {
        char const* line;
        char const* error;
    };
    for (auto const& row : {Row{"{", "JSON"}, Row{"[]", "an object"}, Row{R"({"role":"pupil"})", "url"},
             Row{R"({"url":1,"role":"pupil"})", "\"url\" is not a text"},
             Row{R"({"url":"a.example","rolle":"pupil"})", "did you mean \"role\"?"},
             Row{R"({"url":"a.example","role":"pupil","group":[1]})", "\"group\""},
             Row{R"({"url":"a.example","role":"pupil","alias":[1]})", "\"alias\""},
             Row{R"({"url":"a.example","role":"pupl"})", "did you mean \"pupil\"?"}}) {
        auto const said = ask(std::string{row.line} + "\n" + R"({"url":"a.example","role":"pupil"})" + "\n");
        EXPECT_EQ(said.status, failure) << row.line;
        auto const rows = answers(said);
        ASSERT_EQ(rows.size(), 2U) << row.line;
        EXPECT_FALSE(rows[0].at("ok").as_bool());
        EXPECT_THAT(std::string{rows[0].at("error").as_string()}, testing::AllOf(HasSubstr("line 1: "), HasSubstr(row.error)));
        EXPECT_EQ(rows[1].at("rule").as_string(), "default-pupil");
    }
}

TEST_F(ExplainBatch, ReadsAFile)
{
    std::ofstream(dir_ / "questions.jsonl") << R"({"url":"a.example","role":"pupil"})";
    EXPECT_EQ(answers(ask("", dir_ / "questions.jsonl")).size(), 1U);
    auto const said = ask("", dir_ / "missing.jsonl");
    EXPECT_EQ(said.status, failure);
    EXPECT_THAT(said.error, HasSubstr("missing.jsonl"));
}

} // namespace
} // namespace gatehouse::ctl
