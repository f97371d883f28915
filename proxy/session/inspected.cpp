#include "proxy/session/inspected.hpp"

#include "proxy/session/page_in_tls.hpp"

namespace gatehouse::session {

net::task<> run_inspected(Session& session, Outcome& outcome, tls::Peeked const& peeked, std::unique_ptr<net::Upstream> upstream)
{
    auto& env = session.env;
    upstream->stream.expire_after(env.settings.deadlines.handshake);
    auto const cause = co_await env.pool.secure(*upstream, outcome.target.host);
    if (!cause.empty()) {
        ++env.counters.upstream_failures;
        outcome.failure = cause;
        co_await show_page_in_tls(session, outcome, peeked, {.status = 502, .cause = cause});
        co_return record(session, outcome);
    }
    upstream->stream.no_deadline();
    if (!co_await begin_tls(session, outcome, peeked))
        co_return record(session, outcome);
    ++env.counters.tunnels_inspected;
    session.inside = outcome.target;
    session.ready = std::move(upstream);
    co_await serve_requests(session);
    record(session, outcome);
}

} // namespace gatehouse::session
