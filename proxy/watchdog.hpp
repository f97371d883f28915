#pragma once
// Asks every part of the gateway whether it still turns, says in the log which one does not, and gives the service manager its signs of life
// while all turn that no school can be without. On a thread of its own, so that it can also say it of the main one.
//
// Long work is no hang. A part that does not answer is looked at from outside: the processor time of its thread, and whether the kernel has it
// wait for a disk. While either says that it works, only the limit for work counts; an endless loop ends at that one.

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace gatehouse {

/// Limits of one part, from `Deadlines`.
struct Patience {
    std::chrono::milliseconds still; ///< without an answer, standing still; zero: it may wait for others, so only `work` counts
    std::chrono::milliseconds work;  ///< without an answer, whatever it does
};

struct WatchedPart {
    using Ask = std::function<bool(std::function<void()> answer)>;

    std::string_view name; ///< of the log's line, NAME.hang; a literal
    /// One for each thread: has `answer` called on that thread at its next turn. False: its queue is full, so it is asked again later.
    std::vector<Ask> threads;
    Patience patience;
    bool vital = false; ///< no sign of life while it hangs
    /// True while it rightly waits for another: then it does not stand still, and only `work` counts. From the watchdog's thread.
    std::function<bool()> waits = [] { return false; };
};

class Watchdog {
public:
    struct Manager {
        /// It ends a process that gives no sign of life for so long. Zero: there is no manager. A sign is given each quarter of it.
        std::chrono::microseconds patience{0};
        std::function<void()> sign = [] {}; ///< gives one; on the watchdog's thread
    };
    enum class Pulse : std::uint8_t { turns, works, hangs };
    struct Look {
        std::string_view name;
        Pulse pulse = Pulse::turns; ///< of its worst thread
        std::size_t turning = 0, of = 0;
    };

    /// Starts at once. Lifetime: what the parts ask is alive until stop() has returned.
    Watchdog(std::vector<WatchedPart> parts, Manager manager);
    ~Watchdog();
    Watchdog(Watchdog const&) = delete;
    Watchdog& operator=(Watchdog const&) = delete;

    void stop(); ///< Idempotent; blocks for an instant. Answers that still come are dropped.
    std::vector<Look> look() const;

private:
    struct Thread;
    struct Part;
    void run();
    void turn(std::chrono::milliseconds passed);
    void tell(Part& part) const;
    void give_sign();

    Manager manager_;
    std::chrono::milliseconds pause_;                   ///< between two looks
    std::chrono::steady_clock::time_point next_sign_{}; ///< of `thread_` only
    std::vector<Part> parts_;                           ///< `look` of each under mutex_, the rest of `thread_` only
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    bool stopping_ = false;
    std::thread thread_;
};

std::string_view to_text(Watchdog::Pulse pulse); ///< "turns", "works", "hangs"

} // namespace gatehouse
