#include "policy/parse.hpp"
#include "policy/toml_header.hpp"
#include "tests/golden/school_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

constexpr std::string_view good_policy = R"(school = "Test"
unknown_role = "pupil"
[[role]]
id = "pupil"
title = "Pupil"
default = "allow"
default_reason = "x"
[[role]]
id = "staff"
title = "Staff"
default = "allow"
default_reason = "x"
[[group]]
id = "year-9"
title = "Year 9"
youngest_age = 13
[[category]]
id = "micro-blogging"
title = "Micro-blogging"
parent = "social-media"
[[category]]
id = "social-media"
title = "Social media"
[[service]]
id = "twitter"
title = "X"
category = "micro-blogging"
minimum_age = 13
[[network]]
id = "room"
title = "Room"
ranges = ["10.0.0.0/8", "fd00::/8"]
role = "pupil"
groups = ["year-9"]
device_kind = "school"
trusts_ca = true
[[device]]
id = "desk"
address = "10.0.0.7"
role = "staff"
user = "A.Green"
)";

constexpr std::string_view good_timetable = R"([[term]]
name = "Autumn"
first = 2026-09-01
last = "2026-12-18"
[[closure]]
name = "INSET"
first = "2026-09-01"
[[period]]
name = "lesson-1"
kind = "lesson"
start = 09:00:00
end = "10:00"
[[period]]
name = "evening"
kind = "outside"
start = "20:00"
end = "24:00"
weekdays = ["saturday", "sunday"]
)";

constexpr std::string_view good_rule = R"(
[[rule]]
id = "r"
reason = "because"
who = ["everyone"]
what = ["service:twitter"]
action = "block"
)";

PolicySources sources(std::string policy, std::string timetable = {}, std::string lists = {})
{
    return {{"policy.toml", std::move(policy)}, {"timetable.toml", std::move(timetable)}, {"lists.toml", std::move(lists)}};
}

/// All complaints as people see them, with a base policy in front so that only `more` can be wrong.
std::string complaints(std::string_view more, std::string_view timetable = {}, std::string_view lists = {})
{
    auto const all = sources(std::string(good_policy) + std::string(more), std::string(timetable), std::string(lists));
    std::string text;
    for (auto const& problem : parse_policy(all).problems)
        text += to_text(problem, all);
    return text;
}

TEST(ParsePolicy, ReadsEveryTable)
{
    auto const all = sources(std::string(good_policy) + std::string(good_rule) + R"(
where = ["network:room", "device:school", "device-id:desk"]
when = ["lesson", "period:lesson-1", "closed", "weekday:monday"]
clause = "12"
owner = "o.smith"
request = "K7QF-3M9P"
review_by = 2027-09-01
[sealed]
clause = "12"
reason = "closed"
[[expect]]
who = "staff"
group = "year-9"
network = "room"
at = "2026-11-24T10:40"
url = "https://x.com/"
verdict = "block"
rule = "r"
)",
        std::string(good_timetable), R"(
[[list]]
id = "twitter"
title = "X"
service = "twitter"
path = "lists/x.txt"
format = "domains"
owner = "ICT"
reason = "clause 12"
review_by = "2027-09-01"
)");
    auto const parsed = parse_policy(all);
    for (auto const& problem : parsed.problems)
        ADD_FAILURE() << to_text(problem, all);
    ASSERT_TRUE(parsed.ok());
    auto const& keeping = parsed.policy.rules.back().keeping;
    EXPECT_EQ(keeping, (Keeping{"o.smith", "K7QF-3M9P", Date{2027, 9, 1}}));
    auto const& policy = parsed.policy;
    EXPECT_EQ(policy.school, "Test");
    EXPECT_EQ(policy.sealed_reason, "closed");
    EXPECT_EQ(policy.roles.at(0).default_id, "default-pupil");
    EXPECT_TRUE(policy.roles.at(0).fails_closed);
    EXPECT_EQ(policy.groups.at(0).youngest_age, 13U);
    EXPECT_EQ(policy.categories.at(0).parent_index, 1);
    EXPECT_EQ(policy.services.at(0).category_index, 0);
    EXPECT_EQ(policy.networks.at(0).ranges.size(), 2U);
    EXPECT_TRUE(policy.networks.at(0).trusts_ca);
    EXPECT_EQ(policy.devices.at(0).user, "a.green"); // people write names with capitals, the records do not
    EXPECT_EQ(policy.lists.at(0).review_by, Date::parse("2027-09-01").value());
    EXPECT_EQ(policy.lists.at(0).service_index, 0);
    EXPECT_EQ(policy.lists.at(0).category_index, 0);
    EXPECT_EQ(policy.timetable.terms.at(0).first.to_text(), "2026-09-01");
    EXPECT_EQ(policy.timetable.closures.at(0).last.to_text(), "2026-09-01");
    EXPECT_EQ(policy.timetable.periods.at(0).start, 540);
    EXPECT_EQ(policy.timetable.periods.at(1).end, 1440);
    EXPECT_EQ(policy.timetable.periods.at(1).weekdays, 0x60);
    EXPECT_EQ(policy.rules.at(0).where.size(), 3U);
    EXPECT_EQ(policy.rules.at(0).when.size(), 4U);
    EXPECT_EQ(policy.rules.at(0).source.file, "policy.toml");
    EXPECT_EQ(policy.expectations.at(0).rule, "r");
    EXPECT_EQ(policy.expectations.at(0).at.minute, 640);
}

