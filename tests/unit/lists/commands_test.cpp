#include "support.hpp"

#include "tools/lists/commands.hpp"

#include <boost/json.hpp>

#include <sstream>

namespace gatehouse::lists {
namespace {

struct Shell {
    TestFolder folder;
    CompileCommand compile;
    std::ostringstream out;

    Shell()
    {
        compile.options.config_folder = folder.path("config");
        compile.options.state_folder = folder.path("state");
        compile.options.lists = {list_info("own", "own.txt", "domains")};
        folder.write("config/own.txt", "example.com\n");
    }
    LookupCommand lookup(std::string name) const
    {
        return {.images = {folder.path("state/lists.image")}, .name = std::move(name)};
    }
    std::string take() { return std::exchange(out, std::ostringstream{}).str(); }
};

TEST(ListsCompile, TellsWhatItDid)
{
    Shell shell;
    shell.compile.progress = ProgressStyle::lines;
    EXPECT_EQ(lists_compile(shell.compile, shell.out), all_fresh);
    EXPECT_NE(shell.take().find("encoding\n"), std::string::npos);
    shell.compile.progress = ProgressStyle::bar;
    EXPECT_EQ(lists_compile(shell.compile, shell.out), all_fresh);
    EXPECT_NE(shell.take().find("\r[####"), std::string::npos);
    shell.compile.output = Output::json;
    EXPECT_EQ(lists_compile(shell.compile, shell.out), all_fresh);
    EXPECT_TRUE(boost::json::parse(shell.take()).at("written").as_bool());
    std::filesystem::remove(shell.folder.path("config/own.txt"));
    EXPECT_EQ(lists_compile(shell.compile, shell.out), partly_held);
    shell.compile.options.state_folder = "/proc/nowhere";
    EXPECT_EQ(lists_compile(shell.compile, shell.out), not_written);
}

TEST(ListsCompile, TakesAWholeCollection)
{
    Shell shell;
    write_archive(shell.folder.path("c.tar.gz"), small_collection());
    shell.compile.whole_source = shell.folder.path("c.tar.gz");
    EXPECT_EQ(lists_compile(shell.compile, shell.out), all_fresh);
    EXPECT_NE(shell.take().find("porn is another name for adult"), std::string::npos);
}

TEST(ListsLookup, PrintsListFileAndLine)
{
    Shell shell;
    lists_compile(shell.compile, shell.out);
    shell.take();
    EXPECT_EQ(lists_lookup(shell.lookup("https://WWW.example.com/x"), shell.out), 0);
    EXPECT_EQ(shell.take(), "own: own.txt:1: example.com listed\n");
    EXPECT_EQ(lists_lookup(shell.lookup("example.org"), shell.out), 3);
    EXPECT_EQ(shell.take(), "example.org: in no list\n");
    EXPECT_EQ(lists_lookup(shell.lookup("not a name"), shell.out), 1);
    shell.take();
    auto command = shell.lookup("a.example.com");
    command.output = Output::json;
    EXPECT_EQ(lists_lookup(command, shell.out), 0);
    EXPECT_EQ(boost::json::parse(shell.take()).at("hits").at(0).at("line").as_int64(), 1);
}

TEST(ListsLookup, NeverShowsWhereASealedListStatesAName)
{
    Shell shell;
    lists_compile(shell.compile, shell.out);
    shell.take();
    auto command = shell.lookup("www.example.com");
    command.lists = shell.compile.options.lists;
    command.lists[0].sealed = true;
    EXPECT_EQ(lists_lookup(command, shell.out), 0);
    EXPECT_EQ(shell.take(), "own: sealed\n");
    command.output = Output::json;
    lists_lookup(command, shell.out);
    EXPECT_EQ(shell.take().find("own.txt"), std::string::npos);
}

TEST(ListsDiff, SaysWhatAppearedAndWentAway)
{
    Shell shell;
    lists_compile(shell.compile, shell.out);
    shell.folder.write("config/own.txt", "new.example\n");
    lists_compile(shell.compile, shell.out);
    shell.take();
    DiffCommand command{
        .before = shell.folder.path("state/lists.image.previous"), .after = shell.folder.path("state/lists.image")};
    EXPECT_EQ(lists_diff(command, shell.out), 3);
    EXPECT_EQ(shell.take(), "own: 1 added, 1 removed\n  + new.example\n  - example.com\n");
    command.lists = {list_info("own", "own.txt", "domains")};
    command.lists[0].sealed = true;
    EXPECT_EQ(lists_diff(command, shell.out), 3);
    EXPECT_EQ(shell.take(), "own: 1 added, 1 removed\n");
    command.before = command.after;
    EXPECT_EQ(lists_diff(command, shell.out), 0);
}

TEST(ListsUpdate, InstallsWhatIsFitAndRefusesWhatIsNot)
{
    Shell shell;
    shell.folder.write("config/own.txt", numbered_names(100));
    lists_compile(shell.compile, shell.out);
    shell.folder.write("upload/own.txt", numbered_names(10));
    UpdateCommand const update{.compile = shell.compile, .upload_folder = shell.folder.path("upload")};
    EXPECT_EQ(lists_update(update, shell.out), partly_held);
    EXPECT_NE(shell.take().find("refused: own: the source shrank from 100 to 10 lines"), std::string::npos);
    EXPECT_EQ(shell.folder.read("config/own.txt"), numbered_names(100));
    shell.folder.write("upload/own.txt", numbered_names(120));
    EXPECT_EQ(lists_update(update, shell.out), all_fresh);
    EXPECT_EQ(shell.folder.read("config/own.txt"), numbered_names(120));
    EXPECT_EQ(lists_lookup(shell.lookup("name-119.example"), shell.out), 0);
}

} // namespace
} // namespace gatehouse::lists
