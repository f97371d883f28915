#pragma once
// A call of the store for somebody who waits only so long: a database that hangs must not take those along who only want to know how it is.

#include "proxy/store/store.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <optional>

namespace gatehouse::store {

namespace detail {

/// Shared with the job, which may be done after nobody waits any more.
template <class Result>
struct Answer {
    boost::asio::steady_timer patience;
    std::optional<Result> outcome{};
};

/// What a job holds of an answer: given up on the caller's executor whatever becomes of the job, so that timer and outcome never end on the store's
/// thread. Of that thread once the job is posted.
template <class Result, class Executor>
class Owed {
public:
    Owed(Executor executor, std::shared_ptr<Answer<Result>> answer)
        : executor_{std::move(executor)}
        , answer_{std::move(answer)}
    {
    }
    Owed(Owed const&) = delete;
    Owed& operator=(Owed const&) = delete;
    ~Owed()
    {
        if (answer_)
            boost::asio::post(executor_, [answer = std::move(answer_)] {});
    }
    void give(Result outcome)
    {
        boost::asio::post(executor_, [answer = std::move(answer_), outcome = std::move(outcome)]() mutable {
            answer->outcome.emplace(std::move(outcome));
            answer->patience.cancel();
        });
    }

private:
    Executor executor_;
    std::shared_ptr<Answer<Result>> answer_;
};

/// Both of its closures share what is owed; whichever is called gives it.
template <class Result, class Executor, class Work>
Job job_for(std::shared_ptr<Answer<Result>> answer, Executor executor, Work work)
{
    auto const owed = std::make_shared<Owed<Result, Executor>>(std::move(executor), std::move(answer));
    return Job{[owed, held = std::move(work)](Ledger& ledger) mutable { owed->give(held(ledger)); },
        [owed] { owed->give(Result{errc::closed}); }};
}

} // namespace detail

/// As Store::call, but `errc::busy` if there is no answer within that time. The work is then still done when its turn comes: so only for what may be
/// done late and for nobody, such as looking something up, or noting that a session was in use. `work` outlives the caller, so it owns what it needs,
/// and ends on the store's thread.
template <class Work>
auto call_within(Store& store, std::chrono::milliseconds patience, Work work)
    -> boost::asio::awaitable<std::invoke_result_t<Work&, Ledger&>>
{
    using Result = std::invoke_result_t<Work&, Ledger&>;
    auto const executor = co_await boost::asio::this_coro::executor;
    auto const waiting = std::make_shared<detail::Answer<Result>>(boost::asio::steady_timer{executor, patience});
    if (!store.post(detail::job_for(waiting, executor, std::move(work))))
        co_return Result{store.refusal()};
    co_await waiting->patience.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    if (!waiting->outcome)
        co_return Result{errc::busy};
    co_return std::move(*waiting->outcome);
}

} // namespace gatehouse::store
