#pragma once
// The searchable sink: rows to the file of their day, begun anew when somebody deletes or damages it under the running daemon.

#include "proxy/log/day_store.hpp"

namespace gatehouse::log {

class DayWriter {
public:
    explicit DayWriter(std::filesystem::path dir)
        : dir_{std::move(dir)}
    {
    }

    /// Stores rows of one day. Errors: SQLite's; nothing was stored, the next call opens the file again.
    error_code write(std::span<AccessRecord const* const> rows, Day day);
    /// Makes what was written durable against a power cut.
    void sync();
    /// Completes and closes the file.
    void close();

    /// Files found gone or damaged, and begun anew.
    std::uint64_t replaced() const { return replaced_; }

private:
    void abandon();
    error_code open_if_needed(Day day);
    error_code try_write(std::span<AccessRecord const* const> rows, Day day);

    std::filesystem::path dir_;
    std::unique_ptr<DayStore> store_;
    std::uint64_t replaced_ = 0;
};

} // namespace gatehouse::log
