#include "tools/lists/files.hpp"
#include "tools/lists/sources.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <functional>

namespace gatehouse::lists {
namespace {

struct ArchiveFree {
    void operator()(archive* reader) const { archive_read_free(reader); }
};
using ArchivePtr = std::unique_ptr<archive, ArchiveFree>;

/// The path's parts without "." ones; nothing if it is absolute, climbs or has odd bytes.
std::optional<std::vector<std::string>> safe_parts(std::string_view path)
{
    if (path.empty() || path.front() == '/' || path.find('\\') != path.npos || path.find('\0') != path.npos)
        return std::nullopt;
    std::vector<std::string> parts;
    while (!path.empty()) {
        std::string_view const part = path.substr(0, path.find('/'));
        path.remove_prefix(std::min(part.size() + 1, path.size()));
        if (part == "..")
            return std::nullopt;
        if (!part.empty() && part != ".")
            parts.emplace_back(part);
    }
    if (parts.empty())
        return std::nullopt;
    return parts;
}

result<std::string> read_data(archive* reader, std::size_t room)
{
    std::string text;
    std::array<char, 65536> buffer;
    while (true) {
        la_ssize_t const size = archive_read_data(reader, buffer.data(), buffer.size());
        if (size < 0)
            return damaged();
        if (size == 0)
            return text;
        if (text.size() + static_cast<std::size_t>(size) > room)
            return make_error_code(boost::system::errc::file_too_large);
        text.append(buffer.data(), static_cast<std::size_t>(size));
    }
}

/// Opens the archive and calls visit for every member until it returns an error.
result<void> for_each_member(
    std::filesystem::path const& path, std::function<result<void>(archive*, archive_entry*)> const& visit)
{
    ArchivePtr const reader(archive_read_new());
    archive_read_support_filter_all(reader.get());
    archive_read_support_format_tar(reader.get());
    archive_read_support_format_zip(reader.get());
    if (archive_read_open_filename(reader.get(), path.c_str(), 65536) != ARCHIVE_OK) {
        int const code = archive_errno(reader.get());
        return code > 0 ? error_code{code, boost::system::generic_category()} : damaged();
    }
    while (true) {
        archive_entry* entry = nullptr;
        int const code = archive_read_next_header(reader.get(), &entry);
        if (code == ARCHIVE_EOF)
            return {};
        if (code != ARCHIVE_OK && code != ARCHIVE_WARN)
            return damaged();
        if (auto const visited = visit(reader.get(), entry); !visited)
            return visited;
    }
}

std::string_view text_or_empty(char const* text)
{
    return text == nullptr ? std::string_view{} : std::string_view{text};
}

/// Takes a link between categories: both names plain, side by side.
void take_link(Collection& into, std::string const& name, std::string_view target)
{
    auto const parts = safe_parts(target);
    if (parts && parts->size() == 1)
        into.links[name] = parts->front();
    else
        into.ignored.push_back(name + " -> " + std::string(target));
}

result<void> take_member(Collection& into, std::size_t& total, archive* reader, archive_entry* entry)
{
    std::string_view const path = text_or_empty(archive_entry_pathname(entry));
    auto const parts = safe_parts(path);
    auto const type = archive_entry_filetype(entry);
    if (!parts || archive_entry_hardlink(entry) != nullptr) {
        into.ignored.emplace_back(path);
        return {};
    }
    if (type == AE_IFLNK) {
        take_link(into, parts->back(), text_or_empty(archive_entry_symlink(entry)));
        return {};
    }
    if (type == AE_IFDIR)
        return {};
    if (type != AE_IFREG || parts->size() < 2 || !is_category_file(parts->back())) {
        into.ignored.emplace_back(path);
        return {};
    }
    auto text = read_data(reader, max_source_size - total);
    if (!text)
        return text.error();
    total += text->size();
    into.categories[(*parts)[parts->size() - 2]].files[parts->back()] = std::move(*text);
    return {};
}

} // namespace

bool is_category_file(std::string_view name)
{
    return name == "domains" || name == "urls" || name == "expressions" || name == "usage";
}

result<Collection> read_archive_collection(std::filesystem::path const& path)
{
    Collection collection;
    std::size_t total = 0;
    auto const read = for_each_member(
        path, [&](archive* reader, archive_entry* entry) { return take_member(collection, total, reader, entry); });
    if (!read)
        return read.error();
    return collection;
}

result<std::string> read_archive_member(std::filesystem::path const& path, std::string_view member)
{
    auto const wanted = safe_parts(member);
    if (!wanted)
        return make_error_code(boost::system::errc::no_such_file_or_directory);
    std::optional<std::string> found;
    auto const read = for_each_member(path, [&](archive* reader, archive_entry* entry) -> result<void> {
        bool const is_it
            = archive_entry_filetype(entry) == AE_IFREG && safe_parts(text_or_empty(archive_entry_pathname(entry))) == wanted;
        if (!is_it)
            return {};
        auto text = read_data(reader, max_source_size);
        if (!text)
            return text.error();
        found = std::move(*text);
        return {}; // on to the end, so that a truncated archive is noticed
    });
    if (!read)
        return read.error();
    if (!found)
        return make_error_code(boost::system::errc::no_such_file_or_directory);
    return std::move(*found);
}

} // namespace gatehouse::lists
