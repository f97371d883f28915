#pragma once
// `gatehouse lists compile | update | lookup | diff` as functions: options in, text out, exit status back.
// Parsing the command line is the caller's business.

#include "tools/lists/compile.hpp"

#include <iosfwd>

namespace gatehouse::lists {

enum class Output : std::uint8_t { text, json };
/// How progress is drawn; in JSON output never.
enum class ProgressStyle : std::uint8_t { none, lines, bar };

/// Exit statuses of compile and update.
inline constexpr int all_fresh = 0;   ///< written, every list from its source
inline constexpr int not_written = 1; ///< the old image stays
inline constexpr int partly_held = 2; ///< written, but some list was held back or is missing; the report says which

struct CompileCommand {
    CompileOptions options;
    /// A squidGuard folder or archive to compile whole, each category a list; empty: `options.lists` as they are.
    std::filesystem::path whole_source{};
    Output output = Output::text;
    ProgressStyle progress = ProgressStyle::none;
};
int lists_compile(CompileCommand const& command, std::ostream& out);

struct UpdateCommand {
    CompileCommand compile;
    /// A folder with new sources under the file names that lists.toml uses. Fit ones are put in place, then all is compiled.
    std::filesystem::path upload_folder;
};
int lists_update(UpdateCommand const& command, std::ostream& out);

struct LookupCommand {
    std::vector<std::filesystem::path> images; ///< searched in order
    std::vector<policy::ListInfo> lists{};     ///< for titles, and so that sealed lists name no file and line
    std::string name;                          ///< host or URL
    Output output = Output::text;
};
/// 0: some list covers the name; 3: none does; 1: the name or an image could not be read.
int lists_lookup(LookupCommand const& command, std::ostream& out);

struct DiffCommand {
    std::filesystem::path before, after;
    std::vector<policy::ListInfo> lists{}; ///< sealed lists are counted, never printed
    std::size_t max_names = 20;            ///< for each list and direction; zero: all
    Output output = Output::text;
};
/// 0: the images cover the same; 3: they differ; 1: one could not be read.
int lists_diff(DiffCommand const& command, std::ostream& out);

} // namespace gatehouse::lists
