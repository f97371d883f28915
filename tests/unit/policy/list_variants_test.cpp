// Publishers such as HaGeZi and OISD offer one list in many formats. All of them must lead to the same decisions.

#include "lists_support.hpp"

#include <array>

namespace gatehouse::policy {
namespace {

constexpr std::array<std::string_view, 6> listed{"ads.example.com", "track.example.net", "x.y.example.org", "bad-host.example",
    "xn--bcher-kva.example", "under_score.example"};

std::string in_format(
    std::string_view before, std::string_view after, std::string_view twin_before = {}, std::string_view twin_after = {})
{
    std::string text = "";
    for (std::string_view const name : listed) {
        text += std::string(before) + std::string(name) + std::string(after) + '\n';
        if (!twin_before.empty())
            text += std::string(twin_before) + std::string(name) + std::string(twin_after) + '\n';
    }
    return text;
}

struct Variant {
    std::string_view title;
    ListFormat format;
    std::string text;
    bool has_suffix_reach = true; ///< hosts files cannot say "and all below"
};

std::vector<Variant> variants()
{
    std::string windows = "\xef\xbb\xbf# title\r\n" + in_format("", " \r");
    return {
        {"domains", ListFormat::domains, "# title\n" + in_format("", "")},
        {"windows", ListFormat::domains, windows},
        {"wildcard asterisk", ListFormat::domains, in_format("*.", "")},
        {"adblock", ListFormat::adblock, "[Adblock Plus]\n! title\n" + in_format("||", "^")},
        {"dnsmasq old", ListFormat::dnsmasq, in_format("address=/", "/#")},
        {"dnsmasq new", ListFormat::dnsmasq, in_format("local=/", "/")},
        {"rpz", ListFormat::rpz,
            "$TTL 300\n@ SOA localhost. root.localhost. 1 2 3 4 5\n  NS localhost.\n"
                + in_format("", " CNAME .", "*.", " CNAME .")},
        {"hosts", ListFormat::hosts, "127.0.0.1 localhost\n" + in_format("0.0.0.0 ", ""), false},
    };
}

TEST(ListVariants, LeadToTheSameDecisions)
{
    for (Variant const& variant : variants()) {
        auto const read = read_list(variant.format, variant.text);
        EXPECT_EQ(read.problem_count, 0U) << variant.title;
        TestImage const image({{.list = "v", .file = "f", .entries = read.entries}});
        EXPECT_EQ(image.set.name_count(), listed.size()) << variant.title;
        for (std::string_view const name : listed) {
            std::string const text(name);
            EXPECT_EQ(image.lists(text), "v") << variant.title << ' ' << text;
            EXPECT_EQ(image.lists("sub." + text), variant.has_suffix_reach ? "v" : "") << variant.title << ' ' << text;
            EXPECT_EQ(image.lists("not" + text), "") << variant.title << ' ' << text;
            EXPECT_EQ(image.lists(text.substr(text.find('.') + 1)), "") << variant.title << ' ' << text;
        }
    }
}

} // namespace
} // namespace gatehouse::policy
