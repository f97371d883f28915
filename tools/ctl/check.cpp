#include "proxy/clock.hpp"
#include "proxy/policy_loader.hpp"
#include "tools/ctl/configuration.hpp"
#include "tools/ctl/own_store.hpp"
#include "tools/lists/compile.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iostream>
#include <stdlib.h>

namespace gatehouse::ctl {
namespace {

namespace fs = std::filesystem;

/// A folder that goes away with its owner.
class TemporaryFolder {
public:
    TemporaryFolder()
    {
        std::error_code ec;
        auto pattern = (fs::temp_directory_path(ec) / "gatehouse-XXXXXX").string();
        if (::mkdtemp(pattern.data()) != nullptr)
            path_ = pattern;
    }
    TemporaryFolder(TemporaryFolder const&) = delete;
    TemporaryFolder& operator=(TemporaryFolder const&) = delete;
    ~TemporaryFolder()
    {
        std::error_code ignored;
        if (!path_.empty())
            fs::remove_all(path_, ignored);
    }
    fs::path const& path() const { return path_; }

private:
    fs::path path_;
};

/// Before the first compilation: the lists are compiled aside, only for this check.
LoadedPolicy load_without_image(Settings const& settings)
{
    TemporaryFolder const folder;
    auto const declared = policy::parse_policy(read_policy_sources(settings));
    if (declared.ok() && !folder.path().empty()) {
        lists::CompileOptions options;
        options.lists = declared.policy.lists;
        options.config_folder = settings.config_dir;
        options.state_folder = folder.path();
        options.copies = lists::Copies::leave;
        lists::compile_lists(options); // a failure shows as an image that cannot be read
    }
    return load_files(settings, folder.path() / "lists.image");
}

/// With what the console changed, as it will run; then its own expectations and lint.
void complete_and_judge(LoadedPolicy& loaded, Settings const& settings)
{
    if (!loaded.ok())
        return;
    Clock clock{settings.time_zone};
    auto added = add_own_store(loaded.policy, settings, clock.now().instant);
    if (auto const* const unread = std::get_if<std::string>(&added)) {
        loaded.problems.push_back({policy::Problem::Severity::warning, settings.state_dir.string(), 0, 0,
            *unread + ": what was changed in the console is not looked at", "run it as the account of the gateway"});
        added = judge_policy(loaded.policy, clock);
    }
    std::ranges::move(std::get<std::vector<policy::Problem>>(added), std::back_inserter(loaded.problems));
}

std::size_t count_warnings(std::vector<policy::Problem> const& problems)
{
    std::size_t count = 0;
    for (auto const& problem : problems)
        count += problem.severity == policy::Problem::Severity::warning ? 1U : 0U;
    return count;
}

std::size_t count_names(policy::Policy const& policy)
{
    std::size_t count = 0;
    for (auto const& lists : policy.attached)
        count += lists.set.name_count();
    return count;
}

} // namespace

int check(Common const& common, Streams streams)
{
    auto const settings = read_settings(common, streams);
    if (!settings)
        return failure;
    std::error_code ec;
    auto const image = lists_image_path(*settings);
    auto loaded = fs::exists(image, ec) ? load_files(*settings, image) : load_without_image(*settings);
    complete_and_judge(loaded, *settings);
    std::ranges::move(lint(*settings), std::back_inserter(loaded.problems));
    auto const& policy = loaded.policy;
    if (common.output == Output::json) {
        write_json(streams,
            {{"ok", loaded.ok()}, {"problems", to_json(loaded.problems)}, {"rules", policy.rules.size()},
                {"expectations", policy.expectations.size()}, {"lists", policy.lists.size()}, {"names", count_names(policy)}});
        return loaded.ok() ? success : failure;
    }
    auto const sources = read_policy_sources(*settings);
    for (auto const& problem : loaded.problems)
        streams.error << policy::to_text(problem, sources);
    if (!loaded.ok())
        return failure;
    streams.out << fmt::format("{}: fit to run: {} rules, {} expectations that hold, {} lists with {} names, {} warnings\n",
        common.config.string(), policy.rules.size(), policy.expectations.size(), policy.lists.size(), count_names(policy),
        count_warnings(loaded.problems));
    return success;
}

} // namespace gatehouse::ctl
