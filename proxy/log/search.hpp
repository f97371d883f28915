#pragma once
// Search over the day files: newest first, page by page. Opens them read-only; every value is a bound parameter.

#include "policy/result.hpp"
#include "proxy/log/stored_record.hpp"

#include <filesystem>
#include <optional>
#include <vector>

namespace gatehouse::log {

/// Empty fields do not filter; the others are joined by "and".
struct SearchQuery {
    std::optional<std::chrono::system_clock::time_point> from; ///< inclusive
    std::optional<std::chrono::system_clock::time_point> to;   ///< exclusive
    std::string person;                                        ///< user, exact
    std::string device;                                        ///< exact
    std::string network;                                       ///< exact
    std::string client;                                        ///< address in any textual form; one that is none matches nothing
    std::string host;                                          ///< this host and everything below it, by whole labels
    std::string category;                                      ///< exact
    std::string service;                                       ///< exact
    std::optional<policy::Verdict> verdict;
    std::string term_list; ///< exact: searches of which this list speaks
    std::string rule;      ///< exact
    std::string decision;  ///< decision id; found among blocked rows only, which are the ones whose id a person has seen
    std::string text;      ///< anywhere in host, path, search, SNI or user agent; ASCII case ignored
    /// What is read of the rows that were found.
    enum class Fields : std::uint8_t {
        all,
        of_decision, ///< who, what, where and when alone: every other text is empty
    };
    Fields fields = Fields::all;
    std::size_t limit = 50;                 ///< rows of a page, at most 10,000
    std::string cursor;                     ///< SearchPage::next of the page before; empty: from the newest
    std::chrono::milliseconds budget{2000}; ///< a page ends early, between two day files, once this is used up
};

struct SearchPage {
    std::vector<StoredRecord> rows; ///< newest first
    std::string next;               ///< cursor of the following page; empty: there is nothing older
    bool complete = true;           ///< false: the budget ended the page, `next` goes on from there
    unsigned unreadable_days = 0;   ///< damaged day files that were passed over
};

/// Thread-safe: opens and closes its own connections. Blocks on the disk, so not for a worker.
/// Errors: `errc::invalid_argument` for a cursor that is none of ours; `errc::io_error` if the folder cannot be read.
result<SearchPage> search(std::filesystem::path const& log_dir, SearchQuery const& query);

/// One row by its key, or none if its day is gone. Errors as search().
result<std::optional<StoredRecord>> read_row(std::filesystem::path const& log_dir, std::string_view key);

} // namespace gatehouse::log
