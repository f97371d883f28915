#include "tools/lists/commands.hpp"
#include "policy/domain_set.hpp"
#include "tools/lists/diff.hpp"
#include "tools/lists/files.hpp"
#include "tools/lists/mapped_image.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <set>

namespace gatehouse::lists {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

std::string_view stage_text(Progress::Stage stage)
{
    switch (stage) {
    case Progress::Stage::reading_sources: return "reading the sources";
    case Progress::Stage::reading_lists: return "reading the lists";
    case Progress::Stage::encoding: return "encoding";
    case Progress::Stage::writing: return "writing";
    }
    return "";
}

/// One line that is drawn over; the list stage fills the bar.
void draw_bar(std::ostream& out, Progress const& progress)
{
    constexpr std::size_t width = 30;
    std::size_t filled = progress.stage < Progress::Stage::reading_lists ? 0 : width;
    if (progress.stage == Progress::Stage::reading_lists && progress.total > 0)
        filled = width * progress.done / progress.total;
    out << fmt::format("\r[{:<{}}] {:<20}", std::string(filled, '#'), width, stage_text(progress.stage)) << std::flush;
}

std::function<void(Progress const&)> progress_to(std::ostream& out, CompileCommand const& command)
{
    if (command.output == Output::json || command.progress == ProgressStyle::none)
        return command.options.progress;
    if (command.progress == ProgressStyle::bar)
        return [&out](Progress const& progress) { draw_bar(out, progress); };
    return [&out](Progress const& progress) {
        if (progress.stage != Progress::Stage::reading_lists || progress.done == 0)
            out << stage_text(progress.stage) << '\n';
    };
}

int fail(std::ostream& out, Output output, std::string const& message)
{
    if (output == Output::json)
        out << json::object{{"error", message}} << '\n';
    else
        out << "error: " << message << '\n';
    return not_written;
}

policy::ListInfo const* find_info(std::vector<policy::ListInfo> const& lists, std::string_view id)
{
    auto const found = std::find_if(lists.begin(), lists.end(), [id](policy::ListInfo const& info) { return info.id == id; });
    return found == lists.end() ? nullptr : &*found;
}

bool is_sealed(std::vector<policy::ListInfo> const& lists, std::string_view id)
{
    auto const* const info = find_info(lists, id);
    return info != nullptr && info->sealed;
}

std::string_view to_text(policy::ListEntry::Sense sense)
{
    using Sense = policy::ListEntry::Sense;
    switch (sense) {
    case Sense::member: return "listed";
    case Sense::exception: return "exception";
    case Sense::important: return "listed (important)";
    case Sense::important_exception: return "exception (important)";
    case Sense::passthrough: return "passed through";
    }
    return "unknown";
}

/// The last `labels` labels of the host: the name that an entry states.
std::string_view matched_name(policy::Host const& host, std::size_t labels)
{
    std::string_view const text = host.text();
    if (host.is_address())
        return text;
    std::size_t at = text.size();
    for (; labels > 0 && at != std::string_view::npos; --labels)
        at = at == 0 ? std::string_view::npos : text.rfind('.', at - 1);
    return at == std::string_view::npos ? text : text.substr(at + 1);
}

/// What one image says about a name.
struct Lookup {
    policy::Host host;
    std::string path;
    LookupCommand const& command;
    std::ostream& out;
    json::array rows{};
    std::size_t count = 0;

    void search(policy::DomainSet const& set)
    {
        policy::ListHits effective;
        set.find(host, path, effective);
        for (policy::ListHit const& hit : set.find_every(host, path)) {
            bool const counts = std::any_of(effective.all().begin(), effective.all().end(),
                [&hit](policy::ListHit const& other) { return other.list == hit.list; });
            show(set, hit, counts);
        }
    }

    void show(policy::DomainSet const& set, policy::ListHit const& hit, bool counts)
    {
        ++count;
        std::string_view const list = set.list_id(hit.list);
        bool const sealed = is_sealed(command.lists, list);
        auto const* const info = find_info(command.lists, list);
        json::object row{{"list", list}, {"title", info == nullptr ? "" : info->title}, {"sense", to_text(hit.sense)},
            {"effective", counts}, {"sealed", sealed}};
        if (!sealed) {
            row["file"] = set.file_name(hit.file);
            row["line"] = hit.line;
            row["name"] = matched_name(host, hit.labels);
            row["url"] = hit.by_path;
        }
        if (command.output == Output::json)
            rows.push_back(std::move(row));
        else if (sealed)
            out << fmt::format("{}: sealed\n", list);
        else
            out << fmt::format("{}: {}:{}: {}{} {}{}\n", list, set.file_name(hit.file), hit.line, matched_name(host, hit.labels),
                hit.by_path ? " (URL)" : "", to_text(hit.sense), counts ? "" : ", taken out by an exception");
    }
};

/// Puts a new source in the old one's place.
result<void> install(fs::path const& from, fs::path const& to)
{
    auto const text = read_file(from);
    if (!text)
        return text.error();
    return replace_file(to, *text);
}

/// True if every list of this source would be fresh when read from the upload folder. Compiles into a scratch image.
std::string fault_of_upload(UpdateCommand const& command, std::string const& path)
{
    CompileOptions options = command.compile.options;
    options.progress = {};
    options.copies = Copies::leave;
    options.image = options.state_folder / "lists" / "candidate.image";
    std::erase_if(options.lists, [&path](policy::ListInfo const& info) { return info.path != path; });
    for (policy::ListInfo& info : options.lists)
        info.path = fs::absolute(command.upload_folder / fs::path(path).filename()).string();
    auto const report = compile_lists(options);
    std::error_code ec;
    fs::remove(options.image, ec);
    fs::remove(options.image.string() + ".previous", ec);
    if (!report.is_written())
        return report.failure;
    for (ListReport const& list : report.lists) {
        if (list.state == ListReport::State::held_back || list.state == ListReport::State::missing)
            return list.list + ": " + list.why;
    }
    return {};
}

} // namespace

