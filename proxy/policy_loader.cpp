#include "proxy/policy_loader.hpp"

#include "tools/lists/files.hpp"
#include "tools/lists/mapped_image.hpp"
#include "tools/lists/private_image.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace gatehouse {
namespace {

using Severity = policy::Problem::Severity;
using Problems = std::vector<policy::Problem>;

bool has_error(Problems const& problems)
{
    return std::any_of(problems.begin(), problems.end(), [](auto const& problem) { return problem.severity == Severity::error; });
}

void append(Problems& to, Problems from)
{
    std::move(from.begin(), from.end(), std::back_inserter(to));
}

policy::SourceText read_source(std::filesystem::path const& path, Problems& problems)
{
    policy::SourceText source{path.string(), {}};
    auto text = lists::read_file(path);
    if (text)
        source.text = std::move(*text);
    else
        problems.push_back({Severity::error, source.name, 0, 0, "cannot be read: " + text.error().message(), {}});
    return source;
}

/// The files of the folder "phrases" and those below it, named as content.toml names them.
std::vector<policy::SourceText> read_phrase_files(std::filesystem::path const& dir, Problems& problems)
{
    std::vector<policy::SourceText> files;
    std::error_code ec;
    for (auto const& entry : std::filesystem::recursive_directory_iterator{dir / "phrases", ec}) {
        if (!entry.is_regular_file(ec))
            continue;
        files.push_back(read_source(entry.path(), problems));
        files.back().name = entry.path().lexically_relative(dir).generic_string();
    }
    std::sort(files.begin(), files.end(), [](auto const& left, auto const& right) { return left.name < right.name; });
    return files;
}

policy::PolicySources read_sources(Settings const& settings, Problems& problems)
{
    auto const& dir = settings.config_dir;
    auto const content = dir / "content.toml";
    bool const has_content = std::filesystem::exists(content); // a school that looks into nothing needs none
    return {read_source(dir / "policy.toml", problems), read_source(dir / "timetable.toml", problems),
        read_source(dir / "lists.toml", problems),
        has_content ? read_source(content, problems) : policy::SourceText{content.string(), {}},
        has_content ? read_phrase_files(dir, problems) : std::vector<policy::SourceText>{}};
}

void attach_lists(
    policy::Policy& policy, std::filesystem::path const& path, result<lists::MappedImage> const& image, Problems& problems)
{
    if (!image) {
        problems.push_back({Severity::error, path.string(), 0, 0, "the compiled lists cannot be read: " + image.error().message(),
            "run `gatehouse lists compile`"});
        return;
    }
    policy.attach(image->owner(), image->bytes());
}

/// Names the first list whose source was changed after the image was written.
void warn_of_stale_lists(
    policy::Policy const& policy, Settings const& settings, std::filesystem::path const& image, Problems& problems)
{
    std::error_code ec;
    auto const compiled = std::filesystem::last_write_time(image, ec);
    if (ec)
        return;
    std::vector<std::string_view> stale;
    for (auto const& list : policy.lists) {
        auto const changed = std::filesystem::last_write_time(settings.config_dir / list.path, ec);
        if (!list.path.empty() && !ec && changed > compiled)
            stale.push_back(list.id);
    }
    if (!stale.empty())
        problems.push_back({Severity::warning, image.string(), 0, 0,
            fmt::format("{} of {} lists were changed since they were compiled, \"{}\" among them", stale.size(),
                policy.lists.size(), stale.front()),
            "run `gatehouse lists compile`"});
}

// check_expectations takes a plain function, so the clock of the load that runs on this thread stands beside it.
thread_local Clock const* expectation_clock = nullptr;

std::chrono::sys_seconds instant_of(policy::LocalTime const& local)
{
    return expectation_clock->instant_of(local);
}

/// `open` gives the image; it is asked only once the files were understood.
LoadedPolicy load(Settings const& settings, std::filesystem::path const& image, auto const& open)
{
    LoadedPolicy loaded;
    auto const sources = read_sources(settings, loaded.problems);
    if (has_error(loaded.problems))
        return loaded;
    auto parsed = policy::parse_policy(sources);
    loaded.policy = std::move(parsed.policy);
    loaded.problems = std::move(parsed.problems);
    if (has_error(loaded.problems))
        return loaded;
    attach_lists(loaded.policy, image, open(), loaded.problems);
    if (has_error(loaded.problems))
        return loaded;

    warn_of_stale_lists(loaded.policy, settings, image, loaded.problems);
    return loaded;
}

} // namespace

std::vector<policy::Problem> failed_expectations(policy::Policy const& policy, Clock const& clock)
{
    expectation_clock = &clock;
    auto failed = policy::check_expectations(policy, instant_of);
    expectation_clock = nullptr;
    return failed;
}

std::filesystem::path lists_image_path(Settings const& settings)
{
    return settings.state_dir / "lists.image";
}

policy::PolicySources read_policy_sources(Settings const& settings)
{
    Problems unread;
    return read_sources(settings, unread);
}

bool LoadedPolicy::ok() const
{
    return !has_error(problems);
}

LoadedPolicy load_files(Settings const& settings, std::filesystem::path const& image)
{
    return load(settings, image, [&image] { return lists::MappedImage::open(image); });
}

LoadedPolicy load_files(Settings const& settings, lists::PrivateImages& images)
{
    auto const image = lists_image_path(settings);
    return load(settings, image, [&] { return images.open(image); });
}

std::vector<policy::Problem> judge_policy(policy::Policy const& policy, Clock const& clock)
{
    auto problems = failed_expectations(policy, clock);
    append(problems, policy::lint(policy));
    return problems;
}

LoadedPolicy load_policy(Settings const& settings)
{
    auto loaded = load_files(settings, lists_image_path(settings));
    if (loaded.ok())
        append(loaded.problems, judge_policy(loaded.policy, Clock{settings.time_zone}));
    return loaded;
}

} // namespace gatehouse
