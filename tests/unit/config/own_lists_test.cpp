// The lists of config/ as the compiler sees them: every line understood, and the names that matter in the right list.

#include "policy/domain_set.hpp"
#include "policy/parse.hpp"
#include "tools/lists/compile.hpp"
#include "tools/lists/mapped_image.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include <unistd.h>

namespace gatehouse {
namespace {

std::filesystem::path const config_folder = std::filesystem::path(GATEHOUSE_SOURCE_DIR) / "config";

policy::SourceText read_source(std::string const& name)
{
    std::ifstream file(config_folder / name, std::ios::binary);
    return {name, {std::istreambuf_iterator<char>(file), {}}};
}

std::vector<policy::SourceText> read_phrases()
{
    std::vector<policy::SourceText> files;
    for (auto const& entry : std::filesystem::directory_iterator{config_folder / "phrases"})
        files.push_back(read_source("phrases/" + entry.path().filename().string()));
    return files;
}

/// Compiles the example school's lists once for all tests of the suite.
class OwnLists : public testing::Test {
protected:
    static void SetUpTestSuite()
    {
        std::string name = (std::filesystem::temp_directory_path() / "gatehouse-config-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        parsed_ = policy::parse_policy({read_source("policy.toml"), read_source("timetable.toml"), read_source("lists.toml"),
            read_source("content.toml"), read_phrases()});
        lists::CompileOptions options;
        options.lists = parsed_.policy.lists;
        options.config_folder = config_folder;
        options.state_folder = folder_;
        report_ = lists::compile_lists(options);
    }
    static void TearDownTestSuite() { std::filesystem::remove_all(folder_); }

    static std::set<std::string> lists_of(std::string_view host)
    {
        auto const image = lists::MappedImage::open(folder_ / "lists.image");
        EXPECT_TRUE(image);
        policy::DomainSet const set(image->bytes());
        policy::ListHits hits;
        set.find(policy::Host::parse(host).value(), {}, hits);
        std::set<std::string> ids;
        for (auto const& hit : hits.all())
            ids.emplace(set.list_id(hit.list));
        return ids;
    }

    static inline std::filesystem::path folder_;
    static inline policy::ParsedPolicy parsed_;
    static inline lists::CompileReport report_;
};

TEST_F(OwnLists, AreDeclaredWithoutComplaint)
{
    EXPECT_TRUE(parsed_.ok());
    for (auto const& problem : parsed_.problems)
        ADD_FAILURE() << problem.file << ":" << problem.line << ": " << problem.message;
    EXPECT_GT(parsed_.policy.lists.size(), 150U);
}

TEST_F(OwnLists, CompileFreshWithEveryLineUnderstood)
{
    ASSERT_TRUE(report_.is_written()) << report_.failure;
    EXPECT_TRUE(report_.is_fresh());
    for (auto const& list : report_.lists)
        EXPECT_TRUE(list.unsupported == 0 && list.unusable == 0 && list.duplicates == 0 && list.redundant == 0) << list.list;
    EXPECT_GT(report_.names, 4000U);
}

TEST_F(OwnLists, HoldTheHostsOfTheirServices)
{
    struct Case {
        char const* host;
        std::set<std::string> lists;
    };
    for (auto const& [host, expected] :
        std::initializer_list<Case>{{"t.co", {"twitter"}}, {"x.com", {"twitter"}}, {"abs.twimg.com", {"twitter"}},
            {"prod.pscp.tv", {"twitter"}}, {"www.facebook.com", {"facebook"}}, {"scontent.xx.fbcdn.net", {"facebook"}},
            {"fb.me", {"facebook"}}, {"connect.facebook.net", {"facebook"}}, {"www.messenger.com", {"facebook"}},
            {"www.instagram.com", {"instagram"}}, {"scontent-lhr8-1.cdninstagram.com", {"instagram"}}, {"ig.me", {"instagram"}},
            {"www.threads.net", {"threads"}}, {"rr3---sn-aigl6nzl.googlevideo.com", {"youtube"}}, {"i.ytimg.com", {"youtube"}},
            {"p16-sign.tiktokcdn-eu.com", {"tiktok"}}, {"www.mumsnet.com", {"mumsnet"}}, {"www.netmums.com", {"netmums"}},
            {"chat.openai.com", {"chatgpt"}}, {"www.google.com", {"google-search"}}, {"gemini.google.com", {"gemini"}},
            {"docs.google.com", {"google-classroom"}}, {"www.bing.com", {"bing"}}, {"copilot.microsoft.com", {"copilot"}},
            {"api.nordvpn.com", {"vpn"}}, {"mozilla.cloudflare-dns.com", {"doh"}}, {"1.1.1.1", {"doh"}},
            {"[2606:4700:4700::1111]", {"doh"}}, {"www.torproject.org", {"tor"}}, {"www.croxyproxy.com", {"proxy"}},
            {"mask.icloud.com", {"private-relay"}}, {"www.childline.org.uk", {"childline"}}, {"www.kooth.com", {"helplines"}},
            {"www.nspcc.org.uk", {"helplines"}}, {"giveusashout.org", {"helplines"}},
            {"www.ceop.police.uk", {"ceop", "helplines"}}, {"www.nhs.uk", {"health"}}, {"online.hsbc.co.uk", {"banks"}},
            {"vault.bitwarden.com", {"password-managers"}}, {"www.gov.uk", {"government"}},
            {"adult-test.gatehouse.example", {"adult"}}, {"sealed-test.gatehouse.example", {"illegal"}}})
        EXPECT_EQ(lists_of(host), expected) << host;
}

TEST_F(OwnLists, LeaveNeighboursAlone)
{
    for (char const* host :
        {"notfacebook.com", "facebook.com.example", "instagram.com.example", "mail.example.com", "co.uk", "com", "maps.apple.com",
            "fbcdn.net.example", "myx.com", "at.co", "www.gatehouse.example", "8.8.8.88", "cloudflare.com"})
        EXPECT_EQ(lists_of(host), std::set<std::string>{}) << host;
}

TEST_F(OwnLists, SealOnlyTheIllegalOne)
{
    for (auto const& list : parsed_.policy.lists)
        EXPECT_EQ(list.sealed, list.id == "illegal") << list.id;
}

} // namespace
} // namespace gatehouse
