#include "support.hpp"

#include "tools/lists/files.hpp"
#include "tools/lists/good_copy.hpp"
#include "tools/lists/mapped_image.hpp"

#include <sys/stat.h>
#include <unistd.h>

namespace gatehouse::lists {
namespace {

TEST(ReplaceFile, LeavesTheFileToWhomItBelonged)
{
    TestFolder const folder;
    auto const path = folder.path("a");
    ASSERT_TRUE(replace_file(path, "one"));
    struct stat file { };
    ASSERT_EQ(::stat(path.c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 0777U, 0640U);
    bool const is_root = ::geteuid() == 0;
    uid_t const owner = is_root ? 12345 : ::geteuid();
    ASSERT_EQ(::chown(path.c_str(), owner, static_cast<gid_t>(-1)), 0);
    ASSERT_EQ(::chmod(path.c_str(), 0604), 0);
    ASSERT_TRUE(replace_file(path, "two"));
    ASSERT_EQ(::stat(path.c_str(), &file), 0);
    EXPECT_EQ(file.st_uid, owner);
    EXPECT_EQ(file.st_mode & 0777U, 0604U);
    // A folder's first file belongs to whom the folder does: what root compiles the service can read.
    ASSERT_EQ(::chown(folder.path().c_str(), owner, static_cast<gid_t>(-1)), 0);
    ASSERT_TRUE(replace_file(folder.path("b"), "one"));
    ASSERT_EQ(::stat(folder.path("b").c_str(), &file), 0);
    EXPECT_EQ(file.st_uid, owner);
}

TEST(ReplaceFile, ReplacesWholeAndLeavesNothingBehind)
{
    TestFolder const folder;
    ASSERT_TRUE(replace_file(folder.path("a"), "one"));
    ASSERT_TRUE(replace_file(folder.path("a"), "two"));
    EXPECT_EQ(folder.read("a"), "two");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
    EXPECT_FALSE(replace_file(folder.path("no/such/folder"), "x"));
}

TEST(ReadFile, RefusesFoldersAndMissingFiles)
{
    TestFolder const folder;
    EXPECT_FALSE(read_file(folder.path()));
    EXPECT_EQ(read_file(folder.path("none")).error(), boost::system::errc::no_such_file_or_directory);
}

TEST(FolderLock, IsHeldByOneAtATime)
{
    TestFolder const folder;
    {
        auto const first = FolderLock::take(folder.path());
        ASSERT_TRUE(first);
        EXPECT_FALSE(FolderLock::take(folder.path()));
    }
    EXPECT_TRUE(FolderLock::take(folder.path()));
}

TEST(GoodCopy, GivesBackWhatWasKept)
{
    TestFolder const folder;
    std::vector<SourceFile> const files{
        {"a b.txt", policy::ListFormat::hosts, "text\nwith lines\n"}, {"u", policy::ListFormat::urls, ""}};
    GoodCopy const copy{.title = {.entries = 7, .usage = "black, adult", .alias_of = {}, .digest = {}}, .files = files};
    for (std::string const list : {"plain", "Odd / name", "../climbs"}) {
        ASSERT_TRUE(keep_good_copy(folder.path(), list, copy)) << list;
        auto const back = read_good_copy(folder.path(), list);
        ASSERT_TRUE(back) << list;
        EXPECT_EQ(back->title.entries, 7U);
        EXPECT_EQ(back->title.usage, "black, adult");
        ASSERT_EQ(back->files.size(), 2U);
        EXPECT_EQ(back->files[0].name, "a b.txt");
        EXPECT_EQ(back->files[0].text, "text\nwith lines\n");
        EXPECT_EQ(back->files[1].format, policy::ListFormat::urls);
    }
}

TEST(GoodCopy, IsNotWrittenAgainWhereTheSameIsPresent)
{
    TestFolder const folder;
    GoodCopy copy{.title = {.entries = 1, .usage = {}, .alias_of = {}, .digest = {}},
        .files = {{"f", policy::ListFormat::domains, "a.example\n"}}};
    ASSERT_TRUE(keep_good_copy(folder.path(), "a", copy));
    auto const digest = check_good_copy(folder.path(), "a").value().digest;
    std::filesystem::remove(folder.path("a.copy"));
    ASSERT_TRUE(keep_good_copy(folder.path(), "a", copy, digest));
    EXPECT_FALSE(std::filesystem::exists(folder.path("a.copy")));
    copy.title.entries = 2;
    ASSERT_TRUE(keep_good_copy(folder.path(), "a", copy, digest));
    EXPECT_EQ(check_good_copy(folder.path(), "a").value().entries, 2U);
}

TEST(GoodCopy, RefusesEveryDamage)
{
    TestFolder const folder;
    GoodCopy const copy{.title = {.entries = 1, .usage = {}, .alias_of = {}, .digest = {}},
        .files = {{"f", policy::ListFormat::domains, "a.example\n"}}};
    ASSERT_TRUE(keep_good_copy(folder.path(), "a", copy));
    std::string const good = folder.read("a.copy");
    for (std::size_t i = 0; i < good.size(); ++i) {
        std::string bad = good;
        bad[i] = static_cast<char>(bad[i] ^ 1);
        folder.write("a.copy", bad);
        bool const is_line_end_behind_digest = i == 22 + 32; // carries nothing
        EXPECT_EQ(read_good_copy(folder.path(), "a").has_value(), is_line_end_behind_digest) << i;
        folder.write("a.copy", good.substr(0, i));
        EXPECT_FALSE(read_good_copy(folder.path(), "a")) << i;
    }
}

TEST(MappedImage, RefusesWhatIsNotAnImage)
{
    TestFolder const folder;
    folder.write("empty", "");
    folder.write("text", std::string(1000, 'x'));
    EXPECT_EQ(MappedImage::open(folder.path("empty")).error(), error_code(policy::errc::image_truncated));
    EXPECT_EQ(MappedImage::open(folder.path("text")).error(), error_code(policy::errc::image_bad_magic));
    EXPECT_FALSE(MappedImage::open(folder.path("none")));
    EXPECT_FALSE(MappedImage::open(folder.path()));
}

} // namespace
} // namespace gatehouse::lists
