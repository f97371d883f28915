#include "proxy/net/upstream_pool.hpp"

#include "proxy/net/origin_tls.hpp"

#include <sys/socket.h>

namespace gatehouse::net {
namespace {

/// A connection on which bytes or an end already wait is of no use: the bytes answer nobody's question (response queue poisoning).
bool is_silent_and_open(Upstream& upstream)
{
    if (!upstream.buffer.empty())
        return false;
    if (upstream.stream.is_tls())
        return upstream.stream.is_silent();
    char byte = 0;
    auto const size = ::recv(upstream.stream.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

} // namespace

void make_key(std::string& key, Origin const& origin)
{
    key.assign(origin.host.text());
    key += origin.security == Security::plain ? '\0' : origin.versions == Versions::http1 ? '\1' : '\2';
    key += static_cast<char>(origin.port >> 8);
    key += static_cast<char>(origin.port & 0xff);
    if (origin.dialled != nullptr)
        key += origin.dialled->text();
}

UpstreamPool::UpstreamPool(Dialer& dialer, DeadlineWheel& wheel, PoolLimits limits)
    : dialer_(dialer)
    , wheel_(wheel)
    , limits_(limits)
{
}

std::unique_ptr<Upstream> UpstreamPool::take(Origin const& origin)
{
    make_key(key_, origin);
    return take_by_key();
}

std::unique_ptr<Upstream> UpstreamPool::take_by_key()
{
    auto const found = idle_.find(key_);
    if (found == idle_.end())
        return nullptr;
    // The youngest first: the old ones then age out.
    while (!found->second.empty()) {
        auto upstream = std::move(found->second.back().upstream);
        found->second.pop_back();
        --count_;
        if (is_silent_and_open(*upstream)) {
            upstream->reused = true;
            return upstream;
        }
    }
    return nullptr;
}

task<std::string_view> UpstreamPool::secure(Upstream& upstream, policy::Host const& host, Versions versions)
{
    auto const done = co_await upstream.stream.connect_tls(limits_.origins, host, versions);
    if (done && proved_its_name(upstream.stream.tls()))
        co_return std::string_view{};
    co_return !done && done.error() == asio::error::timed_out ? std::string_view{"upstream-timeout"}
                                                              : handshake_failure(upstream.stream.tls());
}

task<Acquired> UpstreamPool::acquire(Origin origin, bool fresh, AliasJudge* judge)
{
    if (auto kept = fresh ? nullptr : take(origin))
        co_return Acquired{{}, std::move(kept)};
    Dialed dialed = co_await dialer_.dial(origin.dialled != nullptr ? *origin.dialled : origin.host, origin.port, judge);
    if (!dialed.socket)
        co_return Acquired{dialed.failure, nullptr};
    auto upstream = std::make_unique<Upstream>(std::move(*dialed.socket), wheel_, dialed.address);
    upstream->aliases = std::move(dialed.aliases);
    if (origin.security == Security::tls) {
        upstream->stream.expire_after(limits_.handshake);
        auto const cause = co_await secure(*upstream, origin.host, origin.versions);
        if (!cause.empty())
            co_return Acquired{cause, nullptr};
        upstream->stream.no_deadline();
    }
    co_return Acquired{{}, std::move(upstream)};
}

void UpstreamPool::release(Origin const& origin, std::unique_ptr<Upstream> upstream)
{
    if (upstream->stream.is_multiplexed())
        return;
    upstream->stream.no_deadline();
    upstream->buffer.release();
    make_key(key_, origin);
    auto& kept = idle_[key_];
    if (count_ >= limits_.total || kept.size() >= limits_.per_host)
        return;
    kept.push_back({std::move(upstream), wheel_.now()});
    ++count_;
}

void UpstreamPool::sweep()
{
    auto const oldest = wheel_.now() - limits_.idle;
    for (auto entry = idle_.begin(); entry != idle_.end();) {
        auto& kept = entry->second;
        while (!kept.empty() && kept.front().since < oldest) {
            kept.pop_front();
            --count_;
        }
        entry = kept.empty() ? idle_.erase(entry) : std::next(entry);
    }
}

} // namespace gatehouse::net
