#include "proxy/portal/ask_token.hpp"
#include "proxy/portal/block_page.hpp"
#include "proxy/portal/trust_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <regex>
#include <set>

namespace gatehouse::portal {
namespace {

using testing::HasSubstr;
using testing::Not;

struct Scene {
    policy::Explanation why;
    policy::Subject who;
    policy::Target target;

    Scene()
    {
        why.rule = "blocked-social-media";
        why.clause = "12";
        why.reason = "This site is not available on the school network.";
        why.category = "micro-blogging";
        why.category_title = "Micro-blogging";
        why.service_title = "Instagram";
        why.list = "instagram-hosts";
        why.list_file = "lists/instagram.txt";
        why.period = "lesson-2";
        why.period_kind = policy::PeriodKind::lesson;
        why.period_until = "10:40";
        who.role = "pupil";
        who.user = "p.archer";
        who.network = "year-9-room";
        who.address = policy::IpAddress::from_v4(0x0a140907);
        target = policy::Target::parse_url("https://www.instagram.com/secret/path?token=s3cret").value();
    }
    Language language = Language::english;
    bool is_on_portal = false;
    std::string page() const
    {
        return render_block_page(
            {why, target, who, "d-42", "Ashgrove Academy", "http://127.0.0.1:8180", language, is_on_portal, 1'795'000'000});
    }
};

std::string link(std::string const& page, std::string const& form)
{
    auto const start = page.find("/" + form + "?t=");
    if (start == std::string::npos)
        return {};
    auto const from = start + form.size() + 4;
    return page.substr(from, page.find('"', from) - from);
}

TEST(BlockPage, SpeaksTheLanguageThatIsAskedFor)
{
    Scene scene;
    scene.language = Language::urdu;
    auto const page = scene.page();
    EXPECT_THAT(page, HasSubstr("<html lang=\"ur\" dir=\"rtl\">"));
    EXPECT_THAT(page, HasSubstr(std::string{"<h1>"} + std::string{say(Language::urdu, "This site is blocked")}));
    EXPECT_THAT(page, HasSubstr(std::string{say(Language::urdu, "This site is not available on the school network.")}));
    EXPECT_THAT(page, Not(HasSubstr("Why?")));
    scene.why.reason = "A sentence of this school.";
    EXPECT_THAT(scene.page(), HasSubstr("<p lang=\"en\" dir=\"ltr\">A sentence of this school.</p>"));
}

TEST(BlockPage, LeadsToTheOtherLanguages)
{
    Scene scene;
    EXPECT_FALSE(link(scene.page(), "blocked").empty());
    EXPECT_THAT(scene.page(), HasSubstr("polski"));
    EXPECT_LT(scene.page().size(), 20'000U);
    scene.is_on_portal = true;
    for (auto const& info : all_languages())
        EXPECT_THAT(scene.page(), HasSubstr("&amp;language=" + std::string{info.tag} + "\" lang=\"" + std::string{info.tag}));
}

TEST(BlockPage, TellsOfSupervisedUse)
{
    Scene scene;
    scene.why.stage = policy::Stage::restriction;
    scene.why.rule = "restriction-3";
    scene.why.reason = "A VPN on three days.";
    scene.why.may_ask = false;
    auto const page = scene.page();
    EXPECT_THAT(page, HasSubstr("<h1>You need a member of staff beside you</h1>"));
    EXPECT_THAT(page, HasSubstr("This computer is <strong>10.20.9.7</strong>"));
    EXPECT_THAT(page, HasSubstr("A VPN on three days."));
    EXPECT_THAT(page, HasSubstr("&amp;about=pupil\">Say what happened</a>"));
    EXPECT_THAT(page, Not(HasSubstr("Until when?")));
    EXPECT_THAT(page, Not(HasSubstr("Ask for this site")));
    scene.who.device = "library-kiosk";
    EXPECT_THAT(scene.page(), HasSubstr("This computer is <strong>library-kiosk</strong>"));
}

TEST(BlockPage, AClosedFileIsNotAClosedSite)
{
    Scene scene;
    scene.why.by_file = true;
    scene.why.reason = "Programs come from the ICT team.";
    auto const page = scene.page();
    EXPECT_THAT(page, HasSubstr("This file is blocked"));
    EXPECT_THAT(page, HasSubstr("is open, but this file from it is blocked"));
    EXPECT_THAT(page, HasSubstr("Ask for this site"));
    EXPECT_THAT(page, Not(HasSubstr("Until when?")));
    scene.why.by_virus = true;
    scene.why.may_ask = false;
    auto const stopped = scene.page();
    EXPECT_THAT(stopped, HasSubstr("This file was stopped"));
    EXPECT_THAT(stopped, HasSubstr("you have done nothing wrong"));
    EXPECT_THAT(stopped, Not(HasSubstr("Ask for this site")));
}

TEST(BlockPage, SaysWhatWhyUntilWhenAndWhatNext)
{
    auto const page = Scene().page();
    for (char const* part : {"www.instagram.com", "Instagram, Micro-blogging", "not available on the school network", "part 12",
             "It is lesson 2 until 10:40", "d-42", "blocked-social-media", "Ask for this site", "Tell someone about this",
             "Ashgrove Academy"})
        EXPECT_THAT(page, HasSubstr(part));
    EXPECT_LT(page.size(), 20'000u);
}

TEST(BlockPage, SaysWhenTheSiteOpensToday)
{
    Scene scene;
    scene.why.allowed_from = "12:30";
    EXPECT_THAT(scene.page(), HasSubstr("open it today from <strong>12:30</strong>"));
    EXPECT_THAT(scene.page(), Not(HasSubstr("will not open by itself")));
    EXPECT_EQ(open_token(link(scene.page(), "ask"), 1'795'000'100)->allowed_from, "12:30") << "for the page in another language";
    scene.why.sealed = true;
    EXPECT_EQ(open_token(link(scene.page(), "tell"), 1'795'000'100)->allowed_from, "");
}

TEST(BlockPage, LoadsNothingAndRunsNothing)
{
    auto const page = Scene().page();
    EXPECT_THAT(page, HasSubstr("default-src &apos;none&apos;; style-src &apos;sha256-"));
    for (char const* part : {"<script", "<img", "<link", "src=", "@import", "url("})
        EXPECT_THAT(page, Not(HasSubstr(part)));
    EXPECT_THAT(std::string(page_security_policy()), HasSubstr("form-action 'none'"));
}

TEST(BlockPage, NeverContainsPathQueryUserOrAddress)
{
    auto const page = Scene().page();
    for (char const* part :
        {"secret", "s3cret", "p.archer", "10.20.9.7", "year-9-room", "lists/instagram.txt", "instagram-hosts"})
        EXPECT_THAT(page, Not(HasSubstr(part)));
}

TEST(BlockPage, LinksCarryTheFactsSealed)
{
    auto const token = open_token(link(Scene().page(), "ask"), 1'795'000'100);
    ASSERT_TRUE(token);
    EXPECT_EQ(token->host, "www.instagram.com");
    EXPECT_EQ(token->url, "https://www.instagram.com");
    EXPECT_EQ(token->user, "p.archer");
    EXPECT_EQ(token->decision_id, "d-42");
}

TEST(BlockPage, SealedContentIsNeverNamed)
{
    Scene scene;
    scene.why.sealed = true;
    scene.why.may_ask = false;
    scene.why.rule = "sealed-list-x";
    scene.why.reason = "On the sealed list";
    auto const page = scene.page();
    for (char const* part :
        {"sealed-list-x", "On the sealed list", "Instagram", "instagram", "Micro-blogging", "Ask for this site", "Rule:"})
        EXPECT_THAT(page, Not(HasSubstr(part)));
    EXPECT_THAT(page, HasSubstr("Tell someone about this"));
    auto const token = open_token(link(page, "tell"), 1'795'000'100);
    ASSERT_TRUE(token);
    EXPECT_TRUE(token->rule.empty());
    EXPECT_FALSE(token->may_ask);
}

TEST(BlockPage, OffersNoAskWhereNoneIsAllowed)
{
    Scene scene;
    scene.why.may_ask = false;
    EXPECT_THAT(scene.page(), Not(HasSubstr("/ask?")));
    EXPECT_FALSE(open_token(link(scene.page(), "tell"), 1'795'000'100)->may_ask);
}

TEST(BlockPage, NamesAHelplineForSelfHarm)
{
    Scene scene;
    EXPECT_THAT(scene.page(), Not(HasSubstr("0800 1111")));
    scene.why.category = "self-harm";
    EXPECT_THAT(scene.page(), HasSubstr("0800 1111"));
}

TEST(BlockPage, EscapesHostileTextAndStaysSmall)
{
    Scene scene;
    std::string const hostile = "<script>alert(1)</script>\"'\xe2\x80\xae" + std::string(8192, 'x');
    scene.why.reason = scene.why.service_title = scene.why.category_title = hostile;
    scene.why.rule = scene.why.clause = "<b>\"";
    auto const page = scene.page();
    EXPECT_THAT(page, Not(HasSubstr("<script>")));
    EXPECT_THAT(page, Not(HasSubstr("\xe2\x80\xae")));
    EXPECT_THAT(page, Not(HasSubstr("<b>")));
    EXPECT_LT(page.size(), 20'000u);
}

/// All that the data plane has a reason code for, and one that it has not.
constexpr std::string_view causes[]{"no-such-name", "no-address", "dns-timeout", "dns-failure", "upstream-refused",
    "upstream-unreachable", "upstream-failed", "upstream-timeout", "upstream-closed", "upstream-truncated", "bad-response",
    "origin-expired", "origin-not-yet-valid", "origin-wrong-name", "origin-untrusted", "origin-revoked", "origin-weak",
    "origin-tls-failed", "origin-wants-certificate", "private-address", "private-by-name", "port-not-allowed", "loop",
    "too-many-hops", "framing-conflict", "host-mismatch", "bad-content-length", "bad-transfer-encoding", "obsolete-folding",
    "bad-connection-option", "bad-chunk", "bad-trailer", "bad-host", "missing-host", "bad-target", "not-http",
    "version-not-supported", "body-not-allowed", "origin-form", "unsupported-scheme", "method-not-allowed",
    "method-not-implemented", "expectation-failed", "unsupported-transfer-coding", "request-timeout", "content-unreadable",
    "file-unreadable", "virus-check-failed", "body-too-large", "head-too-large", "target-too-long", "method-too-long",
    "too-many-fields", "gateway-busy", "sign-in-needed", "sign-in-unavailable", "never-heard-of"};

/// What stands between the tags of a page, without its number and its code.
std::set<std::string> sentences_of(std::string const& page)
{
    static std::regex const element{R"(<(h1|h2|p|title|a)(?: class="button"[^>]*)?>([^<]+)<)"};
    std::set<std::string> sentences;
    for (std::sregex_iterator at{page.begin(), page.end(), element}, end; at != end; ++at)
        sentences.insert((*at)[2]);
    return sentences;
}

TEST(ErrorPage, SpeaksPlainlyOfEveryCause)
{
    for (auto const cause : causes) {
        auto const page = render_error_page({502, cause, "a.example", "d-7", "Ashgrove Academy"});
        EXPECT_THAT(page, HasSubstr("<html lang=\"en\">"));
        EXPECT_THAT(page, HasSubstr("What you can do"));
        EXPECT_THAT(page, HasSubstr(std::string{cause}));
        EXPECT_THAT(page, HasSubstr("a.example"));
        EXPECT_LT(page.size(), 20'000u);
    }
}

TEST(ErrorPage, KnowsTheCausesOfTheDataPlane)
{
    for (auto const cause : causes)
        EXPECT_EQ(render_error_page({502, cause, "", "", ""}).find("This page cannot be opened") != std::string::npos,
            cause == "never-heard-of")
            << cause;
}

TEST(ErrorPage, SaysInEnglishWhatWhyAndWhatNext)
{
    EXPECT_THAT(render_error_page({502, "no-such-name", "a.example", "d-7", "Ashgrove Academy"}),
        HasSubstr("<h1>We cannot find this site</h1>\n<p>You asked for <strong>a.example</strong>.</p>\n"
                  "<p>There is no site with this name.</p>\n<h2>What you can do</h2>\n"
                  "<p>Look at the address for spelling mistakes, then try again.</p>\n"
                  "<p class=\"small\">Number of this page: d-7<br>Code: 502 no-such-name</p>"));
}

TEST(ErrorPage, SpeaksTheLanguageThatIsAskedFor)
{
    auto const page = render_error_page({502, "no-such-name", "a.example", "d-7", "Ashgrove Academy", Language::urdu});
    EXPECT_THAT(page, HasSubstr("<html lang=\"ur\" dir=\"rtl\">"));
    EXPECT_THAT(page, HasSubstr("<h1>" + std::string{say(Language::urdu, "We cannot find this site")} + "</h1>"));
    EXPECT_THAT(page,
        HasSubstr("<strong>\xe2\x81\xa8"
                  "a.example\xe2\x81\xa9</strong>"))
        << "the name keeps its direction";
    EXPECT_THAT(page,
        HasSubstr("\xe2\x81\xa8"
                  "502 no-such-name\xe2\x81\xa9"));
    EXPECT_THAT(page, HasSubstr("d-7"));
    EXPECT_THAT(render_error_page({502, "no-such-name", "a.example", "d-7", "", Language::polish}),
        HasSubstr("<p>Nie ma witryny o takiej nazwie.</p>"));
}

TEST(ErrorPage, LeavesNoSentenceInEnglish)
{
    std::set<std::string> all;
    for (auto const cause : causes) {
        auto const english = sentences_of(render_error_page({502, cause, "", "d-7", ""}));
        EXPECT_EQ(english.size(), 4U) << cause;
        all.insert(english.begin(), english.end());
        for (auto const& info : all_languages()) {
            if (info.language == Language::english)
                continue;
            auto const page = render_error_page({502, cause, "", "d-7", "", info.language});
            EXPECT_LT(page.size(), 20'000u);
            auto const spoken = sentences_of(page);
            EXPECT_EQ(spoken.size(), 4U) << info.tag << ' ' << cause;
            for (auto const& sentence : spoken)
                EXPECT_FALSE(english.contains(sentence)) << info.tag << ' ' << cause << ": " << sentence;
        }
    }
    EXPECT_GT(all.size(), 55U);
}

TEST(RefusalLine, SaysWhyInOneLineOfEveryLanguage)
{
    EXPECT_EQ(refusal_line(403, "", Language::english), "Blocked by the school's web filter.\n");
    EXPECT_EQ(refusal_line(504, "dns-timeout", Language::english),
        "The service that looks up names did not give an answer. (504 dns-timeout)\n");
    std::vector<std::string_view> all{std::begin(causes), std::end(causes)};
    all.push_back("");
    for (auto const cause : all) {
        auto const english = refusal_line(502, cause, Language::english);
        EXPECT_EQ(english.find("Blocked") != std::string::npos, cause.empty()) << "only what a rule keeps closed: " << cause;
        for (auto const& info : all_languages()) {
            auto const line = refusal_line(502, cause, info.language);
            EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
            EXPECT_LT(line.size(), 600U) << line;
            EXPECT_EQ(line == english, info.language == Language::english) << info.tag << ' ' << cause;
        }
    }
}

TEST(ErrorPage, EscapesTheHost)
{
    auto const page = render_error_page({400, "bad-request", "<script>", "", ""});
    EXPECT_THAT(page, Not(HasSubstr("<script>")));
}

TEST(TrustPage, SpeaksTheLanguageThatIsAskedFor)
{
    auto const english = render_trust_page("", "http://127.0.0.1:8180", Language::english);
    EXPECT_THAT(english, HasSubstr("<h1>This device trusts the school&apos;s certificate</h1>"));
    EXPECT_THAT(english, HasSubstr("<a class=\"button\" href=\"http://127.0.0.1:8180/device\">Back to the certificate</a>"));
    auto const sentences = sentences_of(english);
    EXPECT_EQ(sentences.size(), 3U) << "title and heading are the same";
    for (auto const& info : all_languages()) {
        auto const page = render_trust_page("", "http://127.0.0.1:8180", info.language);
        EXPECT_THAT(
            page, HasSubstr("<html lang=\"" + std::string{info.tag} + (info.is_right_to_left ? "\" dir=\"rtl\">" : "\">")));
        EXPECT_LT(page.size(), 20'000u);
        for (auto const& sentence : sentences_of(page))
            EXPECT_EQ(sentences.contains(sentence), info.language == Language::english) << info.tag << ": " << sentence;
    }
}

TEST(TrustPicture, SpeaksTheLanguageThatIsAskedFor)
{
    EXPECT_THAT(render_trust_picture(Language::english), HasSubstr(">This device trusts it.</text>"));
    for (auto const& info : all_languages()) {
        auto const picture = render_trust_picture(info.language);
        EXPECT_THAT(picture, testing::StartsWith("<svg "));
        EXPECT_EQ(picture.find("This device") == std::string::npos, info.language != Language::english) << info.tag;
        EXPECT_EQ(picture.find("direction=\"rtl\"") != std::string::npos, info.is_right_to_left) << info.tag;
    }
}

} // namespace
} // namespace gatehouse::portal
