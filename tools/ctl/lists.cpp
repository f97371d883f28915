#include "proxy/policy_loader.hpp"
#include "proxy/store/audit.hpp"
#include "tools/ctl/own_store.hpp"
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

/// Nobody may look at what a nightly job prints: the record has it, and the ICT lead gets a notice. No store yet, no people yet.
void tell_the_lead(Common const& common, Settings const& settings, Streams streams)
{
    if (!std::filesystem::exists(settings.state_dir / "gatehouse.db"))
        return;
    auto const store = open_store(common, settings, streams);
    if (store == nullptr)
        return;
    auto const now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
    auto const kept = store->run([now](store::Ledger& ledger) {
        return store::record_event(
            ledger, command_line(), "lists.update-failed", "lists", "some lists were not taken; the last good ones stay", now);
    });
    if (!kept)
        report_failure(common, streams, "the failed update could not be recorded: " + kept.error().message());
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
    auto const settings = declared->settings;
    auto const status
        = lists::lists_update({compile_command(common, std::move(*declared), options), options.upload_folder}, streams.out);
    if (status != success)
        tell_the_lead(common, settings, streams);
    return status;
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