TEST(ParsePolicy, ShowsThePlaceACaretAndASuggestion)
{
    auto const text = complaints(R"(
[[rule]]
id = "r"
reason = "x"
who = ["everyone"]
what = ["category:social-media", "service:twiter"]
action = "block"
)");
    EXPECT_EQ(text,
        "policy.toml:47:34: error: there is no service \"twiter\"\n"
        "    what = [\"category:social-media\", \"service:twiter\"]\n"
        "                                     ^\n"
        "    did you mean \"twitter\"?\n");
}

TEST(ParsePolicy, ComplainsAboutEveryMistake)
{
    auto const rule = [](std::string_view line) { return std::string(good_rule) + std::string(line); };
    struct {
        std::string policy;
        std::string_view message;
    } const rows[]{
        {rule("actoin = \"x\""), "unknown key \"actoin\"\n    actoin = \"x\"\n    ^\n    did you mean \"action\"?"},
        {rule("where = [\"room\"]"),
            "\"room\" needs to say what it is\n    where = [\"room\"]\n             ^\n    did you mean \"network:room\"?"},
        {rule("where = [\"service:twitter\"]"), "\"service:\" cannot stand in \"where\""},
        {rule("when = [\"lessons\"]"), "did you mean \"lesson\"?"},
        {rule("when = [\"weekday:mondy\"]"), "did you mean \"monday\"?"},
        {rule("when = [\"period:lesson-9\"]"), "there is no period \"lesson-9\""},
        {rule("when = \"lesson\""), "\"when\" must be a list of strings"},
        {rule("when = [1]"), "\"when\" must be a list of strings"},
        {rule("clause = 12"), "\"clause\" must be a string"},
        {"[[rule]]\nid = \"r\"\n", "\"action\" is missing"},
        {"[[rule]]\nid = \"r\"\n", "\"who\" is missing"},
        {"[[rule]]\nid = \"r\"\n", "\"reason\" is missing"},
        {"[[rule]]\nid = \"r\"\nwho = []\n", "\"who\" is empty"},
        {"[[rule]]\nid = \"Bad Id\"\n", "\"Bad Id\" is not a name"},
        {"[[rule]]\nid = \"override-1\"\n", "a rule's id cannot begin with \"override-\""},
        {"[[rule]]\nid = \"sealed\"\n", "a rule cannot be called \"sealed\""},
        {"[[rule]]\naction = \"alow\"\n", "did you mean \"allow\"?"},
        {std::string(good_rule) + std::string(good_rule), "there is another rule \"r\""},
        {"[[rules]]\nid = \"r\"\n", "unknown key \"rules\""},
        {"[rule]\nid = \"r\"\n", "\"rule\" must be written as [[rule]]"},
        {"[[role]]\nid = \"pupil\"\ntitle = \"x\"\ndefault = \"allow\"\ndefault_reason = \"x\"\n",
            "there is another role \"pupil\""},
        {"[[role]]\nid = \"everyone\"\n", "a role cannot be called \"everyone\""},
        {"[[role]]\nid = \"x\"\nfails = \"opn\"\n", "there is no way to fail \"opn\""},
        {"[[role]]\nid = \"x\"\npeople = \"stuff\"\n", "did you mean \"staff\"?"},
        {"[[category]]\nid = \"c\"\ntitle = \"C\"\nalert = \"urgnt\"\n", "did you mean \"urgent\"?"},
        {"[[group]]\nid = \"g\"\ntitle = \"G\"\nyoungest_age = -1\n", "\"youngest_age\" must be a whole number from 0 to 120"},
        {"[[group]]\nid = \"g\"\ntitle = \"G\"\nyoungest_age = 9.5\n", "\"youngest_age\" must be a whole number from 0 to 120"},
        {"[[category]]\nid = \"c\"\ntitle = \"C\"\nparent = \"social-mdia\"\n", "did you mean \"social-media\"?"},
        {"[[category]]\nid = \"c\"\ntitle = \"C\"\nparent = \"c\"\n", "category \"c\" lies within itself"},
        {"[[category]]\nid = \"c\"\ntitle = \"C\"\nparent = \"d\"\n[[category]]\nid = \"d\"\ntitle = \"D\"\nparent = \"c\"\n",
            "category \"d\" lies within itself"},
        {"[[service]]\nid = \"s\"\ntitle = \"S\"\ncategory = \"blog\"\n", "there is no category \"blog\""},
        {"[[network]]\nid = \"n\"\ntitle = \"N\"\nrole = \"pupil\"\nranges = [\"10.0.0.1/8\"]\n",
            "no bits set beyond the prefix"},
        {"[[network]]\nid = \"n\"\ntitle = \"N\"\nrole = \"pupl\"\nranges = [\"11.0.0.0/8\"]\n", "did you mean \"pupil\"?"},
        {"[[network]]\nid = \"n\"\ntitle = \"N\"\nrole = \"pupil\"\nranges = [\"11.0.0.0/8\"]\ngroups = [\"year-8\"]\n",
            "did you mean \"year-9\"?"},
        {"[[network]]\nid = \"n\"\ntitle = \"N\"\nrole = \"pupil\"\nranges = [\"11.0.0.0/8\"]\ndevice_kind = \"scool\"\n",
            "did you mean \"school\"?"},
        {"[[network]]\nid = \"n\"\ntrusts_ca = \"yes\"\n", "\"trusts_ca\" must be true or false"},
        {"[[device]]\nid = \"d\"\naddress = \"10.0.0\"\n", "\"10.0.0\": this is not an IP address"},
        {"[[device]]\nid = \"d\"\naddress = \"10.0.0.7\"\n", "device \"desk\" has this address already"},
        {"[sealed]\nclause = \"1\"\n", "\"reason\" is missing"},
        {"[[expect]]\nwho = \"pupils\"\n", "did you mean \"pupil\"?"},
        {"[[expect]]\nwho = \"pupil\"\nat = \"2026-11-24 10:40\"\n", "write the time as 2026-11-24T10:40"},
        {"[[expect]]\nwho = \"pupil\"\nurl = \"x.com\"\n", "this is not a URL"},
        {"[[expect]]\nwho = \"pupil\"\nrule = \"nothing\"\n", "there is no rule \"nothing\""},
    };
    for (auto const& row : rows)
        EXPECT_THAT(complaints(row.policy), ::testing::HasSubstr(std::string(row.message))) << row.policy;
}

