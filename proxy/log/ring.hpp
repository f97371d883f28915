#pragma once
// A byte ring between one worker and the log writer: single producer, single consumer, no lock, no system call, no allocation after
// construction. It carries access records and nothing else; what the rows look like on disk is the writer's business.

#include "proxy/log/access_record.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

namespace gatehouse::log {

/// Longest text kept of each kind, in bytes; longer texts are cut.
inline constexpr std::size_t max_path_size = 8000;
inline constexpr std::size_t max_field_size = 1000;

class Ring {
public:
    /// `size` in bytes, rounded up to a power of two, at least 128 KiB (more than two of the largest records).
    explicit Ring(std::size_t size);

    /// Copies the record into the ring. False if there is no room: the row is dropped and counted; never waits.
    /// Called by the one producer thread.
    bool append(AccessRecord const& record) noexcept;

    /// Adds up to `max_rows` of the oldest unread records to `rows` and returns how many. Called by the one consumer thread.
    /// Lifetime: the views are valid until release().
    std::size_t read(std::vector<AccessRecord>& rows, std::size_t max_rows);
    /// Gives the room of everything read so far back to the producer. Called by the one consumer thread.
    void release();

    /// Rows dropped since construction. Any thread.
    std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }
    /// Bytes taken now, a snapshot. Any thread.
    std::size_t used() const;
    std::size_t size() const { return mask_ + 1; }

private:
    static constexpr std::size_t cache_line = 64;

    std::byte* reserve(std::size_t record_size) noexcept;

    std::size_t mask_;
    std::unique_ptr<std::byte[]> bytes_;
    // Positions only grow; the index into bytes_ is position & mask_. Each side keeps a copy of what it last saw of the other.
    alignas(cache_line) std::atomic<std::uint64_t> head_{0}; ///< written by the producer
    std::uint64_t seen_tail_ = 0;
    std::atomic<std::uint64_t> dropped_{0};
    alignas(cache_line) std::atomic<std::uint64_t> tail_{0}; ///< written by the consumer
    std::uint64_t read_to_ = 0;
};

} // namespace gatehouse::log
