#include "proxy/policy_loader.hpp"
#include "tools/ctl/configuration.hpp"
#include "tools/lists/commands.hpp"

#include <iostream>
#include <unistd.h>

namespace gatehouse::ctl {
namespace {

lists::Output output_of(Common const& common)
{
    return common.output == Output::json ? lists::Output::json : lists::Output::text;
}

struct Declared {
    Settings settings;
    std::vector<policy::ListInfo> lists;
};

std::optional<Declared> read_declared(Common const& common, Streams streams)
{
    auto settings = read_settings(common, streams);
    if (!settings)
        return std::nullopt;
    auto policy = read_declarations(common, *settings, streams);
    if (!policy)
        return std::nullopt;
    return Declared{std::move(*settings), std::move(policy->lists)};
}

lists::CompileCommand compile_command(Common const& common, Declared declared, ListsCompileOptions const& options)
{
    lists::CompileCommand command;
    command.options.lists = std::move(declared.lists);
    command.options.config_folder = declared.settings.config_dir;
    command.options.state_folder = declared.settings.state_dir;
    command.options.image = options.image;
    command.options.accept_shrunken = options.accept_shrunken;
    command.whole_source = options.whole_source;
    command.output = output_of(common);
    command.progress = ::isatty(STDOUT_FILENO) == 1 ? lists::ProgressStyle::bar : lists::ProgressStyle::none;
    return command;
}

} // namespace

int lists_compile(Common const& common, ListsCompileOptions const& options, Streams streams)
{
    auto declared = read_declared(common, streams);
    return declared ? lists::lists_compile(compile_command(common, std::move(*declared), options), streams.out) : failure;
}

int lists_update(Common const& common, ListsCompileOptions const& options, Streams streams)
{
    auto declared = read_declared(common, streams);
    if (!declared)
        return failure;
    return lists::lists_update({compile_command(common, std::move(*declared), options), options.upload_folder}, streams.out);
}

int lists_lookup(Common const& common, std::string const& name, std::filesystem::path const& image, Streams streams)
{
    auto declared = read_declared(common, streams);
    if (!declared)
        return failure;
    lists::LookupCommand command;
    command.images = {image.empty() ? lists_image_path(declared->settings) : image};
    command.lists = std::move(declared->lists);
    command.name = name;
    command.output = output_of(common);
    return lists::lists_lookup(command, streams.out);
}

int lists_diff(Common const& common, std::filesystem::path const& before, std::filesystem::path const& after,
    std::size_t const max_names, Streams streams)
{
    auto declared = read_declared(common, streams);
    if (!declared)
        return failure;
    auto const current = lists_image_path(declared->settings);
    lists::DiffCommand command;
    command.before = before.empty() ? std::filesystem::path{current.string() + ".previous"} : before;
    command.after = after.empty() ? current : after;
    command.lists = std::move(declared->lists);
    command.max_names = max_names;
    command.output = output_of(common);
    return lists::lists_diff(command, streams.out);
}

} // namespace gatehouse::ctl
