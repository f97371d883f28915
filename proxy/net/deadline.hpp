#pragma once
// Deadlines without a timer for each read: a wheel for each worker that ticks and cancels what is overdue.

#include <array>
#include <chrono>
#include <cstdint>

namespace gatehouse::net {

class DeadlineWheel;

/// One deadline of one owner. Setting it is a few stores; the wheel looks at it only when its slot comes round.
/// When it expires, `on_expiry` runs once on the worker's thread and `expired()` stays true until the next set.
class Deadline {
public:
    using Expiry = void (*)(void* owner);

    /// Lifetime: `owner` and `wheel` outlive the deadline.
    Deadline(DeadlineWheel& wheel, Expiry on_expiry, void* owner);
    ~Deadline();
    Deadline(Deadline const&) = delete;
    Deadline& operator=(Deadline const&) = delete;

    /// What the owner does meanwhile: an idle one may be ended early when the gateway shuts down.
    enum class While : std::uint8_t { working, idle };

    /// Rounded up to the wheel's tick.
    void expire_after(std::chrono::milliseconds duration, While activity = While::working);
    void clear();
    bool expired() const { return expired_; }
    DeadlineWheel& wheel() const { return wheel_; }

private:
    friend class DeadlineWheel;
    void unlink();
    void set_activity(While activity);

    DeadlineWheel& wheel_;
    Expiry on_expiry_;
    void* owner_;
    std::uint32_t due_ = 0;  ///< tick at which it expires; zero: not set
    std::uint32_t slot_ = 0; ///< tick whose slot holds it
    Deadline* next_ = nullptr;
    Deadline** link_ = nullptr;         ///< what points at us; null when in no slot
    Deadline* idle_previous_ = nullptr; ///< idled earlier; both meaningful while idle
    Deadline* idle_next_ = nullptr;
    bool expired_ = false;
    While activity_ = While::working;
};

/// Not thread-safe: one for each worker, driven by its ticker.
class DeadlineWheel {
public:
    static constexpr std::chrono::milliseconds tick{100};

    /// Expires what is due at the tick of `now` and all ticks before it.
    void advance(std::chrono::steady_clock::time_point now);
    /// Time since the wheel was made, in whole ticks: for what need not be exact and must not ask the system.
    std::chrono::milliseconds now() const { return tick * static_cast<std::chrono::milliseconds::rep>(now_); }
    /// Expires the deadlines of idle owners, or all that are set.
    void expire_idle();
    /// Expires the owner that has idled longest. False if none idles.
    bool expire_oldest_idle();
    void expire_all();

private:
    friend class Deadline;
    static constexpr std::size_t slot_count = 1024;

    void insert(Deadline& deadline);
    static void expire(Deadline& deadline);
    std::uint32_t tick_of(std::chrono::steady_clock::time_point time) const;

    std::array<Deadline*, slot_count> slots_{};
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::uint32_t now_ = 1;          ///< ticks since `start_`: enough for thirteen years
    Deadline* idle_first_ = nullptr; ///< those that idle, in the order in which they began
    Deadline* idle_last_ = nullptr;
};

} // namespace gatehouse::net
