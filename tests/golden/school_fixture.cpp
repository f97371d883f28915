#include "tests/golden/school_fixture.hpp"

#include "policy/list_source.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace gatehouse::policy::testing {

std::string read_source_file(std::string const& path)
{
    std::ifstream file(std::string(GATEHOUSE_SOURCE_DIR "/") + path, std::ios::binary);
    EXPECT_TRUE(file) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<SourceText> phrase_files()
{
    std::vector<SourceText> files;
    for (auto const& entry : std::filesystem::directory_iterator{std::string{GATEHOUSE_SOURCE_DIR "/config/phrases"}}) {
        auto const file = "phrases/" + entry.path().filename().string();
        if (file.ends_with(".txt"))
            files.push_back({file, read_source_file("config/" + file)});
    }
    return files;
}

PolicySources school_sources()
{
    return {{"policy.toml", read_source_file("config/policy.toml")},
        {"timetable.toml", read_source_file("config/timetable.toml")},
        {"lists.toml", read_source_file("tests/golden/school/lists.toml")},
        {"content.toml", read_source_file("config/content.toml")}, phrase_files()};
}

PolicySources example_sources()
{
    auto sources = school_sources();
    sources.lists.text = read_source_file("config/lists.toml");
    return sources;
}

void attach_lists(Policy& policy, std::string const& folder)
{
    std::vector<ListFile> files;
    for (auto const& list : policy.lists) {
        if (list.path.empty())
            continue;
        auto const format = parse_list_format(list.format);
        EXPECT_TRUE(format) << list.id;
        auto text = read_list(format.value_or(ListFormat::domains), read_source_file(folder + '/' + list.path));
        EXPECT_EQ(text.problem_count, 0U) << list.path;
        files.push_back({list.id, list.path, std::move(text.entries)});
    }
    auto const image = std::make_shared<std::vector<std::byte>>(encode_list_image(files, 42));
    EXPECT_TRUE(verify_list_image(*image));
    policy.attach(image, *image);
}

Policy load_school()
{
    auto const sources = school_sources();
    auto parsed = parse_policy(sources);
    for (auto const& problem : parsed.problems)
        ADD_FAILURE() << to_text(problem, sources);
    attach_lists(parsed.policy, "tests/golden/school");
    return std::move(parsed.policy);
}

Policy parse_or_fail(std::string policy, std::string timetable, std::string lists)
{
    PolicySources const sources{
        {"policy.toml", std::move(policy)}, {"timetable.toml", std::move(timetable)}, {"lists.toml", std::move(lists)}};
    auto parsed = parse_policy(sources);
    for (auto const& problem : parsed.problems)
        ADD_FAILURE() << to_text(problem, sources);
    return std::move(parsed.policy);
}

std::chrono::sys_seconds as_utc(LocalTime const& time)
{
    std::chrono::year_month_day const date{
        std::chrono::year{time.date.year}, std::chrono::month{time.date.month}, std::chrono::day{time.date.day}};
    return std::chrono::sys_days{date} + std::chrono::minutes{time.minute};
}

} // namespace gatehouse::policy::testing
