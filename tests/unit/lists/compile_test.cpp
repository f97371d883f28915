#include "support.hpp"

#include "policy/domain_set.hpp"
#include "policy/list_image.hpp"
#include "tools/lists/mapped_image.hpp"
#include "tools/lists/private_image.hpp"

#include <boost/json.hpp>
#include <cstring>

namespace gatehouse::lists {
namespace {

using State = ListReport::State;

struct School {
    TestFolder folder;
    CompileOptions options;

    School()
    {
        options.config_folder = folder.path();
        options.state_folder = folder.path("state");
    }
    CompileReport compile() const { return compile_lists(options); }
    bool covers(std::string_view host) const
    {
        auto const image = MappedImage::open(folder.path("state/lists.image"));
        EXPECT_TRUE(image);
        policy::ListHits hits;
        policy::DomainSet(image->bytes()).find(policy::Host::parse(host).value(), {}, hits);
        return !hits.empty();
    }
};

TEST(CompileLists, CompilesFilesAndArchivesIntoOneImage)
{
    School school;
    school.folder.write("own.txt", "own.example\nwww.own.example\nbad line\n");
    write_archive(school.folder.path("c.tar.gz"), small_collection());
    school.options.lists = {list_info("own", "own.txt", "domains"), list_info("adult", "c.tar.gz", "squidguard", "adult"),
        list_info("porn", "c.tar.gz", "squidguard", "porn"), list_info("store", "", "")};
    auto const report = school.compile();
    ASSERT_TRUE(report.is_written()) << report.failure;
    EXPECT_TRUE(report.is_fresh());
    ASSERT_EQ(report.lists.size(), 3U);
    EXPECT_EQ(report.lists[0].redundant, 1U);
    EXPECT_EQ(report.lists[0].unsupported, 1U);
    EXPECT_EQ(report.lists[0].unsupported_lines[0].lines, std::vector<std::uint32_t>{3});
    EXPECT_EQ(report.lists[1].entries, 4U);
    EXPECT_EQ(report.lists[1].duplicates, 1U);
    EXPECT_EQ(report.lists[1].unsupported, 1U);
    EXPECT_EQ(report.lists[2].state, State::alias);
    EXPECT_EQ(report.names, 4U);
    EXPECT_TRUE(school.covers("x.adult.example"));
    EXPECT_FALSE(school.covers("evil.example"));
    EXPECT_FALSE(to_text(report).empty());
    EXPECT_EQ(to_json(report).at("names").as_uint64(), 4U);
}

TEST(CompileLists, HoldsBackASourceThatIsNotFit)
{
    struct Case {
        std::string_view title, text;
        State state;
    };
    std::string const grown = numbered_names(300), fewer = numbered_names(81), too_few = numbered_names(79);
    Case const cases[] = {
        {"grown", grown, State::fresh},
        {"60 percent fewer", fewer, State::fresh},
        {"more than 60 percent fewer", too_few, State::held_back},
        {"empty", "", State::held_back},
        {"comments only", "# a\n# b\n", State::held_back},
        {"an error page", "<html><body>404 Not Found</body></html>", State::held_back},
    };
    for (Case const& expected : cases) {
        School school;
        school.options.lists = {list_info("a", "a.txt", "domains")};
        school.folder.write("a.txt", numbered_names(200));
        ASSERT_TRUE(school.compile().is_fresh());
        school.folder.write("a.txt", expected.text);
        auto const report = school.compile();
        EXPECT_TRUE(report.is_written());
        EXPECT_EQ(report.lists[0].state, expected.state) << expected.title;
        EXPECT_EQ(report.lists[0].why.empty(), expected.state == State::fresh) << expected.title;
        EXPECT_EQ(school.covers("name-150.example"), expected.text != fewer) << expected.title;
        school.options.accept_shrunken = {"a"};
        EXPECT_EQ(school.compile().lists[0].state, State::fresh) << expected.title;
    }
}

TEST(CompileLists, KeepsTheLastGoodListsOfADamagedOrMissingArchive)
{
    School school;
    write_archive(school.folder.path("c.tar.gz"), small_collection());
    school.options.lists = {list_info("adult", "c.tar.gz", "squidguard", "adult"),
        list_info("porn", "c.tar.gz", "squidguard", "porn"), list_info("bank", "c.tar.gz", "squidguard", "bank")};
    ASSERT_TRUE(school.compile().is_fresh());
    std::string const whole = school.folder.read("c.tar.gz");
    school.folder.write("c.tar.gz", std::string_view{whole}.substr(0, whole.size() / 2));
    for (int round = 0; round < 2; ++round) {
        auto const report = school.compile();
        ASSERT_TRUE(report.is_written());
        EXPECT_FALSE(report.is_fresh());
        for (ListReport const& list : report.lists)
            EXPECT_EQ(list.state, State::held_back) << list.list;
        EXPECT_EQ(report.lists[0].usage, "black, adult");
        EXPECT_TRUE(school.covers("adult.example"));
        EXPECT_TRUE(school.covers("bank.example"));
        std::filesystem::remove(school.folder.path("c.tar.gz"));
    }
    auto const image = MappedImage::open(school.folder.path("state/lists.image"));
    EXPECT_EQ(policy::DomainSet(image->bytes()).find_every(policy::Host::parse("adult.example").value(), {}).size(), 2U);
}

TEST(CompileLists, SaysWhenThereIsNoCopyToFallBackOn)
{
    School school;
    school.options.lists = {list_info("gone", "gone.txt", "domains")};
    auto const report = school.compile();
    EXPECT_TRUE(report.is_written());
    EXPECT_EQ(report.lists[0].state, State::missing);
}

TEST(CompileLists, KeepsTheImageBeforeAndRefusesToRunTwice)
{
    School school;
    school.options.lists = {list_info("a", "a.txt", "domains")};
    school.folder.write("a.txt", "one.example\n");
    ASSERT_TRUE(school.compile().is_written());
    std::string const before = school.folder.read("state/lists.image");
    auto const mapped = MappedImage::open(school.folder.path("state/lists.image"));
    school.folder.write("a.txt", "two.example\n");
    ASSERT_TRUE(school.compile().is_written());
    EXPECT_EQ(school.folder.read("state/lists.image.previous"), before);
    EXPECT_TRUE(policy::verify_list_image(mapped->bytes())) << "an open mapping keeps the old bytes";
    bool is_refused = false;
    school.options.progress = [&](Progress const& progress) {
        if (progress.stage == Progress::Stage::encoding) {
            auto inner = school.options;
            inner.progress = {};
            is_refused = !compile_lists(inner).is_written();
        }
    };
    EXPECT_TRUE(school.compile().is_written());
    EXPECT_TRUE(is_refused);
}

TEST(CompileEntries, MakesAnImageInMemory)
{
    policy::ListFile file{
        .list = "own-block", .file = "console", .entries = {policy::parse_list_entry("https://example.com/a/").value()}};
    auto const compiled = compile_entries(std::span{&file, 1});
    ASSERT_TRUE(policy::verify_list_image(compiled.bytes()));
    policy::ListHits hits;
    policy::DomainSet(compiled.bytes()).find(policy::Host::parse("example.com").value(), "/a/b", hits);
    EXPECT_EQ(hits.all().size(), 1U);
    EXPECT_TRUE(policy::verify_list_image(compile_entries({}).bytes()));
}

bool covers(MappedImage const& image, std::string_view host)
{
    policy::ListHits hits;
    policy::DomainSet(image.bytes()).find(policy::Host::parse(host).value(), {}, hits);
    return !hits.empty();
}

TEST(MappedImage, IsTheFileByteForByteAlsoWhereItIsHeldInLargePages)
{
    School school;
    std::string urls; // paths are among what every search may read: here four megabytes of them
    for (int i = 0; i < 40'000; ++i)
        urls += "paths.example/" + std::string(90, 'p') + std::to_string(i) + "\n";
    school.folder.write("urls.txt", urls);
    school.options.lists = {list_info("urls", "urls.txt", "urls")};
    ASSERT_TRUE(school.compile().is_written());
    auto const image = MappedImage::open(school.folder.path("state/lists.image")).value();
    auto const file = school.folder.read("state/lists.image");
    ASSERT_EQ(image.bytes().size(), file.size());
    EXPECT_EQ(std::memcmp(image.bytes().data(), file.data(), file.size()), 0);
    EXPECT_TRUE(policy::verify_list_image(image.bytes()));
}

class PrivateImagesTest : public testing::Test {
protected:
    PrivateImagesTest()
    {
        school_.options.lists = {list_info("own", "own.txt", "domains")};
        compile("own.example\n");
    }
    void compile(std::string const& names)
    {
        school_.folder.write("own.txt", names);
        ASSERT_TRUE(school_.compile().is_written());
    }
    std::filesystem::path path() const { return school_.folder.path("state/lists.image"); }

    School school_;
    PrivateImages images_{std::chrono::milliseconds{-1}}; // every change is told apart, also one that was made just now
};

TEST_F(PrivateImagesTest, AnImageOverwrittenInPlaceStaysWhatItWas)
{
    auto const image = images_.open(path()).value();
    auto const size = std::filesystem::file_size(path());
    school_.folder.write("state/lists.image", std::string(size, '\0'));
    EXPECT_TRUE(covers(image, "own.example"));
    EXPECT_EQ(images_.open(path()).error(), error_code(policy::errc::image_bad_magic));
    EXPECT_TRUE(policy::verify_list_image(image.bytes()));
}

TEST_F(PrivateImagesTest, AnImageCutShortStaysWhatItWas)
{
    auto const image = images_.open(path()).value();
    std::filesystem::resize_file(path(), 0); // reading a shared mapping now would end the process (SIGBUS)
    EXPECT_TRUE(policy::verify_list_image(image.bytes()));
    EXPECT_EQ(images_.open(path()).error(), error_code(policy::errc::image_truncated));
}

TEST_F(PrivateImagesTest, TheSameImageIsLentAgainAndAChangedOneReadAnew)
{
    auto const first = images_.open(path()).value();
    EXPECT_EQ(images_.open(path()).value().bytes().data(), first.bytes().data());
    compile("own.example\nother.example\n");
    auto const second = images_.open(path()).value();
    EXPECT_NE(second.bytes().data(), first.bytes().data());
    EXPECT_TRUE(covers(second, "other.example"));
    EXPECT_FALSE(covers(first, "other.example"));
}

TEST_F(PrivateImagesTest, AnImageThatMayStillChangeUnseenIsReadAnew)
{
    PrivateImages careful{std::chrono::hours{1}};
    auto const first = careful.open(path()).value();
    EXPECT_NE(careful.open(path()).value().bytes().data(), first.bytes().data());
}

TEST_F(PrivateImagesTest, AnImageOpenedAheadIsTheFileAsItIsWhenItIsAskedFor)
{
    PrivateImages ahead{path()};
    EXPECT_TRUE(covers(ahead.open(path()).value(), "own.example"));
    PrivateImages behind{path()};
    compile("other.example\n");
    EXPECT_TRUE(covers(behind.open(path()).value(), "other.example"));
}

TEST_F(PrivateImagesTest, ACorruptImageOpenedAheadIsRefusedWhenItIsAskedFor)
{
    auto bytes = school_.folder.read("state/lists.image");
    bytes.back() = static_cast<char>(bytes.back() ^ 1);
    school_.folder.write("state/lists.image", bytes);
    PrivateImages ahead{path()};
    EXPECT_EQ(ahead.open(path()).error(), error_code(policy::errc::image_bad_checksum));
    EXPECT_EQ(ahead.open(path()).error(), error_code(policy::errc::image_bad_checksum));
}

TEST_F(PrivateImagesTest, LeavesNothingInTheFolder)
{
    auto const image = images_.open(path()).value();
    std::size_t files = 0;
    for (auto const& entry : std::filesystem::directory_iterator(school_.folder.path("state")))
        files += entry.path().filename().string().starts_with("lists.image") ? 1U : 0U;
    EXPECT_EQ(files, 1U);
}

} // namespace
} // namespace gatehouse::lists
