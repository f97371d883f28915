#pragma once
// The access log: one ring per worker, one writer thread, three sinks (Squid native text, ECS JSON lines, SQLite day files).
// A sink that fails is counted and tried again; nothing here ever makes a worker wait.

#include "proxy/log/ring.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

namespace spdlog {
class logger;
}

namespace gatehouse::log {

struct Options {
    std::filesystem::path log_dir;           ///< created if missing
    unsigned workers = 1;                    ///< number of rings
    std::size_t ring_size = 8 * 1024 * 1024; ///< bytes of each ring
    unsigned days = 90;                      ///< files of days older than this are deleted; zero: never
    bool squid = true;                       ///< write access.log
    bool ecs = true;                         ///< write access.json
    bool store = true;                       ///< write access-YYYY-MM-DD.db
    std::string observer = "gatehouse";      ///< observer.name of the ECS rows
    std::chrono::milliseconds interval{250}; ///< how often the writer looks at the rings; each round is a transaction
    std::chrono::milliseconds retry{
        1000}; ///< pause before a failed sink is opened again; its rows are lost and counted meanwhile
    std::chrono::milliseconds sync{
        1000}; ///< how often the day file's journal is made durable: the most rows that a power cut takes
    std::shared_ptr<spdlog::logger> logger;                     ///< for alarms, one a minute at most; may be null
    std::function<std::chrono::system_clock::time_point()> now; ///< for retention; empty: the system clock
};

/// Totals since construction.
struct Counters {
    std::uint64_t rows = 0;           ///< taken from the rings
    std::uint64_t dropped = 0;        ///< rows refused by a full ring
    std::uint64_t squid_lost = 0;     ///< rows that could not be written to access.log
    std::uint64_t ecs_lost = 0;       ///< ... to access.json
    std::uint64_t store_lost = 0;     ///< ... to the day file
    std::uint64_t write_errors = 0;   ///< failed operations of any sink
    std::uint64_t files_replaced = 0; ///< day files found deleted or damaged while running, and begun anew
    std::uint64_t days_deleted = 0;   ///< day files deleted by retention
    bool failing = false;             ///< a sink is failing now
};

class AccessLog {
public:
    /// Makes the rings; opens nothing yet, so it cannot fail for want of a disk. Allocates workers x ring_size (touched on use).
    explicit AccessLog(Options options);
    /// Stops, see stop().
    ~AccessLog();
    AccessLog(AccessLog const&) = delete;
    AccessLog& operator=(AccessLog const&) = delete;

    /// The ring of worker 0 .. workers-1. One thread may append to each. Lifetime: as this object.
    Ring& ring_for_worker(unsigned worker);

    /// Starts the writer thread. Once.
    void start();
    /// Writes what is in the rings, closes the files, ends the thread. Idempotent.
    void stop();
    /// Waits until every row appended before the call is written or counted as lost. For tests, shutdown and the console; not for workers.
    void flush();
    /// Asks the writer to close access.log and access.json and open them by name again (SIGUSR1). Returns at once; callable from any thread.
    void reopen();
    /// Calls `answer` on the writer's thread at its next turn, which a long write puts off. Callable from any thread.
    void ask_turn(std::function<void()> answer);

    Counters counters() const;

private:
    class Writer;
    std::unique_ptr<Writer> writer_;
};

} // namespace gatehouse::log
