#include "policy/url_path.hpp"

#include <gtest/gtest.h>

#include <string>

namespace gatehouse::policy {
namespace {

TEST(UrlPath, GivesOneFormToAllSpellings)
{
    struct Case {
        std::string_view from, to;
    };
    Case const cases[] = {
        {"", "/"},
        {"/", "/"},
        {"?a=b", "/?a=b"},
        {"/a/b", "/a/b"},
        {"a/b", "/a/b"},
        {"/%61/%2e%2E/b", "/b"},
        {"/a/../b", "/b"},
        {"/a/./b/.", "/a/b/"},
        {"/a/b/..", "/a/"},
        {"/../../b", "/b"},
        {"/a//b///c", "/a/b/c"},
        {"//a", "/a"},
        {"/A/Page.HTML", "/a/page.html"},
        {"/a%2fb", "/a%2Fb"},
        {"/a%2Fb", "/a%2Fb"},
        {"/100%", "/100%25"},
        {"/100%zz", "/100%25zz"},
        {"/a b", "/a%20b"},
        {"/caf\xc3\xa9", "/caf%C3%A9"},
        {"/caf%c3%a9", "/caf%C3%A9"},
        {"/a\\b", "/a%5Cb"},
        {"/a?x=../y//z", "/a?x=../y//z"},
        {"/a/..?x", "/?x"},
        {"/a#fragment", "/a"},
        {"/...", "/..."},
        {"/%7euser", "/~user"},
    };
    for (auto const& [from, to] : cases) {
        UrlPath const path(from);
        EXPECT_EQ(path.text(), to) << from;
        EXPECT_EQ(UrlPath(path.text()).text(), to) << from;
        EXPECT_FALSE(path.is_cut());
    }
}

TEST(UrlPath, KeepsTheFirstBytesOfALongPath)
{
    UrlPath const path('/' + std::string(5000, 'a'));
    EXPECT_TRUE(path.is_cut());
    EXPECT_EQ(path.text().size(), max_url_path);
    UrlPath const query("/a?" + std::string(5000, 'b'));
    EXPECT_TRUE(query.is_cut());
    EXPECT_EQ(query.text().size(), max_url_path);
}

TEST(UrlPath, DotSegmentsReachBackOverSegmentsThatWereNotKept)
{
    std::string const straddling = "/k/" + std::string(3000, 'x');
    EXPECT_EQ(UrlPath(straddling + "/../b").text(), "/k/b");
    EXPECT_EQ(UrlPath(straddling + "/y/../../b").text(), "/k/b");
    EXPECT_EQ(UrlPath(straddling + "/y/z/./%2e%2e/../../b").text(), "/k/b");
    EXPECT_FALSE(UrlPath(straddling + "/../b").is_cut());
    for (std::size_t size = max_url_path - 6; size < max_url_path + 3; ++size)
        EXPECT_EQ(UrlPath("/k/" + std::string(size, 'x') + "/y/../../../b").text(), "/b") << size;
}

TEST(Covers, AsksForABoundary)
{
    EXPECT_TRUE(covers("/bar", "/bar"));
    EXPECT_TRUE(covers("/bar", "/bar/x"));
    EXPECT_TRUE(covers("/bar", "/bar?x"));
    EXPECT_TRUE(covers("/bar", "/bar;x"));
    EXPECT_FALSE(covers("/bar", "/barbecue"));
    EXPECT_FALSE(covers("/bar", "/bar.html"));
    EXPECT_FALSE(covers("/bar", "/ba"));
    EXPECT_TRUE(covers("/search?q=", "/search?q=x"));
    EXPECT_TRUE(covers("/watch?v=1", "/watch?v=1&t=2"));
    EXPECT_FALSE(covers("/watch?v=1", "/watch?v=12"));
    EXPECT_TRUE(covers("/", "/anything"));
}

} // namespace
} // namespace gatehouse::policy
