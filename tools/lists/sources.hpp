#pragma once
// From lists.toml's entries to the raw text of every list: plain files, squidGuard folders, squidGuard archives and single
// members of archives. Nothing is judged here except whether the source can be read whole.

#include "policy/list_source.hpp"
#include "policy/policy.hpp"

#include <filesystem>
#include <map>

namespace gatehouse::lists {

/// One file of a list as read.
struct SourceFile {
    std::string name; ///< shown to people: "lists/own.txt", "ut1.tar.gz:adult/domains"
    policy::ListFormat format = policy::ListFormat::domains;
    std::string text;
};

/// The raw material of one list.
struct SourceList {
    std::string list;
    std::vector<SourceFile> files;
    std::string usage;    ///< squidGuard's `usage`: what the publisher thinks the category is for; empty if it does not say
    std::string alias_of; ///< id of the list that has the very same files; then `files` is empty
    std::string fault;    ///< why the source cannot be used; empty: read whole
};

/// What was seen in a folder or archive beside the lists that were asked for.
struct SourceNotes {
    std::string path;
    std::vector<std::pair<std::string, std::string>> aliases; ///< link and the category it leads to
    std::vector<std::string> unused;                          ///< categories that no list asks for
    std::vector<std::string> ignored; ///< members with unsafe paths or link targets, and files that no category has
};

struct Sources {
    std::vector<SourceList> lists; ///< in the order asked for
    std::vector<SourceNotes> notes;
};

/// Reads all sources, each archive once. Never fails: a source that cannot be read is a fault of its lists.
Sources read_sources(std::vector<policy::ListInfo> const& infos, std::filesystem::path const& config_folder);

/// One list for each category of a squidGuard folder or archive, named after the category. Links are left out.
result<std::vector<policy::ListInfo>> whole_collection(std::filesystem::path const& source);

/// A squidGuard collection in memory: categories with their files, and links between them.
struct Collection {
    struct Category {
        std::map<std::string, std::string> files; ///< "domains", "urls", "expressions", "usage" -> text
    };
    std::map<std::string, Category> categories;
    std::map<std::string, std::string> links; ///< category that is a link -> the category it names
    std::vector<std::string> ignored;
};

/// Reads a tar or zip archive, packed or not, without unpacking to disk. Members with absolute paths or ".." are ignored.
/// Errors: errno or `bad_message` for a damaged or truncated archive; `file_too_large` above max_source_size in total.
result<Collection> read_archive_collection(std::filesystem::path const& path);
/// The text of one member. Errors as above; `no_such_file_or_directory` if the archive has no such member.
result<std::string> read_archive_member(std::filesystem::path const& path, std::string_view member);

/// True for the file names that make a squidGuard category.
bool is_category_file(std::string_view name);

} // namespace gatehouse::lists