int lists_compile(CompileCommand const& command, std::ostream& out)
{
    CompileOptions options = command.options;
    options.progress = progress_to(out, command);
    if (!command.whole_source.empty()) {
        auto whole = whole_collection(command.whole_source);
        if (!whole)
            return fail(out, command.output, command.whole_source.string() + ": " + whole.error().message());
        options.lists = std::move(*whole);
    }
    auto const report = compile_lists(options);
    if (command.output == Output::text && command.progress == ProgressStyle::bar)
        out << '\r' << std::string(60, ' ') << '\r';
    if (command.output == Output::json)
        out << to_json(report) << '\n';
    else
        out << to_text(report);
    if (!report.is_written())
        return not_written;
    return report.is_fresh() ? all_fresh : partly_held;
}

int lists_update(UpdateCommand const& command, std::ostream& out)
{
    std::set<std::string> paths;
    for (policy::ListInfo const& info : command.compile.options.lists)
        paths.insert(info.path);
    bool is_refused = false;
    for (std::string const& path : paths) {
        auto const upload = command.upload_folder / fs::path(path).filename();
        std::error_code ec;
        if (path.empty() || !fs::is_regular_file(upload, ec))
            continue;
        std::string fault = fault_of_upload(command, path);
        if (fault.empty()) {
            auto const installed = install(upload, command.compile.options.config_folder / path);
            if (!installed)
                fault = installed.error().message();
        }
        is_refused = is_refused || !fault.empty();
        if (command.compile.output == Output::text)
            out << upload.filename().string() << (fault.empty() ? ": taken" : ": refused: " + fault) << '\n';
    }
    int const status = lists_compile(command.compile, out);
    return status == all_fresh && is_refused ? partly_held : status;
}

int lists_lookup(LookupCommand const& command, std::ostream& out)
{
    auto const entry = policy::parse_list_entry(command.name);
    if (!entry)
        return fail(out, command.output, command.name + ": " + entry.error().message());
    bool const is_ipv6 = entry->host.find(':') != std::string::npos;
    auto const host = policy::Host::parse(is_ipv6 ? '[' + entry->host + ']' : entry->host);
    if (!host)
        return fail(out, command.output, command.name + ": " + host.error().message());
    Lookup lookup{*host, entry->path, command, out};
    for (fs::path const& path : command.images) {
        auto const image = MappedImage::open(path);
        if (!image)
            return fail(out, command.output, path.string() + ": " + image.error().message());
        lookup.search(policy::DomainSet(image->bytes()));
    }
    if (command.output == Output::json)
        out << json::object{{"host", host->text()}, {"path", entry->path}, {"hits", std::move(lookup.rows)}} << '\n';
    else if (lookup.count == 0)
        out << host->text() << entry->path << ": in no list\n";
    return lookup.count == 0 ? 3 : 0;
}

int lists_diff(DiffCommand const& command, std::ostream& out)
{
    auto const before = MappedImage::open(command.before);
    if (!before)
        return fail(out, command.output, command.before.string() + ": " + before.error().message());
    auto const after = MappedImage::open(command.after);
    if (!after)
        return fail(out, command.output, command.after.string() + ": " + after.error().message());
    json::array rows;
    auto differences = compare_images(before->bytes(), after->bytes(), command.max_names);
    for (ListDifference& difference : differences) {
        if (is_sealed(command.lists, difference.list))
            difference.added_names = difference.removed_names = {};
        if (command.output == Output::json) {
            rows.push_back(json::object{{"list", difference.list}, {"added", difference.added}, {"removed", difference.removed},
                {"added_names", json::value_from(difference.added_names)},
                {"removed_names", json::value_from(difference.removed_names)}});
            continue;
        }
        out << fmt::format("{}: {} added, {} removed\n", difference.list, difference.added, difference.removed);
        for (std::string const& name : difference.added_names)
            out << "  + " << name << '\n';
        for (std::string const& name : difference.removed_names)
            out << "  - " << name << '\n';
    }
    if (command.output == Output::json)
        out << json::object{{"lists", std::move(rows)}} << '\n';
    else if (differences.empty())
        out << "the images cover the same names\n";
    return differences.empty() ? 0 : 3;
}

} // namespace gatehouse::lists