TEST(ParsePolicy, ComplainsAboutTheTimetable)
{
    std::string const period = "[[period]]\nname = \"p\"\nkind = \"lesson\"\n";
    struct {
        std::string text;
        std::string_view message;
    } const rows[]{
        {"[[term]]\nname = \"t\"\nfirst = \"2026-09-31\"\n", "timetable.toml:3:9: error: \"first\" must be a date"},
        {"[[term]]\nname = \"t\"\nfirst = \"2026-09-01\"\n", "\"last\" is missing"},
        {"[[term]]\nname = \"t\"\nfirst = \"2026-09-02\"\nlast = \"2026-09-01\"\n", "\"t\" ends before it begins"},
        {period + "start = \"9:00\"\nend = \"10:00\"\n", "\"start\" must be a time of the day"},
        {period + "start = \"24:00\"\nend = \"24:00\"\n", "\"start\" must be a time of the day"},
        {period + "start = \"10:00\"\nend = \"10:00\"\n", "\"p\" ends before it begins"},
        {period + "start = \"09:00\"\nend = \"10:00\"\n" + period + "start = \"09:59\"\nend = \"11:00\"\n",
            "\"p\" overlaps \"p\" (09:00 to 10:00)"},
        {period + "start = \"09:00\"\nend = \"10:00\"\nweekdays = [\"mon\"]\n", "there is no weekday \"mon\""},
        {period + "start = \"09:00\"\nend = \"10:00\"\nweekdays = []\n", "\"weekdays\" is empty"},
        {period + "start = \"09:00\"\nend = \"10:00\"\ngroups = [\"yaer-9\"]\n", "did you mean \"year-9\"?"},
        {"[[period]]\nname = \"p\"\nkind = \"playtime\"\n", "there is no kind of period \"playtime\""},
        {"[[trem]]\n", "did you mean \"term\"?"},
    };
    for (auto const& row : rows)
        EXPECT_THAT(complaints("", row.text), ::testing::HasSubstr(std::string(row.message))) << row.text;
    EXPECT_EQ(complaints("",
                  period + "start = \"09:00\"\nend = \"10:00\"\n" + period + "start = \"10:00\"\nend = \"11:00\"\n" + period
                      + "start = \"09:30\"\nend = \"10:30\"\ngroups = [\"year-9\"]\n" + period
                      + "start = \"09:30\"\nend = \"10:30\"\nweekdays = [\"sunday\"]\n"),
        "");
}

