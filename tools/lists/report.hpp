#pragma once
// What a compilation did, list by list, for people and for scripts.

#include "tools/lists/sources.hpp"

#include <boost/json/value.hpp>

#include <chrono>

namespace gatehouse::lists {

/// Lines of one file that were not understood for the same reason.
struct UnsupportedLines {
    std::string file;
    std::string reason;
    std::size_t count = 0;            ///< among the first `policy::max_kept_problems` problems of the file
    std::vector<std::uint32_t> lines; ///< the first of them, at most `max_shown_lines`
};

inline constexpr std::size_t max_shown_lines = 10;

struct ListReport {
    enum class State : std::uint8_t {
        fresh,     ///< compiled from its source
        held_back, ///< the source is not fit; the last good copy is used
        missing,   ///< the source is not fit and there is no copy: the list is empty
        alias,     ///< the same category as another list
    };
    std::string list;
    State state = State::fresh;
    std::string why;         ///< for held_back and missing
    std::string alias_of;    ///< list id
    std::string usage;       ///< the publisher's own words
    std::size_t entries = 0; ///< understood lines
    std::size_t duplicates = 0, redundant = 0, unusable = 0;
    std::size_t unsupported = 0, comments = 0;
    std::vector<UnsupportedLines> unsupported_lines;
    std::size_t unique() const { return entries - duplicates - unusable; }
};

struct CompileReport {
    std::vector<ListReport> lists;
    std::vector<SourceNotes> notes;
    std::vector<std::string> warnings; ///< a copy that could not be kept, and the like
    std::string failure;               ///< why no image was written; empty: it was
    std::string image;                 ///< where
    std::size_t bytes = 0, names = 0;
    std::chrono::milliseconds took{0};

    bool is_written() const { return failure.empty(); }
    /// True if every list is what its source says today.
    bool is_fresh() const;
};

std::string_view to_text(ListReport::State state);
std::string to_text(CompileReport const& report);
boost::json::value to_json(CompileReport const& report);

} // namespace gatehouse::lists
