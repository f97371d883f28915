#include "proxy/watchdog.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <ctime>
#include <fmt/format.h>
#include <memory>
#include <pthread.h>
#include <spdlog/spdlog.h>
#include <unistd.h>
#include <utility>

namespace gatehouse {
namespace {

using std::chrono::milliseconds;

/// Each look wakes every thread, so there are no more than the shortest patience needs.
constexpr milliseconds shortest_pause{250}, longest_pause{1000};
constexpr int looks_in_patience = 8;
/// A look that came so many pauses late counts no longer: a machine that slept or was overloaded held us up as well.
constexpr int longest_step = 4;

milliseconds pause_between_looks(std::vector<WatchedPart> const& parts, std::chrono::microseconds manager)
{
    auto least = manager > manager.zero() ? std::chrono::duration_cast<milliseconds>(manager) : looks_in_patience * longest_pause;
    for (auto const& part : parts)
        least = std::min(least,
            part.patience.still > milliseconds{0} ? std::min(part.patience.still, part.patience.work) : part.patience.work);
    return std::clamp(least / looks_in_patience, shortest_pause, longest_pause);
}

/// What a thread says of itself when it answers. Shared with its answers, which may outlive the watchdog.
struct Sign {
    std::atomic<bool> answered{true};
    std::atomic<::pid_t> number{0}; ///< of the thread; zero: it never answered
    std::atomic<::clockid_t> clock{0};

    void give()
    {
        ::clockid_t own{};
        if (::pthread_getcpuclockid(::pthread_self(), &own) == 0)
            clock = own;
        number = ::gettid();
        answered = true;
    }
};

/// Nothing for a thread that is gone.
long long processor_time(Sign const& sign)
{
    ::timespec spent{};
    if (sign.number == 0 || ::clock_gettime(sign.clock, &spent) != 0)
        return 0;
    return spent.tv_sec * 1'000'000'000LL + spent.tv_nsec;
}

/// 'R' runs or would if there were a core, 'D' waits for a disk, 'S' sleeps (proc_pid_stat(5)); blank if the thread is gone.
char state_of(::pid_t thread)
{
    std::array<char, 512> text{};
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> const file(
        std::fopen(fmt::format("/proc/self/task/{}/stat", thread).c_str(), "re"), &std::fclose);
    if (!file)
        return ' ';
    auto const size = std::fread(text.data(), 1, text.size(), file.get());
    std::string_view const line(text.data(), size);
    auto const name_ends = line.rfind(") ");
    return name_ends == std::string_view::npos || name_ends + 2 >= line.size() ? ' ' : line[name_ends + 2];
}

} // namespace

struct Watchdog::Thread {
    WatchedPart::Ask ask;
    std::shared_ptr<Sign> sign = std::make_shared<Sign>();
    milliseconds quiet{0}, still{0}; ///< since it answered; since it also moved
    long long spent = 0;             ///< of the processor, at the last look

