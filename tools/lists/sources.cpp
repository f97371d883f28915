#include "tools/lists/sources.hpp"
#include "tools/lists/files.hpp"

#include <algorithm>
#include <set>

namespace gatehouse::lists {
namespace {

namespace fs = std::filesystem;
using policy::ListFormat;
using policy::ListInfo;

constexpr std::string_view squidguard = "squidguard";

/// Reads one category's files from its folder.
result<void> read_category(fs::path const& folder, Collection::Category& into)
{
    for (char const* name : {"domains", "urls", "expressions", "usage"}) {
        auto const path = folder / name;
        std::error_code ec;
        if (!fs::exists(path, ec))
            continue;
        auto text = read_file(path);
        if (!text)
            return text.error();
        into.files[name] = std::move(*text);
    }
    return {};
}

result<Collection> read_folder_collection(fs::path const& folder)
{
    Collection collection;
    std::error_code ec;
    for (fs::directory_iterator at(folder, ec), end; !ec && at != end; at.increment(ec)) {
        std::string const name = at->path().filename().string();
        std::error_code ignored;
        if (at->is_symlink(ignored)) {
            auto const target = fs::read_symlink(at->path(), ignored);
            bool const is_sibling = target.has_filename() && !target.has_parent_path() && target != "..";
            if (is_sibling)
                collection.links[name] = target.string();
            else
                collection.ignored.push_back(name + " -> " + target.string());
        } else if (at->is_directory(ignored)) {
            if (auto const read = read_category(at->path(), collection.categories[name]); !read)
                return read.error();
        } else {
            collection.ignored.push_back(name);
        }
    }
    if (ec)
        return error_code{ec.value(), boost::system::generic_category()};
    return collection;
}

result<Collection> read_collection(fs::path const& source)
{
    std::error_code ec;
    return fs::is_directory(source, ec) ? read_folder_collection(source) : read_archive_collection(source);
}

/// The category that a name means once links are followed; links to links are followed a few times only.
std::string resolve(Collection const& collection, std::string name)
{
    for (int hops = 0; hops < 8; ++hops) {
        auto const link = collection.links.find(name);
        if (link == collection.links.end())
            break;
        name = link->second;
    }
    return name;
}

/// `usage` without its comments, on one line.
std::string tidy_usage(std::string_view text)
{
    std::string tidy;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        while (line.ends_with('\r') || line.ends_with(' ') || line.ends_with('\t'))
            line.remove_suffix(1);
        if (line.empty() || line.starts_with('#'))
            continue;
        tidy += (tidy.empty() ? "" : ", ") + std::string(line.substr(0, 60));
        if (tidy.size() > 200)
            break;
    }
    return tidy;
}

void fill_from_category(SourceList& list, ListInfo const& info, std::string const& name, Collection::Category& category)
{
    static constexpr std::pair<char const*, ListFormat> readable[]
        = {{"domains", ListFormat::domains}, {"urls", ListFormat::urls}, {"expressions", ListFormat::expressions}};
    std::string const shown = fs::path(info.path).filename().string() + ':' + name + '/';
    for (auto const& [file, format] : readable) {
        auto const found = category.files.find(file);
        if (found != category.files.end())
            list.files.push_back({shown + file, format, std::move(found->second)});
    }
    if (auto const usage = category.files.find("usage"); usage != category.files.end())
        list.usage = tidy_usage(usage->second);
    if (list.files.empty())
        list.fault = "the category has no domains, urls or expressions";
}

/// Fills the lists of one collection. A list that names a link leans on the list that names its target, if there is one.
void fill_from_collection(
    Sources& sources, std::vector<ListInfo> const& infos, std::vector<std::size_t> const& members, Collection& collection)
{
    std::map<std::string, std::string> first_list; // category -> the list that reads it
    std::set<std::string> used;
    auto const take = [&](std::size_t index, bool links) {
        std::string const name = resolve(collection, infos[index].member);
        if ((name != infos[index].member) != links)
            return;
        SourceList& list = sources.lists[index];
        auto const category = collection.categories.find(name);
        used.insert(name);
        if (category == collection.categories.end())
            list.fault = "the source has no category \"" + infos[index].member + '"';
        else if (auto const [first, is_first] = first_list.try_emplace(name, list.list); !is_first)
            list.alias_of = first->second;
        else
            fill_from_category(list, infos[index], name, category->second);
    };
    for (bool const links : {false, true}) {
        for (std::size_t const index : members)
            take(index, links);
    }
    SourceNotes notes{.path = infos[members.front()].path, .aliases = {}, .unused = {}, .ignored = collection.ignored};
    notes.aliases.assign(collection.links.begin(), collection.links.end());
    for (auto const& [name, category] : collection.categories) {
        if (!used.contains(name))
            notes.unused.push_back(name);
    }
    sources.notes.push_back(std::move(notes));
}

void read_squidguard(
    Sources& sources, std::vector<ListInfo> const& infos, std::vector<std::size_t> const& members, fs::path const& path)
{
    auto collection = read_collection(path);
    if (collection)
        return fill_from_collection(sources, infos, members, *collection);
    for (std::size_t const index : members)
        sources.lists[index].fault = collection.error().message();
}

void read_plain(SourceList& list, ListInfo const& info, fs::path const& path)
{
    auto const format = policy::parse_list_format(info.format.empty() ? "domains" : info.format);
    if (!format) {
        list.fault = "the format \"" + info.format + "\" is not known";
        return;
    }
    auto text = info.member.empty() ? read_file(path) : read_archive_member(path, info.member);
    if (!text) {
        list.fault = text.error().message();
        return;
    }
    std::string const name = info.member.empty() ? info.path : info.path + ':' + info.member;
    list.files.push_back({name, *format, std::move(*text)});
}

} // namespace

Sources read_sources(std::vector<ListInfo> const& infos, fs::path const& config_folder)
{
    Sources sources;
    std::map<fs::path, std::vector<std::size_t>> collections;
    for (ListInfo const& info : infos) {
        sources.lists.push_back({.list = info.id, .files = {}, .usage = {}, .alias_of = {}, .fault = {}});
        fs::path const path = config_folder / info.path; // an absolute path stays what it is
        if (info.format == squidguard)
            collections[path].push_back(sources.lists.size() - 1);
        else if (!info.path.empty())
            read_plain(sources.lists.back(), info, path);
    }
    for (auto const& [path, members] : collections)
        read_squidguard(sources, infos, members, path);
    return sources;
}

result<std::vector<ListInfo>> whole_collection(fs::path const& source)
{
    auto const collection = read_collection(source);
    if (!collection)
        return collection.error();
    std::vector<ListInfo> infos;
    for (auto const& [name, category] : collection->categories) {
        ListInfo info;
        info.id = info.title = info.category = info.member = name;
        info.path = fs::absolute(source).string();
        info.format = squidguard;
        infos.push_back(std::move(info));
    }
    return infos;
}

} // namespace gatehouse::lists
