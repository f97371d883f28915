#pragma once
// A call of the store for somebody who waits only so long: a database that hangs must not take those along who only want to know how it is.

#include "proxy/store/store.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <chrono>
#include <optional>

namespace gatehouse::store {

namespace detail {

/// Shared with the job, which may be done after nobody waits any more. Of the caller's executor only.
template <class Result>
struct Answer {
    boost::asio::steady_timer patience;
    std::optional<Result> outcome{};
};

} // namespace detail

/// As Store::call, but `errc::busy` if there is no answer within that time. The work is then still done when its turn comes: so only for what changes
/// nothing. `work` outlives the caller, so it owns what it needs.
template <class Work>
auto call_within(Store& store, std::chrono::milliseconds patience, Work work)
    -> boost::asio::awaitable<std::invoke_result_t<Work&, Ledger&>>
{
    using Result = std::invoke_result_t<Work&, Ledger&>;
    auto const executor = co_await boost::asio::this_coro::executor;
    auto const waiting = std::make_shared<detail::Answer<Result>>(boost::asio::steady_timer{executor, patience});
    auto const finish = [executor](std::shared_ptr<detail::Answer<Result>> answer, Result outcome) {
        boost::asio::post(executor, [answer = std::move(answer), outcome = std::move(outcome)]() mutable {
            answer->outcome.emplace(std::move(outcome));
            answer->patience.cancel();
        });
    };
    auto job = [waiting, finish, held = std::move(work)](Ledger& ledger) mutable { finish(std::move(waiting), held(ledger)); };
    auto refused = [waiting, finish]() mutable { finish(std::move(waiting), Result{errc::closed}); };
    if (!store.post(Job{std::move(job), std::move(refused)}))
        co_return Result{store.refusal()};
    co_await waiting->patience.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    if (!waiting->outcome)
        co_return Result{errc::busy};
    co_return std::move(*waiting->outcome);
}

} // namespace gatehouse::store
