#include "support.hpp"

namespace gatehouse::lists {
namespace {

TEST(ReadSources, ReadsAnArchiveOnceForAllItsLists)
{
    TestFolder const folder;
    write_archive(folder.path("c.tar.gz"), small_collection());
    auto const sources = read_sources(
        {list_info("x-rated", "c.tar.gz", "squidguard", "porn"), list_info("adult", "c.tar.gz", "squidguard", "adult"),
            list_info("banks", "c.tar.gz", "squidguard", "bank"), list_info("none", "c.tar.gz", "squidguard", "nope")},
        folder.path());
    ASSERT_EQ(sources.lists.size(), 4U);
    EXPECT_EQ(sources.lists[0].alias_of, "adult");
    EXPECT_EQ(sources.lists[1].files.size(), 3U);
    EXPECT_EQ(sources.lists[1].files[0].name, "c.tar.gz:adult/domains");
    EXPECT_EQ(sources.lists[1].usage, "black, adult");
    EXPECT_EQ(sources.lists[2].usage, "white");
    EXPECT_EQ(sources.lists[3].fault, "the source has no category \"nope\"");
    ASSERT_EQ(sources.notes.size(), 1U);
    EXPECT_EQ(sources.notes[0].unused, std::vector<std::string>{"press"});
    EXPECT_EQ(sources.notes[0].aliases.size(), 1U);
    EXPECT_EQ(sources.notes[0].ignored.size(), 4U); // README, two unsafe paths, a link that climbs
}

TEST(ReadSources, ReadsAFolderLikeItsArchive)
{
    TestFolder const folder;
    folder.write("ut1/adult/domains", "a.example\n");
    folder.write("ut1/adult/usage", "black\r\n");
    std::filesystem::create_symlink("adult", folder.path("ut1/porn"));
    std::filesystem::create_symlink("../outside", folder.path("ut1/climbs"));
    auto const sources = read_sources(
        {list_info("p", "ut1", "squidguard", "porn"), list_info("c", "ut1", "squidguard", "climbs")}, folder.path());
    ASSERT_EQ(sources.lists[0].files.size(), 1U);
    EXPECT_EQ(sources.lists[0].usage, "black");
    EXPECT_FALSE(sources.lists[1].fault.empty());
}

TEST(ReadSources, ReadsOneMemberOfAnArchive)
{
    TestFolder const folder;
    write_archive(folder.path("c.tar.gz"), small_collection());
    auto const sources
        = read_sources({list_info("a", "c.tar.gz", "domains", "./blacklists/bank/domains"),
                           list_info("b", "c.tar.gz", "domains", "../outside/domains"), list_info("c", "c.tar.gz", "odd")},
            folder.path());
    ASSERT_EQ(sources.lists[0].files.size(), 1U);
    EXPECT_EQ(sources.lists[0].files[0].text, "bank.example\n");
    EXPECT_FALSE(sources.lists[1].fault.empty());
    EXPECT_FALSE(sources.lists[2].fault.empty());
}

TEST(ReadSources, EveryTruncationOfAnArchiveIsAFault)
{
    TestFolder const folder;
    write_archive(folder.path("c.tar.gz"), small_collection());
    std::string const whole = folder.read("c.tar.gz");
    for (std::size_t size = 0; size < whole.size(); size += 7) {
        folder.write("cut.tar.gz", std::string_view{whole}.substr(0, size));
        auto const sources = read_sources({list_info("a", "cut.tar.gz", "squidguard", "adult")}, folder.path());
        EXPECT_FALSE(sources.lists[0].fault.empty()) << size << " of " << whole.size();
    }
}

TEST(WholeCollection, NamesEveryCategoryButNoLink)
{
    TestFolder const folder;
    write_archive(folder.path("c.tar.gz"), small_collection());
    auto const lists = whole_collection(folder.path("c.tar.gz"));
    ASSERT_TRUE(lists);
    ASSERT_EQ(lists->size(), 3U);
    EXPECT_EQ((*lists)[0].id, "adult");
}

} // namespace
} // namespace gatehouse::lists
