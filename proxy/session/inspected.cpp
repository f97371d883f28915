#include "proxy/session/inspected.hpp"

#include "proxy/session/exchange.hpp"
#include "proxy/session/page_in_tls.hpp"

namespace gatehouse::session {
namespace {

/// Has the origin prove its name, or takes a kept connection on which it did so before. Empty, or why it could not.
net::task<std::string_view> verify(Session& session, Outcome const& outcome, std::unique_ptr<net::Upstream>& upstream)
{
    auto& env = session.env;
    if (auto kept = env.pool.take(origin_of(outcome, net::Security::tls))) {
        upstream = std::move(kept);
        co_return std::string_view{};
    }
    upstream->stream.expire_after(env.settings.deadlines.handshake);
    auto const cause = co_await env.pool.secure(*upstream, outcome.target.host);
    upstream->stream.no_deadline();
    co_return cause;
}

} // namespace

net::task<> run_inspected(Session& session, Outcome& outcome, tls::Peeked const& peeked, std::unique_ptr<net::Upstream> upstream)
{
    auto& env = session.env;
    auto const cause = co_await verify(session, outcome, upstream);
    if (!cause.empty()) {
        ++env.counters.upstream_failures;
        outcome.failure = cause;
        co_await show_page_in_tls(session, outcome, peeked, {.status = 502, .cause = cause});
        co_return record(session, outcome);
    }
    if (!co_await begin_tls(session, outcome, peeked))
        co_return record(session, outcome);
    ++env.counters.tunnels_inspected;
    session.inside = outcome.target;
    session.ready = std::move(upstream);
    co_await serve_requests(session);
    record(session, outcome);
}

} // namespace gatehouse::session
