#include "proxy/session/inspected.hpp"

#include "proxy/session/exchange.hpp"
#include "proxy/session/multiplexed.hpp"
#include "proxy/session/page_in_tls.hpp"

#include <algorithm>

namespace gatehouse::session {
namespace {

/// What the client and, if it is offered, the origin can speak. The same on both sides: a page is loaded as it would be without us.
net::Versions versions_of(tls::Peeked const& peeked)
{
    auto const& offered = peeked.hello->alpn;
    bool const two = std::find(offered.begin(), offered.end(), "h2") != offered.end();
    return two ? net::Versions::http1_and_2 : net::Versions::http1;
}

/// An origin that has proved its name, on a connection kept from before or on the new one.
struct Proved {
    std::string_view cause; ///< why it has not; empty if it has
    net::Versions spoken = net::Versions::http1;
};

net::task<Proved> verify(
    Session& session, Outcome const& outcome, std::unique_ptr<net::Upstream>& upstream, net::Versions versions)
{
    auto& env = session.env;
    auto origin = origin_of(outcome, net::Security::tls);
    origin.versions = versions;
    if (versions == net::Versions::http1_and_2 && env.origins.has(origin, session.subject.address)) {
        upstream.reset();
        co_return Proved{{}, versions};
    }
    if (auto kept = env.pool.take(origin)) {
        upstream = std::move(kept);
        co_return Proved{};
    }
    upstream->stream.expire_after(env.settings.deadlines.handshake);
    auto const cause = co_await env.pool.secure(*upstream, outcome.target.host, versions);
    upstream->stream.no_deadline();
    if (!cause.empty() || !net::speaks_http2(upstream->stream.tls()))
        co_return Proved{cause};
    env.origins.adopt(origin, std::move(upstream), session.subject.address);
    co_return Proved{{}, versions};
}

} // namespace

net::task<> run_inspected(Session& session, Outcome& outcome, tls::Peeked const& peeked, std::unique_ptr<net::Upstream> upstream)
{
    auto& env = session.env;
    auto const proved = co_await verify(session, outcome, upstream, versions_of(peeked));
    if (!proved.cause.empty()) {
        ++env.counters.upstream_failures;
        outcome.failure = proved.cause;
        co_await show_page_in_tls(session, outcome, peeked, {.status = 502, .cause = proved.cause});
        co_return record(session, outcome);
    }
    if (!co_await begin_tls(session, outcome, peeked, proved.spoken))
        co_return record(session, outcome);
    ++env.counters.tunnels_inspected;
    lasts(env, outcome); // each request inside is decided by itself
    session.inside = &outcome.target;
    if (outcome.findings && outcome.findings->dialled)
        session.inside_as = &*outcome.findings->dialled;
    session.ready = std::move(upstream);
    if (net::speaks_http2(session.client.tls()))
        co_await serve_multiplexed(session);
    else
        co_await serve_requests(session);
    record(session, outcome);
}

} // namespace gatehouse::session
