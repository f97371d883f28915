#include "proxy/store/store.hpp"

#include "proxy/store/audit.hpp"
#include "proxy/store/store_file.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <utility>

namespace gatehouse::store {

struct Store::State {
    State(StoreOptions wanted, Ledger opened)
        : options{std::move(wanted)}
        , hasher{options.hash_cost}
        , file{options.ledger.state_dir / "gatehouse.db"}
    {
        ledger.emplace(std::move(opened));
        thread = std::thread{[this] { work(); }};
        ::pthread_setname_np(thread.native_handle(), "store");
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
            if (!file.is_sound())
                rescue();
            lock.lock();
            if (!ledger)
                reopen(lock);
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

    /// Somebody deleted, replaced or overwrote the file. What our connection still has goes into a new one; if it has nothing either, an
    /// empty store is begun, which the audit chain's signed head gives away. The traffic waits for none of this.
    void rescue()
    {
        auto const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
        auto const saved = file.save_copy(ledger->database());
        if (!saved && saved.error() != errc::corrupt)
            return; // no room, or the disk errs: the connection has it still, and the next job tries again
        ledger.reset();
        auto const evidence = file.replace(saved ? StoreFile::Then::copy : StoreFile::Then::nothing, now);
        mishap = {now, AccountId::none, "system", "", saved ? "store.rescued" : "store.begun-anew", "gatehouse.db",
            evidence.empty() ? "the file was gone" : "what lay there is kept as " + evidence};
    }

    /// Until it succeeds: jobs wait, and are refused once the queue is full.
    void reopen(std::unique_lock<std::mutex>& lock)
    {
        while (!ledger && !closing) {
            lock.unlock();
            if (auto opened = Ledger::open(options.ledger)) {
                ledger.emplace(std::move(*opened));
                file.remember();
                // Its failure is none of the store: the row is a note about it.
                (void)ledger->transact([this] { return append_audit(*ledger, mishap); });
            }
            lock.lock();
            if (!ledger)
                wake.wait_for(lock, std::chrono::seconds{1}, [this] { return closing; });
        }
        if (!ledger)
            for (auto& job : std::exchange(jobs, {}))
                job.refuse();
    }

    StoreOptions options;
    PasswordHasher hasher;
    StoreFile file;               ///< touched by `thread` only
    AuditEntry mishap;            ///< the same
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

namespace {

/// Starts a call: gives the work to the store and completes the handler on its own executor, never inside the initiation.
struct StartCall {
    Store* store;

    template <class Handler>
    void operator()(Handler&& handler, std::function<void(Ledger&)> work) const
    {
        auto executor = boost::asio::get_associated_executor(handler);
        // Shared, so that the handler is still here when the queue refuses the job.
        auto waiting = std::make_shared<Waiting<std::decay_t<Handler>>>(
            Waiting<std::decay_t<Handler>>{std::forward<Handler>(handler), boost::asio::make_work_guard(executor)});
        auto job = [waiting, executor, held = std::move(work)](Ledger& ledger) mutable {
            held(ledger);
            finish(std::move(waiting), executor, std::nullopt);
        };
        auto refused = [waiting, executor]() mutable { finish(std::move(waiting), executor, errc::closed); };
        if (!store->post(Job{std::move(job), std::move(refused)}))
            finish(std::move(waiting), executor, store->refusal());
    }

private:
    template <class Handler>
    struct Waiting {
        Handler handler;
        boost::asio::executor_work_guard<boost::asio::associated_executor_t<Handler>> guard;
    };

    template <class Handler, class Executor>
    static void finish(std::shared_ptr<Waiting<Handler>> waiting, Executor const& executor, std::optional<errc> refused)
    {
        boost::asio::post(executor, [waiting = std::move(waiting), refused]() mutable {
            auto handler = std::move(waiting->handler);
            waiting.reset();
            handler(refused);
        });
    }
};

} // namespace

boost::asio::awaitable<std::optional<errc>> Store::take_turn(std::function<void(Ledger&)> work)
{
    using Token = boost::asio::use_awaitable_t<> const;
    return boost::asio::async_initiate<Token, void(std::optional<errc>)>(
        StartCall{this}, boost::asio::use_awaitable, std::move(work));
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
