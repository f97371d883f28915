#include "proxy/log/access_log.hpp"

#include "proxy/log/day_file.hpp"
#include "proxy/log/day_upgrade.hpp"
#include "proxy/log/day_writer.hpp"
#include "proxy/log/ecs_format.hpp"
#include "proxy/log/event_names.hpp"
#include "proxy/log/sink.hpp"
#include "proxy/log/squid_format.hpp"
#include "proxy/log/text_file.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <pthread.h>
#include <thread>

namespace gatehouse::log {
namespace {

/// Rows taken from one ring at once: one write and one transaction hold at most this times the number of rings.
constexpr std::size_t batch_rows = 4096;
/// Rows formatted before their lines are written: so few that the lines are still in the processor's cache when the kernel copies them.
constexpr std::size_t piece_rows = 256;
constexpr std::chrono::minutes alarm_interval{1};

using Rows = std::span<AccessRecord const* const>;
using clock = std::chrono::steady_clock;

} // namespace

/// The writer thread and everything that only it touches.
class AccessLog::Writer {
public:
    explicit Writer(Options options);

    Ring& ring(unsigned worker) { return *rings_.at(worker); }
    void start();
    void stop();
    void flush();
    void reopen();
    void ask_turn(std::function<void()> answer);
    Counters counters() const;

private:
    void run();
    bool wait_for_work();
    void drain();
    bool write_round();
    void write_day(Rows rows, Day day);
    void write_lines(Rows rows, Day day);
    void write_text(Sink& sink, TextFile& file, LineBuffer const& lines, std::size_t rows, Day day);
    void write_store(Rows rows, Day day);
    void delete_old_days();
    void convert_older_days();
    void publish_counters();
    void report_drops();
    std::uint64_t dropped() const;

    Options options_;
    std::vector<std::unique_ptr<Ring>> rings_;
    Sink squid_sink_, ecs_sink_, store_sink_;
    TextFile squid_file_, ecs_file_;
    DayWriter day_writer_;
    RateLimiter drop_alarms_{1, alarm_interval};
    std::uint64_t drops_seen_ = 0;
    std::optional<Day> deleted_on_; ///< the day of the last look for files that are too old
    clock::time_point next_sync_{};
    std::vector<AccessRecord> batch_;
    std::vector<AccessRecord const*> ordered_;
    LineBuffer squid_lines_, ecs_lines_;
    EcsFormat ecs_format_;
    Counters totals_;

