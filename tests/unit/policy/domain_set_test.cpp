#include "lists_support.hpp"

namespace gatehouse::policy {
namespace {

using Reach = ListEntry::Reach;
using Sense = ListEntry::Sense;

TEST(DomainSet, EmptySetHoldsNothing)
{
    ListHits hits;
    DomainSet{}.find(Host::parse("example.com").value(), "/", hits);
    EXPECT_TRUE(hits.empty());
    TestImage const image({});
    EXPECT_EQ(image.lists("example.com", "/"), "");
    EXPECT_EQ(image.set.name_count(), 0U);
}

TEST(DomainSet, MatchesByWholeLabels)
{
    TestImage const image({domains("trio", "facebook.com\ntwitter.com\n")});
    EXPECT_EQ(image.lists("facebook.com"), "trio");
    EXPECT_EQ(image.lists("www.facebook.com"), "trio");
    EXPECT_EQ(image.lists("a.b.c.FACEBOOK.com."), "trio");
    EXPECT_EQ(image.lists("notfacebook.com"), "");
    EXPECT_EQ(image.lists("facebook.com.example.org"), "");
    EXPECT_EQ(image.lists("facebook.co"), "");
    EXPECT_EQ(image.lists("com"), "");
}

TEST(DomainSet, MatchesTopLevelAndVeryDeepNames)
{
    std::string deep = "x";
    for (int i = 0; i < 120; ++i)
        deep += ".y";
    TestImage const image({domains("a", "zip\n" + deep + "\n")});
    EXPECT_EQ(image.lists("archive.zip"), "a");
    EXPECT_EQ(image.lists("zip"), "a");
    EXPECT_EQ(image.lists(deep), "a");
    EXPECT_EQ(image.lists("w." + deep), "a");
    EXPECT_EQ(image.lists(deep.substr(2)), "");
}

TEST(DomainSet, KeepsReaches)
{
    std::vector<ListEntry> const entries{
        {.host = "exact.example", .path = {}, .reach = Reach::exact, .sense = Sense::member, .line = 1},
        {.host = "below.example", .path = {}, .reach = Reach::below, .sense = Sense::member, .line = 2},
        {.host = "site.example", .path = {}, .reach = Reach::site, .sense = Sense::member, .line = 3},
    };
    TestImage const image({{.list = "a", .file = "a", .entries = entries}});
    EXPECT_EQ(image.lists("exact.example"), "a");
    EXPECT_EQ(image.lists("www.exact.example"), "");
    EXPECT_EQ(image.lists("below.example"), "");
    EXPECT_EQ(image.lists("x.y.below.example"), "a");
    EXPECT_EQ(image.lists("site.example"), "a");
    EXPECT_EQ(image.lists("www.site.example"), "a");
    EXPECT_EQ(image.lists("mail.site.example"), "");
    EXPECT_EQ(image.lists("www.x.site.example"), "");
}

TEST(DomainSet, AddressesMatchOnlyThemselves)
{
    TestImage const image({domains("a", "192.0.2.7\n2001:DB8::1\n2.7\nexample.com")});
    EXPECT_EQ(image.lists("192.0.2.7"), "a");
    EXPECT_EQ(image.lists("0xc0000207"), "a");
    EXPECT_EQ(image.lists("[2001:db8:0::1]"), "a");
    EXPECT_EQ(image.lists("192.0.2.8"), "");
    EXPECT_EQ(image.lists("10.192.0.2"), "");
    EXPECT_EQ(image.lists("192.0.2.7.example.com"), "a");
}

TEST(DomainSet, MatchesUrlPrefixesOnlyWithAPath)
{
    TestImage const image(
        {list_file("u", ListFormat::urls, "www.example.com/bad\nsite.org/\nhttp://Example.net:8080/A/B/?q=1\n")});
    EXPECT_EQ(image.lists("example.com", "/bad"), "u");
    EXPECT_EQ(image.lists("www.example.com", "/bad/x?y"), "u");
    EXPECT_EQ(image.lists("example.com", "/%62ad"), "u");
    EXPECT_EQ(image.lists("example.com", "/x/%2e%2e/BAD"), "u");
    EXPECT_EQ(image.lists("example.com", "/badger"), "");
    EXPECT_EQ(image.lists("mail.example.com", "/bad"), "");
    EXPECT_EQ(image.lists("example.com"), "");
    EXPECT_EQ(image.lists("site.org"), "u");
    EXPECT_EQ(image.lists("www.site.org", "/any"), "u");
    EXPECT_EQ(image.lists("example.net", "/a/b/?q=1&r"), "u");
    EXPECT_EQ(image.lists("example.net", "/a/b/"), "");
}

TEST(DomainSet, FindsEveryNestedPrefix)
{
    TestImage const image({list_file("u", ListFormat::urls, "e.com/a\ne.com/a/b\ne.com/a/b/c\ne.com/a/bb\ne.com/b\n")});
    auto const host = Host::parse("e.com").value();
    EXPECT_EQ(image.set.find_every(host, "/a/b/c/d").size(), 3U);
    EXPECT_EQ(image.set.find_every(host, "/a/bb/c").size(), 2U);
    EXPECT_EQ(image.set.find_every(host, "/a/bbb").size(), 1U);
    EXPECT_EQ(image.set.find_every(host, "/c").size(), 0U);
    EXPECT_EQ(image.set.find_every(host, "/0").size(), 0U);
    ListHits hits;
    image.set.find(host, "/a/b/c", hits);
    ASSERT_EQ(hits.all().size(), 1U);
    EXPECT_EQ(hits.all()[0].line, 3U);
    EXPECT_TRUE(hits.all()[0].by_path);
}

TEST(DomainSet, GivesTheMostSpecificHitOfEachList)
{
    std::vector<ListFile> files{domains("a", "\n\nexample.com"), domains("b", "www.example.com")};
    files.push_back(list_file("b", ListFormat::hosts, "0.0.0.0 example.com"));
    TestImage const image(files);
    ListHits hits;
    image.set.find(Host::parse("www.example.com").value(), {}, hits);
    ASSERT_EQ(hits.all().size(), 2U);
    for (ListHit const& hit : hits.all()) {
        bool const is_a = image.set.list_id(hit.list) == "a";
        EXPECT_EQ(hit.labels, is_a ? 2 : 3);
        EXPECT_EQ(hit.line, is_a ? 3U : 1U);
        EXPECT_EQ(image.set.file_name(hit.file), is_a ? "a.txt" : "b.txt");
    }
}

TEST(DomainSet, ExceptionsCancelTheirOwnListOnly)
{
    auto const adblock = list_file("ads", ListFormat::adblock,
        "||example.com^\n@@||good.example.com^\n||x.good.example.com^\n||must.good.example.com^$important\n@@||never.must.good."
        "example.com^$important\n");
    TestImage const image({adblock, domains("other", "example.com")});
    EXPECT_EQ(image.lists("example.com"), "ads other");
    EXPECT_EQ(image.lists("good.example.com"), "other");
    EXPECT_EQ(image.lists("x.good.example.com"), "other");
    EXPECT_EQ(image.lists("must.good.example.com"), "ads other");
    EXPECT_EQ(image.lists("never.must.good.example.com"), "other");
    EXPECT_EQ(image.set.find_every(Host::parse("must.good.example.com").value(), {}).size(), 4U);
}

TEST(DomainSet, PassthroughGivesWayToLongerNames)
{
    TestImage const image({list_file(
        "d", ListFormat::dnsmasq, "address=/example.com/\nserver=/ok.example.com/#\naddress=/bad.ok.example.com/0.0.0.0\n")});
    EXPECT_EQ(image.lists("example.com"), "d");
    EXPECT_EQ(image.lists("ok.example.com"), "");
    EXPECT_EQ(image.lists("x.ok.example.com"), "");
    EXPECT_EQ(image.lists("x.bad.ok.example.com"), "d");
}

TEST(DomainSet, ReportsAnAliasedFileForEveryList)
{
    auto file = domains("adult", "example.com");
    file.also_lists = {"porn", "x"};
    TestImage const image({file, domains("adult", "other.com")});
    EXPECT_EQ(image.lists("example.com"), "adult porn x");
    EXPECT_EQ(image.lists("other.com"), "adult");
    EXPECT_EQ(image.set.list_count(), 3U);
}

TEST(DomainSet, SaysWhenMoreListsHitThanFit)
{
    std::vector<ListFile> files;
    for (int i = 0; i < 200; ++i)
        files.push_back(domains("list-" + std::to_string(i), "example.com"));
    TestImage const image(files);
    ListHits hits;
    image.set.find(Host::parse("example.com").value(), {}, hits);
    EXPECT_EQ(hits.all().size(), ListHits::capacity);
    EXPECT_TRUE(hits.overflowed());
    image.set.find(Host::parse("example.org").value(), {}, hits);
    EXPECT_TRUE(hits.empty());
    EXPECT_FALSE(hits.overflowed());
}

} // namespace
} // namespace gatehouse::policy
