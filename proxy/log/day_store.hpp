#pragma once
// The searchable file of one UTC day, the writer's side: rows in, one transaction a batch. Retention is deletion of the whole file.
// How rows lie in it: day_schema.hpp. Texts that repeat (people, rules, browsers) are kept once, in `word` and `host`; host names are
// kept with their labels reversed too, so that a domain and everything below it is one range of an index.

#include "proxy/log/block_writer.hpp"
#include "proxy/log/line_buffer.hpp"
#include "proxy/log/utc.hpp"
#include "proxy/log/words.hpp"

#include <array>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

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
    /// A text that a column held lately: most columns have few, which need not be looked up in the tables of words.
    struct Recent {
        std::string text;
        std::uint64_t number = 0;
    };
    static constexpr std::size_t recent_texts = 16;

    DayStore(Database database, BlockWriter blocks, std::filesystem::path path, Day day);
    static result<std::unique_ptr<DayStore>> open_ours(std::filesystem::path const& path, Day day);
    error_code prepare_statements();
    error_code remember_file();
    error_code add(AccessRecord const& record);
    void add_numbers(AccessRecord const& record);
    error_code add_texts(AccessRecord const& record);
    error_code add_address(Column column, policy::IpAddress const& address);
    result<std::uint64_t> number_of(Column column, Kept kept, std::string_view text);

    // Declared before the statements: they must be finalised before the connection closes.
    Database database_;
    Statement begin_, commit_;
    Words words_, hosts_;
    BlockWriter blocks_;
    std::array<std::array<Recent, recent_texts>, column_count> recent_;
    LineBuffer address_;
    std::filesystem::path path_;
    Day day_;
    std::uint64_t device_ = 0, inode_ = 0; ///< of the file when it was opened
    std::int64_t size_ = 0;                ///< largest size seen, bytes
};

} // namespace gatehouse::log