    std::thread thread_, converter_;
    std::atomic<bool> converting_{true}; ///< false asks the converter to end
    mutable std::mutex mutex_;
    std::condition_variable wake_, flushed_;
    // Under mutex_:
    bool running_ = false, stopping_ = false, reopening_ = false;
    std::vector<std::function<void()>> turns_; ///< asked for
    std::uint64_t flush_asked_ = 0, flush_done_ = 0;
    Counters published_;
};

AccessLog::Writer::Writer(Options options)
    : options_{std::move(options)}
    , squid_sink_{"access.log", options_.retry, options_.logger}
    , ecs_sink_{"access.json", options_.retry, options_.logger}
    , store_sink_{"day file", options_.retry, options_.logger}
    , squid_file_{options_.log_dir, "access", "log"}
    , ecs_file_{options_.log_dir, "access", "json"}
    , day_writer_{options_.log_dir}
    , ecs_format_{options_.observer}
{
    for (unsigned i = 0; i < options_.workers; ++i)
        rings_.push_back(std::make_unique<Ring>(options_.ring_size));
    if (!options_.now)
        options_.now = [] { return std::chrono::system_clock::now(); };
}

void AccessLog::Writer::start()
{
    running_ = true; // before the thread exists: no lock needed
    thread_ = std::thread{[this] { run(); }};
    ::pthread_setname_np(thread_.native_handle(), "log");
    if (options_.store)
        converter_ = std::thread{[this] { convert_older_days(); }};
}

void AccessLog::Writer::stop()
{
    {
        std::lock_guard const lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_one();
    converting_ = false;
    for (auto* thread : {&thread_, &converter_})
        if (thread->joinable())
            thread->join();
}

void AccessLog::Writer::flush()
{
    std::unique_lock lock{mutex_};
    auto const mine = ++flush_asked_;
    wake_.notify_one();
    flushed_.wait(lock, [&] { return flush_done_ >= mine || !running_; });
}

void AccessLog::Writer::reopen()
{
    {
        std::lock_guard const lock{mutex_};
        reopening_ = true;
    }
    wake_.notify_one();
}

void AccessLog::Writer::ask_turn(std::function<void()> answer)
{
    std::lock_guard const lock{mutex_};
    turns_.push_back(std::move(answer));
}

std::uint64_t AccessLog::Writer::dropped() const
{
    std::uint64_t sum = 0;
    for (auto const& ring : rings_)
        sum += ring->dropped();
    return sum;
}

Counters AccessLog::Writer::counters() const
{
    std::lock_guard const lock{mutex_};
    auto counters = published_;
    counters.dropped = dropped();
    return counters;
}

/// Sleeps for the interval, less if asked. Workers never wake the writer, so that an append stays free of system calls.
/// Takes note of what was asked; false if the thread is to end.
bool AccessLog::Writer::wait_for_work()
{
    std::unique_lock lock{mutex_};
    wake_.wait_for(lock, options_.interval, [&] { return stopping_ || reopening_ || flush_asked_ != flush_done_; });
    for (auto const& answer : std::exchange(turns_, {}))
        answer();
    if (std::exchange(reopening_, false)) {
        squid_file_.close();
        ecs_file_.close();
    }
    return !stopping_;
}

void AccessLog::Writer::run()
{
    std::error_code ignored; // a missing folder shows itself at the first write
    std::filesystem::create_directories(options_.log_dir, ignored);
    delete_old_days();
    for (bool go_on = true; go_on;) {
        go_on = wait_for_work();
        std::uint64_t asked = 0;
        {
            std::lock_guard const lock{mutex_};
            asked = flush_asked_;
        }
        drain();
        if (!go_on)
            day_writer_.close();
        publish_counters();
        std::lock_guard const lock{mutex_};
        flush_done_ = asked;
        running_ = go_on;
        flushed_.notify_all();
    }
}

void AccessLog::Writer::drain()
{
    while (write_round()) { }
    delete_old_days();
    report_drops();
    if (auto const now = clock::now(); now >= next_sync_) {
        day_writer_.sync();
        next_sync_ = now + options_.sync;
    }
}

/// One batch from every ring, in the order of time. True if a ring may hold more.
bool AccessLog::Writer::write_round()
{
    batch_.clear();
    bool more = false;
    for (auto const& ring : rings_)
        more |= ring->read(batch_, batch_rows) == batch_rows;
    ordered_.clear();
    for (auto const& record : batch_)
        ordered_.push_back(&record);
    auto const is_earlier = [](auto* left, auto* right) { return left->at < right->at; };
    if (!std::is_sorted(ordered_.begin(), ordered_.end(), is_earlier)) // with one worker it is
        std::stable_sort(ordered_.begin(), ordered_.end(), is_earlier);
    for (auto from = ordered_.cbegin(); from != ordered_.cend();) {
        auto const day = day_of((*from)->at);
        auto const to = std::find_if(from, ordered_.cend(), [&](auto* row) { return day_of(row->at) != day; });
        write_day(Rows{from, to}, day);
        from = to;
    }
    totals_.rows += batch_.size();
    for (auto const& ring : rings_)
        ring->release();
    if (!batch_.empty())
        publish_counters();
    return more;
}

void AccessLog::Writer::write_day(Rows rows, Day day)
{
    for (auto rest = rows; !rest.empty(); rest = rest.subspan(std::min(rest.size(), piece_rows)))
        write_lines(rest.first(std::min(rest.size(), piece_rows)), day);
    if (options_.store)
        write_store(rows, day);
}

void AccessLog::Writer::write_lines(Rows rows, Day day)
{
    squid_lines_.clear();
    ecs_lines_.clear();
    for (auto const* row : rows) {
        if (options_.squid)
            append_squid_line(squid_lines_, *row);
        if (options_.ecs)
            ecs_format_.append_line(ecs_lines_, *row);
    }
    if (options_.squid)
        write_text(squid_sink_, squid_file_, squid_lines_, rows.size(), day);
    if (options_.ecs)
        write_text(ecs_sink_, ecs_file_, ecs_lines_, rows.size(), day);
}

void AccessLog::Writer::write_text(Sink& sink, TextFile& file, LineBuffer const& lines, std::size_t rows, Day day)
{
    if (!sink.accepts(rows))
        return;
    if (auto const error = file.write(lines.view(), day))
        sink.failed(error, rows);
    else
        sink.succeeded();
}

void AccessLog::Writer::write_store(Rows rows, Day day)
{
    if (!store_sink_.accepts(rows.size()))
        return;
    auto const replaced = day_writer_.replaced();
    if (auto const error = day_writer_.write(rows, day))
        store_sink_.failed(error, rows.size());
    else
        store_sink_.succeeded();
    if (day_writer_.replaced() != replaced && options_.logger)
        options_.logger->error("{} day={}", event::log_file_replaced, to_text(day));
}

/// Retention, once a day: whole days go, counted from the date that is believed and not from that of a row, so that a clock that was once wrong deletes
/// nothing later and delays nothing either. Also while nothing is written.
void AccessLog::Writer::delete_old_days()
{
    auto const today = day_of(options_.now());
    if (options_.days == 0 || deleted_on_ == today)
        return;
    deleted_on_ = today;
    auto const oldest = today - std::chrono::days{options_.days};
    auto const deleted = delete_days_before(options_.log_dir, oldest);
    totals_.days_deleted += deleted;
    if (deleted != 0 && options_.logger)
        options_.logger->info("{} days={} before={}", event::log_days_deleted, deleted, to_text(oldest));
}

/// Past days whose files are of an earlier version, newest first, on a thread of its own: it may take minutes. Searches count them as
/// unreadable until then. The file of today is converted when the writer opens it.
void AccessLog::Writer::convert_older_days()
{
    auto const days = list_days(options_.log_dir);
    auto const today = day_of(options_.now());
    for (auto const day : days ? *days : std::vector<Day>{}) {
        if (!converting_)
            return;
        if (day >= today)
            continue;
        bool converted = false;
        auto const path = day_file_path(options_.log_dir, day);
        auto const error = upgrade_day_file(
            path, [this] { return converting_.load(); }, converted);
        if (options_.logger && converted)
            options_.logger->info("{} day={}", event::log_file_converted, to_text(day));
        if (options_.logger && error && converting_)
            options_.logger->warn("{} day={} error=\"{}\"", event::log_file_not_converted, to_text(day), error.message());
    }
}

void AccessLog::Writer::report_drops()
{
    auto const now = dropped();
    if (now == drops_seen_ || !drop_alarms_.pass(clock::now()))
        return;
    if (options_.logger)
        options_.logger->error("{} rows={} since_start={}", event::log_rows_dropped, now - drops_seen_, now);
    drops_seen_ = now;
}

void AccessLog::Writer::publish_counters()
{
    totals_.squid_lost = squid_sink_.lost();
    totals_.ecs_lost = ecs_sink_.lost();
    totals_.store_lost = store_sink_.lost();
    totals_.write_errors = squid_sink_.errors() + ecs_sink_.errors() + store_sink_.errors();
    totals_.files_replaced = day_writer_.replaced();
    totals_.failing = squid_sink_.is_failing() || ecs_sink_.is_failing() || store_sink_.is_failing();
    std::lock_guard const lock{mutex_};
    published_ = totals_;
}

AccessLog::AccessLog(Options options)
    : writer_{std::make_unique<Writer>(std::move(options))}
{
}

AccessLog::~AccessLog()
{
    stop();
}

Ring& AccessLog::ring_for_worker(unsigned worker)
{
    return writer_->ring(worker);
}

void AccessLog::start()
{
    writer_->start();
}

void AccessLog::stop()
{
    writer_->stop();
}

void AccessLog::flush()
{
    writer_->flush();
}

void AccessLog::reopen()
{
    writer_->reopen();
}

void AccessLog::ask_turn(std::function<void()> answer)
{
    writer_->ask_turn(std::move(answer));
}

Counters AccessLog::counters() const
{
    return writer_->counters();
}

} // namespace gatehouse::log