TEST(ParsePolicy, ComplainsAboutLists)
{
    struct {
        std::string_view text, message;
    } const rows[]{
        {"[[list]]\nid = \"l\"\ntitle = \"L\"\n", "lists.toml:1:1: error: the list belongs to no category and no service"},
        {"[[list]]\nid = \"l\"\ntitle = \"L\"\ncategory = \"sociel-media\"\n", "did you mean \"social-media\"?"},
        {"[[list]]\nid = \"l\"\ntitle = \"L\"\nservice = \"twiter\"\n", "did you mean \"twitter\"?"},
        {"[[list]]\nid = \"l\"\ntitle = \"L\"\nservice = \"twitter\"\npath = \"x\"\n", "\"format\" is missing"},
        {"[[list]]\nid = \"l\"\ntitle = \"L\"\nservice = \"twitter\"\npath = \"x\"\nformat = \"domain\"\n",
            "did you mean \"domains\"?"},
        {"[[list]]\nid = \"l\"\ntitle = \"L\"\nservice = \"twitter\"\nreview_by = \"soon\"\n", "\"review_by\" must be a date"},
        {"[[list]]\nid = \"l\"\ntitle = \"L\"\nservice = \"twitter\"\n[[list]]\nid = \"l\"\ntitle = \"L\"\nservice = "
         "\"twitter\"\n",
            "there is another list \"l\""},
    };
    for (auto const& row : rows)
        EXPECT_THAT(complaints("", "", row.text), ::testing::HasSubstr(std::string(row.message))) << row.text;
    EXPECT_EQ(complaints("", "", "[[list]]\nid = \"l\"\ntitle = \"L\"\nsealed = true\n"), "");
}

TEST(ParsePolicy, PhraseFilesIncludeOthersOnce)
{
    auto all = sources(std::string{good_policy});
    all.content = {"content.toml", "[[phrase_list]]\nid = \"bets\"\ntitle = \"Bets\"\nfiles = [\"phrases/all\"]\n"};
    all.phrases = {{"phrases/all",
                       "<one><5>\n.Include</etc/e2guardian/lists/phraselists/gambling/weighted>\n.Include</x/absent>\n<broken\n"},
        {"phrases/gambling/weighted", "<two><5>\n.Include</lists/all>\n.Include</lists/gambling/weighted>\n"},
        {"phrases/weighted", "<not this one><5>\n"}};
    auto const parsed = parse_policy(all);
    ASSERT_TRUE(parsed.ok());
    ASSERT_EQ(parsed.policy.phrase_lists.size(), 1U);
    auto const& phrases = parsed.policy.phrase_lists[0].phrases;
    ASSERT_EQ(phrases.size(), 2U);
    EXPECT_EQ(phrases[0].parts.front(), "one");
    EXPECT_EQ(phrases[1].parts.front(), "two");
    std::vector<std::uint32_t> lines;
    for (auto const& problem : parsed.problems)
        if (problem.file == "phrases/all")
            lines.push_back(problem.line);
    EXPECT_THAT(lines, ::testing::UnorderedElementsAre(3U, 4U)) << "the absent file and the broken line, by their own numbers";
}

TEST(ParsePolicy, ComplainsAboutEntriesOfFiles)
{
    auto all = sources(std::string{good_policy});
    all.content = {"content.toml",
        "[[file]]\nid = \"a\"\nreason = \"x\"\nwho = [\"everyone\"]\nwhat = [\"everything\"]\naction = \"block\"\n"
        "kinds = [\"programm\"]\nlarger_than = \"big\"\n"
        "[[file]]\nid = \"a\"\nreason = \"x\"\nwho = [\"everyone\"]\nwhat = [\"everything\"]\naction = \"block\"\n"};
    std::string text;
    for (auto const& problem : parse_policy(all).problems)
        text += to_text(problem, all);
    for (char const* part : {"\"programm\"", "did you mean \"program\"?", "\"big\" is no size",
             "needs \"kinds\" or \"larger_than\"", "another file entry \"a\""})
        EXPECT_THAT(text, ::testing::HasSubstr(part));
}

