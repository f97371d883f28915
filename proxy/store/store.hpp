#pragma once
// The one door to durable state: a thread of its own that owns the Ledger, and a bounded queue before it. Nothing is lost silently: what does
// not fit is refused with errc::busy, what was accepted is done before the store closes.

#include "proxy/store/ledger.hpp"
#include "proxy/store/password_hasher.hpp"

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <future>
#include <memory>
#include <optional>

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
    /// The part of call() that knows no types, so that it is compiled once: `work` on the store's thread, then back to the caller's executor.
    /// Nothing, or why it was not done.
    boost::asio::awaitable<std::optional<errc>> take_turn(std::function<void(Ledger&)> work);
    std::unique_ptr<State> state_;
};

template <class Work>
auto Store::call(Work work) -> boost::asio::awaitable<std::invoke_result_t<Work&, Ledger&>>
{
    using Result = std::invoke_result_t<Work&, Ledger&>;
    struct Held {
        Work work;
        std::optional<Result> outcome{};
    };
    auto const held = std::make_shared<Held>(Held{std::move(work)});
    std::function<void(Ledger&)> turn = [held](Ledger& ledger) { held->outcome.emplace(held->work(ledger)); };
    if (auto const refused = co_await take_turn(std::move(turn)))
        co_return Result{*refused};
    co_return std::move(*held->outcome);
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
