#include "proxy/store/store.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace gatehouse::store {

struct Store::State {
    State(StoreOptions wanted, Ledger opened)
        : options{std::move(wanted)}
        , hasher{options.hash_cost}
    {
        ledger.emplace(std::move(opened));
        thread = std::thread{[this] { work(); }};
    }

    void work()
    {
        std::unique_lock lock{mutex};
        for (;;) {
            wake.wait(lock, [this] { return !jobs.empty() || closing; });
            if (jobs.empty())
                break;
            auto job = std::move(jobs.front());
            jobs.pop_front();
            lock.unlock();
            job(*ledger);
            job = Job{};
            reopen_if_in_doubt();
            lock.lock();
        }
        lock.unlock();
        ledger.reset();
    }

    /// After a failed sync only a new connection knows what is on the disk. If none can be had, the next job tries with the old one.
    void reopen_if_in_doubt()
    {
        if (!ledger->database().is_in_doubt())
            return;
        if (auto opened = Ledger::open(options.ledger))
            ledger.emplace(std::move(*opened));
    }

    StoreOptions options;
    PasswordHasher hasher;
    std::optional<Ledger> ledger; ///< touched by `thread` only
    mutable std::mutex mutex;
    std::condition_variable wake;
    std::deque<Job> jobs;
    bool closing = false;
    std::uint64_t refused = 0;
    std::thread thread;
};

result<std::unique_ptr<Store>> Store::open(StoreOptions options)
{
    auto ledger = Ledger::open(options.ledger);
    if (!ledger)
        return ledger.error();
    return std::unique_ptr<Store>{new Store{std::make_unique<State>(std::move(options), std::move(*ledger))}};
}

Store::Store(std::unique_ptr<State> state)
    : state_{std::move(state)}
{
}

Store::~Store()
{
    close();
}

bool Store::post(Job job)
{
    std::lock_guard const lock{state_->mutex};
    if (state_->closing || state_->jobs.size() >= state_->options.queue_limit) {
        ++state_->refused;
        return false;
    }
    state_->jobs.push_back(std::move(job));
    state_->wake.notify_one();
    return true;
}

errc Store::refusal() const
{
    std::lock_guard const lock{state_->mutex};
    return state_->closing ? errc::closed : errc::busy;
}

void Store::close()
{
    {
        std::lock_guard const lock{state_->mutex};
        state_->closing = true;
        state_->wake.notify_one();
    }
    if (state_->thread.joinable())
        state_->thread.join();
}

PasswordHasher& Store::hasher()
{
    return state_->hasher;
}

std::size_t Store::waiting_jobs() const
{
    std::lock_guard const lock{state_->mutex};
    return state_->jobs.size();
}

std::uint64_t Store::refused_jobs() const
{
    std::lock_guard const lock{state_->mutex};
    return state_->refused;
}

} // namespace gatehouse::store