TEST(ParsePolicy, ReportsATomlMistakeAloneWithItsPlace)
{
    auto const text = complaints("[[rule]\nid = \"r\"\n");
    EXPECT_THAT(text, ::testing::StartsWith("policy.toml:42:8: error:"));
    EXPECT_EQ(text.find("is missing"), text.npos);
    EXPECT_FALSE(parse_policy(sources("\xff\xfe")).ok());
    EXPECT_FALSE(parse_policy(sources("")).ok());
}

struct Refused {
    std::string text;
    std::uint32_t line, column;
};

/// Each text as policy.toml is refused, with this place.
void expect_refused(std::vector<Refused> const& bad)
{
    for (auto const& [text, line, column] : bad) {
        auto const parsed = parse_policy({{"policy.toml", text}, {"timetable.toml", {}}, {"lists.toml", {}}});
        ASSERT_FALSE(parsed.ok()) << text;
        EXPECT_EQ(parsed.problems.front().line, line) << text;
        EXPECT_EQ(parsed.problems.front().column, column) << text;
    }
}

TEST(ParsePolicy, TellsOfATableWithoutANameInsteadOfEnding)
{
    expect_refused({{"[[[role]]]\n", 1, 3}, {"a = 1\n[=]\n", 2, 2}, {"\xef\xbb\xbf [ #\n", 1, 4}, {"[", 1, 2}, {"[[\n", 1, 3},
        {"[\x01]", 1, 2}});
    for (auto const* const text :
        {"[role]", "[[ role ]]", " [\"a b\"]", "['a']", "a = [\n\"b\",\n[\"c\"], [1],\n[]\n]", "a = [\n[[1]]\n]", ""})
        EXPECT_FALSE(find_bad_header(text)) << text;
}

TEST(ParsePolicy, TellsOfLettersThatOnlyQuotesMayHold)
{
    expect_refused({{"\u00e9cole = 1\n", 1, 1}, {"a = 1\n  \u0130 = 2\n", 2, 3}, {"a = \"x\" \u00a0\n", 1, 9},
        {"[\"a\".\u0400]\n", 1, 6}, {"a = \"x\\\"\"\u00e9\n", 1, 10}, {"a = 'x\\'\u00e9\n", 1, 9}, {"\xff\xfe", 1, 1}});
    for (auto const* const text :
        {"a = \"\u00e9\"", "a = '\u00e9'", "# \u00e9\na = 1 # \u00e9", "a = \"\"\"\n\u00e9 \" \u00e9\n\"\"\"",
            "a = '''\n\u00e9'\u00e9'''", "\"\u00e9\" = 1", "a = \"\\\"\u00e9\"", "\xef\xbb\xbf# \u00e9", "a = \"\" # \u00e9", ""})
        EXPECT_FALSE(find_stray_letter(text)) << text;
}

TEST(ParsePolicy, TellsOfABraceThatClosesNothingInsteadOfEnding)
{
    expect_refused({{"a = [ } ]\n", 1, 7}, {"a = 1\nb = [[[}[[[1]]]]]]\n", 2, 8}, {"a = [ 1, } ]", 1, 10},
        {"a = [{b = 1}}]", 1, 13}, {"a = [ # {\n}\n]", 2, 1}, {"}", 1, 1}});
    for (auto const* const text :
        {"a = {b = [1, {c = 2}], d = {}}", "a = ['}', \"}\", '''}''']", "# }\n[a]\nb = [ # }\n1 ]", "[[a]]\nb = {}"})
        EXPECT_FALSE(find_fault(text)) << text;
}

TEST(ParsePolicy, SurvivesDeepNestingAndLongText)
{
    EXPECT_FALSE(parse_policy(sources("a = " + std::string(100'000, '['))).ok());
    EXPECT_FALSE(parse_policy(sources("unknown_role = \"" + std::string(1'000'000, 'x') + '"')).ok());
}

TEST(ProblemToText, PutsTheCaretBelowItsCharacter)
{
    Problem const problem{Problem::Severity::warning, "policy.toml", 2, 5, "here", ""};
    EXPECT_EQ(to_text(problem, sources("first\r\n\tüx?\r\nthird")), "policy.toml:2:5: warning: here\n    \tüx?\n    \t   ^\n");
    Problem const nowhere{Problem::Severity::error, "lists.toml", 0, 0, "all of it", "look again"};
    EXPECT_EQ(to_text(nowhere, sources("")), "lists.toml: error: all of it\n    look again\n");
}

} // namespace
} // namespace gatehouse::policy
