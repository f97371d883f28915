#include "proxy/log/words.hpp"

namespace gatehouse::log {
namespace {

/// Bound of the texts in memory; beyond it, they are begun anew and texts are looked up in the file again.
constexpr std::size_t most_known = 65536;

} // namespace

std::int64_t Words::remembered(std::string_view seen) const
{
    auto const found = known_.find(seen);
    return found == known_.end() ? 0 : found->second;
}

result<std::int64_t> Words::number_of(std::string_view seen, std::string_view text)
{
    bind_text(find_.get(), 1, text);
    auto code = sqlite3_step(find_.get());
    auto number = code == SQLITE_ROW ? sqlite3_column_int64(find_.get(), 0) : 0;
    sqlite3_reset(find_.get());
    if (code == SQLITE_DONE) {
        bind_text(add_.get(), 1, text);
        if (sqlite3_bind_parameter_count(add_.get()) > 1)
            bind_text(add_.get(), 2, seen);
        code = sqlite3_step(add_.get());
        number = sqlite3_last_insert_rowid(sqlite3_db_handle(add_.get()));
        sqlite3_reset(add_.get());
    }
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return sqlite_error(code);
    if (known_.size() >= most_known)
        known_.clear();
    known_.emplace(seen, number);
    return number;
}

} // namespace gatehouse::log
