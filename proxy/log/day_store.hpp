#pragma once
// The searchable file of one UTC day, the writer's side: rows in, one transaction a batch. Retention is deletion of the whole file.
//
// A row's number is its microsecond of the day, made unique by counting up; so rows lie in the order of time, every index is ordered by
// time within its value, and a page's cursor is one number. Texts that repeat (people, rules, browsers) are kept once, in `word` and
// `host`; host names are kept with their labels reversed too, so that a domain and everything below it is one range of an index.

#include "proxy/log/access_record.hpp"
#include "proxy/log/sqlite.hpp"
#include "proxy/log/utc.hpp"

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>

namespace gatehouse::log {

/// "www.example.org" -> "org.example.www."
std::string reversed_labels(std::string_view host);

class DayStore {
public:
    /// Opens or creates the file of `day`. A file that is none of ours is put aside as access-DAY.db.damaged and a new one is begun.
    /// Sets `replaced` in that case. Errors: SQLite's.
    static result<std::unique_ptr<DayStore>> open(std::filesystem::path const& dir, Day day, bool& replaced);

    Day day() const { return day_; }

    /// Stores all rows (of this day) or none. Errors: SQLite's; after one, destroy this object (which rolls back) and open anew.
    error_code write(std::span<AccessRecord const* const> rows);
    /// False if the file was deleted, replaced, cut short or overwritten since it was opened.
    bool is_intact();
    /// Renames the file to access-DAY.db.damaged, unless another one has taken its name meanwhile. Then destroy this object.
    void put_aside() const;
    /// Makes committed rows durable against a power cut.
    void sync();
    /// The day is over: folds the journal into the file, so that it is complete by itself.
    void seal();

private:
    using Numbers = std::unordered_map<std::string, std::int64_t>;

    DayStore(Database database, std::filesystem::path path, Day day);
    static result<std::unique_ptr<DayStore>> open_ours(std::filesystem::path const& path, Day day);
    error_code prepare_statements();
    error_code remember_file();
    error_code insert(AccessRecord const& record);
    void bind_numbers(AccessRecord const& record);
    error_code bind_texts(AccessRecord const& record);
    error_code bind_word(int column, std::string_view text);
    error_code bind_host(int column, std::string_view host);
    result<std::int64_t> number_of(Numbers& known, sqlite3_stmt* find, sqlite3_stmt* add, std::string_view text);
    std::int64_t next_id(std::int64_t at) const;

    // Declared before the statements: they must be finalised before the connection closes.
    Database database_;
    Statement begin_, commit_, insert_, find_word_, add_word_, find_host_, add_host_;
    std::filesystem::path path_;
    Day day_;
    std::int64_t last_id_ = -1;
    std::uint64_t device_ = 0, inode_ = 0; ///< of the file when it was opened
    std::int64_t size_ = 0;                ///< largest size seen, bytes
    Numbers words_, hosts_;
    std::string scratch_;
};

} // namespace gatehouse::log
