#include "proxy/net/resolver.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>

namespace gatehouse::net {
namespace {

/// Asks the resolver's thread and completes on the worker's executor.
template <class Token>
auto async_ask(ResolverThread& thread, Executor executor, std::string name, Token token)
{
    auto start = [&thread, executor](auto handler, std::string asked) {
        // std::function needs a copyable callable; the handler is not.
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        auto work = asio::make_work_guard(executor);
        thread.resolve(std::move(asked), [shared, executor, work](DnsAnswer answer) {
            asio::post(executor, [shared, answer = std::move(answer)]() mutable { (*shared)(std::move(answer)); });
        });
    };
    return asio::async_initiate<Token, void(DnsAnswer)>(start, token, std::move(name));
}

} // namespace

Resolver::Resolver(ResolverThread& thread, Executor executor, std::size_t max_cached)
    : thread_(thread)
    , executor_(executor)
    , max_cached_(max_cached)
{
}

task<DnsAnswer> Resolver::resolve(policy::Host const& host)
{
    if (host.is_address())
        co_return DnsAnswer{DnsError::none, {host.address()}, {}};
    std::string name{host.text()};
    if (auto const known = cache_.find(name); known != cache_.end()) {
        if (known->second.until > std::chrono::steady_clock::now())
            co_return known->second.answer;
        cache_.erase(known);
    }
    DnsAnswer answer = co_await async_ask(thread_, executor_, name, asio::use_awaitable_t<Executor>{});
    keep(std::move(name), answer);
    co_return answer;
}

void Resolver::keep(std::string name, DnsAnswer const& answer)
{
    // A full cache drops an arbitrary entry: names come back quickly and the bound is what matters.
    if (cache_.size() >= max_cached_)
        cache_.erase(cache_.begin());
    cache_.insert_or_assign(std::move(name), Entry{answer, std::chrono::steady_clock::now() + answer.ttl});
}

} // namespace gatehouse::net
