#include "proxy/policy_loader.hpp"

#include "policy/explanation.hpp"
#include "tools/lists/compile.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

namespace gatehouse {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// A copy of the example school's configuration with a state folder of its own.
class LoadPolicy : public testing::Test {
protected:
    LoadPolicy()
    {
        auto pattern = (fs::temp_directory_path() / "loader-XXXXXX").string();
        dir_ = ::mkdtemp(pattern.data());
        fs::copy(fs::path{GATEHOUSE_SOURCE_DIR} / "config", dir_ / "config", fs::copy_options::recursive);
        settings_ = load_settings(dir_ / "config").settings;
    }
    ~LoadPolicy() override { fs::remove_all(dir_); }

    void compile()
    {
        auto const parsed = policy::parse_policy(read_policy_sources(settings_));
        ASSERT_TRUE(parsed.ok());
        lists::CompileOptions options;
        options.lists = parsed.policy.lists;
        options.config_folder = settings_.config_dir;
        options.state_folder = settings_.state_dir;
        ASSERT_TRUE(lists::compile_lists(options).is_written());
    }

    static std::string all(std::vector<policy::Problem> const& problems, policy::Problem::Severity severity)
    {
        std::string text;
        for (auto const& problem : problems)
            if (problem.severity == severity)
                text += problem.file + ": " + problem.message + "\n";
        return text;
    }

    void append(char const* file, std::string const& text) { std::ofstream{settings_.config_dir / file, std::ios::app} << text; }

    fs::path dir_;
    Settings settings_;
};

TEST_F(LoadPolicy, LoadsTheExampleSchool)
{
    compile();
    auto const loaded = load_policy(settings_);
    EXPECT_TRUE(loaded.ok()) << all(loaded.problems, policy::Problem::Severity::error);
    ASSERT_EQ(loaded.policy.attached.size(), 1U);
    EXPECT_GT(loaded.policy.attached.front().set.name_count(), 100U);
}

TEST_F(LoadPolicy, HasNoPolicyWithoutLists)
{
    auto const loaded = load_policy(settings_);
    EXPECT_FALSE(loaded.ok());
    EXPECT_THAT(all(loaded.problems, policy::Problem::Severity::error), HasSubstr("lists.image"));
    EXPECT_THAT(loaded.problems.back().suggestion, HasSubstr("gatehouse lists compile"));
}

TEST_F(LoadPolicy, HasNoPolicyWithADamagedImage)
{
    compile();
    auto const image = lists_image_path(settings_);
    std::fstream{image, std::ios::in | std::ios::out | std::ios::binary}.seekp(4096).write("damage", 6);
    EXPECT_FALSE(load_policy(settings_).ok());
}

TEST_F(LoadPolicy, RefusesAPolicyWhoseExpectationFails)
{
    compile();
    append("policy.toml",
        "\n[[expect]]\nwho = \"pupil\"\nat = \"2026-11-24T10:00\"\nurl = \"https://www.instagram.com/\"\nverdict = \"allow\"\n");
    auto const loaded = load_policy(settings_);
    EXPECT_FALSE(loaded.ok());
    EXPECT_THAT(all(loaded.problems, policy::Problem::Severity::error), HasSubstr("instagram"));
}

TEST_F(LoadPolicy, SaysWhichFileIsMissing)
{
    fs::remove(settings_.config_dir / "timetable.toml");
    auto const loaded = load_policy(settings_);
    ASSERT_EQ(loaded.problems.size(), 1U);
    EXPECT_THAT(loaded.problems.front().file, HasSubstr("timetable.toml"));
}

TEST_F(LoadPolicy, WarnsOfListsChangedSinceTheyWereCompiled)
{
    compile();
    fs::last_write_time(
        settings_.config_dir / "lists/vpn.txt", fs::last_write_time(lists_image_path(settings_)) + std::chrono::seconds{10});
    auto const loaded = load_policy(settings_);
    EXPECT_TRUE(loaded.ok());
    EXPECT_THAT(all(loaded.problems, policy::Problem::Severity::warning), HasSubstr("\"vpn\" among them"));
}

} // namespace
} // namespace gatehouse
