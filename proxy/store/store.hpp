#pragma once
// The one door to durable state: a thread of its own that owns the Ledger, and a bounded queue before it. Nothing is lost silently: what does
// not fit is refused with errc::busy, what was accepted is done before the store closes.

#include "proxy/store/ledger.hpp"
#include "proxy/store/password_hasher.hpp"

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <future>

namespace gatehouse::store {

/// A unit of work for the store's thread; move-only. Exactly one of the two is called, on that thread: `refused()` if the store closes and no
/// database can be had.
class Job {
public:
    Job() = default;
    template <class Work, class Refused>
    Job(Work work, Refused refused)
        : work_{std::make_unique<Held<Work, Refused>>(std::move(work), std::move(refused))}
    {
    }
    /// For work that nobody waits for.
    template <class Work>
    explicit Job(Work work)
        : Job{std::move(work), [] {}}
    {
    }
    void operator()(Ledger& ledger) { work_->run(ledger); }
    void refuse() { work_->refuse(); }

private:
    struct Base {
        virtual ~Base() = default;
        virtual void run(Ledger& ledger) = 0;
        virtual void refuse() = 0;
    };
    template <class Work, class Refused>
    struct Held final : Base {
        Held(Work held, Refused otherwise)
            : work{std::move(held)}
            , refused{std::move(otherwise)}
        {
        }
        void run(Ledger& ledger) override { work(ledger); }
        void refuse() override { refused(); }
        Work work;
        Refused refused;
    };
    std::unique_ptr<Base> work_;
};

struct StoreOptions {
    LedgerOptions ledger;
    std::size_t queue_limit = 1024; ///< jobs waiting; above, errc::busy
    HashCost hash_cost;             ///< of passwords
};

class Store {
public:
    /// Opens the ledger on the calling thread (so that a failed start says why), then hands it to the store's own thread.
    static result<std::unique_ptr<Store>> open(StoreOptions options);

    /// Drains: every accepted job is done first.
    /// Lifetime: destroy (or close) the store before the io_contexts whose coroutines wait for it.
    ~Store();

    /// Puts a job in the queue; false: the queue is full or closed and nothing was taken. Thread-safe.
    bool post(Job job);
    errc refusal() const; ///< why post() said no: errc::busy or errc::closed

    /// Runs `work(Ledger&)`, which returns some result<T>, on the store's thread and resumes on the caller's executor.
    /// Name the lambda first; never write a capturing lambda inside the co_await expression:
    ///     auto const work = [id](Ledger& ledger) { return find_request(ledger, id); };
    ///     auto const found = co_await store.call(work);
    /// Errors: `errc::busy`, `errc::closed`, those of the work.
    template <class Work>
    auto call(Work work) -> boost::asio::awaitable<std::invoke_result_t<Work&, Ledger&>>;

    /// The same for threads that may wait: command line, publisher, console thread without coroutines. Never from a worker or from a job.
    template <class Work>
    auto run(Work work) -> std::invoke_result_t<Work&, Ledger&>;

    /// Takes no more jobs, finishes those accepted, closes the database. Idempotent.
    void close();

    PasswordHasher& hasher();
    std::size_t waiting_jobs() const;   ///< for metrics
    std::uint64_t refused_jobs() const; ///< since the start, for metrics

private:
    struct State;
    explicit Store(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

namespace detail {

/// Starts a call: gives the work to the store and completes the handler on its own executor, never inside the initiation.
template <class Result>
struct StartCall {
    Store* store;

    template <class Handler, class Work>
    void operator()(Handler&& handler, Work work) const
    {
        auto executor = boost::asio::get_associated_executor(handler);
        // Shared, so that the handler is still here when the queue refuses the job.
        auto waiting = std::make_shared<Waiting<std::decay_t<Handler>>>(
            Waiting<std::decay_t<Handler>>{std::forward<Handler>(handler), boost::asio::make_work_guard(executor)});
        auto job = [waiting, executor, held = std::move(work)](
                       Ledger& ledger) mutable { finish(std::move(waiting), executor, held(ledger)); };
        auto refused = [waiting, executor]() mutable { finish(std::move(waiting), executor, Result{errc::closed}); };
        if (!store->post(Job{std::move(job), std::move(refused)}))
            finish(std::move(waiting), executor, Result{store->refusal()});
    }

private:
    template <class Handler>
    struct Waiting {
        Handler handler;
        boost::asio::executor_work_guard<boost::asio::associated_executor_t<Handler>> guard;
    };

    template <class Handler, class Executor>
    static void finish(std::shared_ptr<Waiting<Handler>> waiting, Executor const& executor, Result outcome)
    {
        boost::asio::post(executor, [waiting = std::move(waiting), outcome = std::move(outcome)]() mutable {
            auto handler = std::move(waiting->handler);
            waiting.reset();
            handler(std::move(outcome));
        });
    }
};

} // namespace detail

template <class Work>
auto Store::call(Work work) -> boost::asio::awaitable<std::invoke_result_t<Work&, Ledger&>>
{
    using Result = std::invoke_result_t<Work&, Ledger&>;
    using Token = boost::asio::use_awaitable_t<> const;
    return boost::asio::async_initiate<Token, void(Result)>(
        detail::StartCall<Result>{this}, boost::asio::use_awaitable, std::move(work));
}

template <class Work>
auto Store::run(Work work) -> std::invoke_result_t<Work&, Ledger&>
{
    using Result = std::invoke_result_t<Work&, Ledger&>;
    std::promise<Result> promise;
    auto future = promise.get_future();
    auto const job = [&promise, &work](Ledger& ledger) { promise.set_value(work(ledger)); };
    auto const refused = [&promise] { promise.set_value(Result{errc::closed}); };
    if (!post(Job{job, refused}))
        return refusal();
    return future.get();
}

} // namespace gatehouse::store