    bool moves();
    Pulse turn(milliseconds passed, Patience const& patience, bool waits);
};

struct Watchdog::Part {
    std::string_view name;
    Patience patience;
    bool vital;
    std::function<bool()> waits;
    std::vector<Thread> threads;
    Look look;
    Pulse told = Pulse::turns;
};

bool Watchdog::Thread::moves()
{
    if (sign->number == 0) // busy since we began: which thread it is, only its answer tells
        return true;
    auto const now = processor_time(*sign);
    if (std::exchange(spent, now) != now)
        return true;
    auto const state = state_of(sign->number);
    return state == 'R' || state == 'D';
}

Watchdog::Pulse Watchdog::Thread::turn(milliseconds passed, Patience const& patience, bool waits)
{
    if (sign->answered) {
        quiet = still = milliseconds{0};
        spent = processor_time(*sign);
        sign->answered = false;
        if (!ask([kept = sign] { kept->give(); }))
            sign->answered = true; // not asked, so it owes nothing
        return Pulse::turns;
    }
    quiet += passed;
    still = moves() || waits ? milliseconds{0} : still + passed;
    bool const stands = patience.still > milliseconds{0} && still >= patience.still;
    if (stands || quiet >= patience.work)
        return Pulse::hangs;
    auto const long_from = patience.still > milliseconds{0} ? 2 * patience.still : patience.work / 2;
    return quiet >= long_from ? Pulse::works : Pulse::turns;
}

Watchdog::Watchdog(std::vector<WatchedPart> parts, Manager manager)
    : manager_(std::move(manager))
    , pause_(pause_between_looks(parts, manager_.patience))
{
    for (auto& part : parts) {
        Part watched{part.name, part.patience, part.vital, std::move(part.waits), {},
            {part.name, Pulse::turns, part.threads.size(), part.threads.size()}};
        for (auto& ask : part.threads) {
            watched.threads.emplace_back();
            watched.threads.back().ask = std::move(ask);
        }
        parts_.push_back(std::move(watched));
    }
    thread_ = std::thread{[this] { run(); }};
    ::pthread_setname_np(thread_.native_handle(), "watchdog");
}

Watchdog::~Watchdog()
{
    stop();
}

void Watchdog::stop()
{
    {
        std::lock_guard const lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable())
        thread_.join();
}

std::vector<Watchdog::Look> Watchdog::look() const
{
    std::lock_guard const lock(mutex_);
    std::vector<Look> looks;
    for (auto const& part : parts_)
        looks.push_back(part.look);
    return looks;
}

void Watchdog::run()
{
    auto last = std::chrono::steady_clock::now();
    milliseconds passed{0}; // asked at once, before their first work begins
    std::unique_lock lock(mutex_);
    do {
        lock.unlock();
        try {
            turn(std::min(passed, longest_step * pause_));
        } catch (std::exception const& crash) { // no memory for a question: the next look will do
            spdlog::error("watchdog.crashed what={}", crash.what());
        }
        lock.lock();
        wake_.wait_for(lock, pause_, [this] { return stopping_; });
        auto const now = std::chrono::steady_clock::now();
        passed = std::chrono::duration_cast<milliseconds>(now - std::exchange(last, now));
    } while (!stopping_);
}

void Watchdog::turn(milliseconds passed)
{
    bool alive = true;
    for (auto& part : parts_) {
        bool const waits = part.waits();
        Look look{part.name, Pulse::turns, 0, part.threads.size()};
        for (auto& thread : part.threads) {
            auto const pulse = thread.turn(passed, part.patience, waits);
            look.pulse = std::max(look.pulse, pulse);
            look.turning += pulse == Pulse::hangs ? 0U : 1U;
        }
        {
            std::lock_guard const lock(mutex_);
            part.look = look;
        }
        tell(part);
        alive = alive && !(part.vital && look.pulse == Pulse::hangs);
    }
    if (alive)
        give_sign();
}

/// Often enough for a manager that is never in doubt, and no oftener: each is a datagram that wakes it.
void Watchdog::give_sign()
{
    auto const now = std::chrono::steady_clock::now();
    if (now < next_sign_)
        return;
    next_sign_ = now + manager_.patience / 4;
    manager_.sign();
}

/// Once when it begins and once when it ends: beforehand, since after the end of the process nobody is left to say it.
void Watchdog::tell(Part& part) const
{
    auto const now = part.look.pulse;
    auto const before = std::exchange(part.told, now);
    if (now == before)
        return;
    bool const ends = part.vital && manager_.patience > manager_.patience.zero();
    if (now == Pulse::hangs)
        spdlog::error("{}.hang turning={} of={} effect=\"{}\"", part.name, part.look.turning, part.look.of,
            ends ? "unless they go on, the service manager ends this process and begins it anew"
                 : "this process goes on without; `gatehouse restart` begins another");
    else if (now == Pulse::works)
        spdlog::warn("{}.works_long effect=\"none: what waits for it waits longer\"", part.name);
    else
        spdlog::info("{}.turn_again of={}", part.name, part.look.of);
}

std::string_view to_text(Watchdog::Pulse pulse)
{
    switch (pulse) {
    case Watchdog::Pulse::turns: return "turns";
    case Watchdog::Pulse::works: return "works";
    case Watchdog::Pulse::hangs: break;
    }
    return "hangs";
}

} // namespace gatehouse
