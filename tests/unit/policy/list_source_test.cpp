#include "lists_support.hpp"

namespace gatehouse::policy {
namespace {

/// "host/path flags" of each entry: e exact, b below, s site; ! exception, + important, % important exception, > passthrough.
std::string show(ListText const& text)
{
    std::string shown;
    for (EntryView const entry : text.entries) {
        shown += shown.empty() ? "" : " ";
        shown += std::to_string(entry.line) + ':' + std::string(entry.host) + std::string(entry.path);
        char const reach = "-ebs"[static_cast<int>(entry.reach)], sense = "-!+%>"[static_cast<int>(entry.sense)];
        if (reach != '-')
            shown += std::string(",") + reach;
        if (sense != '-')
            shown += std::string(",") + sense;
    }
    return shown;
}

struct Case {
    ListFormat format;
    std::string text;
    std::string_view entries;
    std::size_t problems = 0;
};

TEST(ReadList, ReadsEveryFormat)
{
    std::string const longest = "2:" + std::string(63, 'a') + ".com";
    Case const cases[] = {
        {ListFormat::domains, "example.com\n# comment\n\nb.org # why\n*.c.net\n.d.net\n",
            "1:example.com 4:b.org 5:c.net 6:d.net"},
        {ListFormat::domains,
            "\xef\xbb\xbf"
            "EXAMPLE.com. \r\n\tb.org\r\n",
            "1:example.com 2:b.org"},
        {ListFormat::domains,
            "b\xc3\xbc"
            "cher.example\n192.0.2.1\n2001:DB8::1\n[::1]",
            "1:xn--bcher-kva.example 2:192.0.2.1 3:2001:db8::1 4:::1"},
        {ListFormat::domains, "a b\nhttp://x.com/\n-\xff\xfe\n10.0.0.0/8\nfoo..bar\n2130706433\nx.com:80\n", "", 7},
        {ListFormat::domains, std::string("a\0b.com\nc.com", 13), "2:c.com", 1},
        {ListFormat::domains, std::string(9000, 'a') + "\nc.com", "2:c.com", 1},
        {ListFormat::domains, std::string(64, 'a') + ".com\n" + std::string(63, 'a') + ".com", longest, 1},
        {ListFormat::hosts,
            "127.0.0.1 localhost\n::1 ip6-localhost\n0.0.0.0 a.com b.com # x\n:: c.com\n0.0.0.0 0.0.0.0\n255.255.255.255 "
            "broadcasthost\n",
            "3:a.com,e 3:b.com,e 4:c.com,e"},
        {ListFormat::hosts, "93.184.216.34 a.com\nb.com\n0.0.0.0 bad_/name\n", "", 3},
        {ListFormat::urls, "www.a.com/x/\nhttp://B.org:8080/Y?z#f\nc.com\nwww.com/x\nhttps://[2001:db8::1]:443/q\n",
            "1:a.com/x,s 2:b.org/y?z,s 3:c.com,s 4:www.com/x,s 5:2001:db8::1/q,s"},
        {ListFormat::urls, "user@a.com/x\na b/c\n/x\na.com/" + std::string(3000, 'x') + "\n", "", 4},
        {ListFormat::expressions, "(sex|xxx)\n\n# no\n", "", 1},
        {ListFormat::adblock,
            "[Adblock Plus 2.0]\n! "
            "title\n||a.com^\n@@||b.com^|\n||c.com^$important\n@@||d.com^$important\n||*.e.com^\n||f.com^$all\n",
            "3:a.com 4:b.com,! 5:c.com,+ 6:d.com,% 7:e.com,b 8:f.com"},
        {ListFormat::adblock,
            "a.com##.ad\n##.ad\n||a.com^$third-party\n||a.com/x\n/ads[0-9]/\n-ad-\n||a*.com^\n||a.com^x\n|http://"
            "a.com^\n||a.com:80^\n",
            "", 10},
        {ListFormat::dnsmasq,
            "# "
            "c\naddress=/a.com/\naddress=/b.com/0.0.0.0\naddress=/c.com/#\naddress=/d.com/e.com/::\nlocal=/f.com/\nserver=/g.com/"
            "\nserver=/h.com/#\naddress=/.i.com/\n",
            "2:a.com 3:b.com 4:c.com 5:d.com 5:e.com 6:f.com 7:g.com 8:h.com,> 9:i.com"},
        {ListFormat::dnsmasq,
            "address=/a.com/93.184.216.34\nserver=/a.com/9.9.9.9\nserver=9.9.9.9\nlog-queries\naddress=/#/\naddress=/a//b/\n",
            "6:a 6:b", 6},
        {ListFormat::rpz,
            "$TTL 300\n@ SOA localhost. root.localhost. 43 86400 3600 604800 300\n  NS localhost.\na.com CNAME .\n*.a.com CNAME "
            ".\nb.com 60 IN CNAME *.\nc.com CNAME rpz-passthru.\nd.com CNAME rpz-drop.\ne.com A 0.0.0.0\n  AAAA ::\n",
            "4:a.com,e 5:a.com,b 6:b.com,e 7:c.com,e,> 8:d.com,e 9:e.com,e 10:e.com,e"},
        {ListFormat::rpz,
            "$ORIGIN RPZ.local.\n@ SOA ns. root. (\n 1 ; serial\n 2 3 4 5 )\na.com CNAME .\nb.com.rpz.local. CNAME .\n",
            "5:a.com,e 6:b.com,e"},
        {ListFormat::rpz, "rpz.local. SOA ns. root. 1 2 3 4 5\nb.com.rpz.local. CNAME .\nout.side. CNAME .\n", "2:b.com,e", 1},
        {ListFormat::rpz,
            "a.com CNAME garden.example.\nb.com TXT \"x\"\n32.1.2.0.192.rpz-ip CNAME .\n$INCLUDE f\nc.com CNAME "
            "rpz-tcp-only.\nd.com A 93.184.216.34\ne.com\nf.com CNAME f.com.\n",
            "8:f.com,e,>", 7},
    };
    for (Case const& expected : cases) {
        auto const text = read_list(expected.format, expected.text);
        EXPECT_EQ(show(text), expected.entries) << to_text(expected.format) << ": " << expected.text.substr(0, 200);
        EXPECT_EQ(text.problem_count, expected.problems) << to_text(expected.format) << ": " << expected.text.substr(0, 200);
        EXPECT_EQ(text.problems.size(), text.problem_count);
    }
}

TEST(ReadList, AnOpenParenthesisDoesNotSwallowTheZone)
{
    std::string text = "@ SOA ns. root. ( 1\n";
    for (int i = 0; i < 40; ++i)
        text += "n" + std::to_string(i) + ".com CNAME .\n";
    auto const zone = read_list(ListFormat::rpz, text);
    EXPECT_EQ(zone.entries.size(), 24U);
    ASSERT_EQ(zone.problem_count, 1U);
    EXPECT_EQ(zone.problems[0].line, 1U);
    EXPECT_EQ(read_list(ListFormat::rpz, "@ SOA ns. root. (\n").problem_count, 1U);
}

TEST(ReadList, CountsProblemsBeyondThoseKept)
{
    std::string text;
    for (int i = 0; i < 5000; ++i)
        text += "not a host\n";
    auto const list = read_list(ListFormat::domains, text);
    EXPECT_EQ(list.problem_count, 5000U);
    EXPECT_EQ(list.problems.size(), max_kept_problems);
}

TEST(ReadList, EveryLineIsAccountedFor)
{
    std::string const text = "a.com\n\n# x\nbad host\nb.com";
    auto const list = read_list(ListFormat::domains, text);
    EXPECT_EQ(list.entries.size() + list.problem_count + list.comment_count, 5U);
}

TEST(ParseListFormat, KnowsItsOwnNames)
{
    for (auto const format : {ListFormat::domains, ListFormat::hosts, ListFormat::urls, ListFormat::expressions,
             ListFormat::adblock, ListFormat::dnsmasq, ListFormat::rpz})
        EXPECT_EQ(parse_list_format(to_text(format)), format);
    EXPECT_FALSE(parse_list_format("squidguard"));
}

TEST(ParseListEntry, TakesHostsAndUrls)
{
    EXPECT_EQ(parse_list_entry("Example.COM").value().host, "example.com");
    EXPECT_EQ(parse_list_entry(" https://www.example.com/A/b/ ").value().path, "/a/b");
    EXPECT_EQ(parse_list_entry("https://www.example.com/").value().path, "");
    EXPECT_FALSE(parse_list_entry("user:secret@example.com/"));
    EXPECT_FALSE(parse_list_entry("two words"));
    EXPECT_FALSE(parse_list_entry(""));
}

TEST(ListSource, TakesNoTestSitesOfTheFilter)
{
    struct {
        ListFormat format;
        std::string text;
    } const files[]{{ListFormat::domains, "adult.self-check.invalid\n"}, {ListFormat::hosts, "0.0.0.0 self-check.invalid\n"},
        {ListFormat::urls, "Adult.self-check.invalid/x\n"}, {ListFormat::adblock, "||gambling.self-check.invalid^\n"},
        {ListFormat::domains, "myself-check.invalid\nADULT.SELF-CHECK.INVALID\n"}};
    for (auto const& file : files) {
        auto const list = read_list(file.format, file.text);
        ASSERT_EQ(list.problem_count, 1U) << file.text;
        EXPECT_NE(list.problems[0].reason.find("test site of the filter"), std::string::npos) << list.problems[0].reason;
        EXPECT_EQ(list.entries.size(), file.text.find("myself") == 0 ? 1U : 0U) << file.text;
    }
}

} // namespace
} // namespace gatehouse::policy
