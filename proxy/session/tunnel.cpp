#include "proxy/session/tunnel.hpp"

#include "policy/self_check.hpp"
#include "proxy/detect/signals.hpp"
#include "proxy/http1/head.hpp"
#include "proxy/net/relay.hpp"
#include "proxy/session/aliases.hpp"
#include "proxy/session/inspected.hpp"
#include "proxy/session/page_in_tls.hpp"
#include "proxy/session/trust_check.hpp"
#include "proxy/tls/peek.hpp"

#include <algorithm>

namespace gatehouse::session {
namespace {

constexpr std::string_view established = "HTTP/1.1 200 Connection established\r\n\r\n";
/// Of a test site where its page cannot be shown inside TLS.
constexpr std::string_view test_needs_http = "test-page-needs-http";

net::task<> refuse_connect(Session& session, Outcome& outcome, unsigned status, std::string_view cause)
{
    outcome.failure = cause;
    co_await answer(session, outcome, {.status = status, .cause = cause}, nullptr);
    record(session, outcome);
}

bool blocked(Outcome const& outcome)
{
    return outcome.decision.verdict == policy::Verdict::block;
}

/// Of a visit, once it is known what the tunnel is for. One that asked for nothing was opened by the browser in case it would be needed.
void tell_of_visit(Session& session, Outcome const& outcome)
{
    if (detect::may_be_alert(*outcome.policy, outcome.decision) && outcome.failure != "no-request-in-tls")
        report_alert(session, outcome);
}

/// The page inside TLS where the school's CA is in use, otherwise with the 403 (browsers show only their own words then).
net::task<> block_connect(Session& session, Outcome& outcome)
{
    ++session.env.counters.blocked;
    outcome.code = log::ResultCode::tcp_denied;
    if (outcome.decision.tls == policy::TlsAction::bump && session.env.issuer != nullptr) {
        session.client.expire_after(session.env.settings.deadlines.client_hello);
        if (co_await session.client.write(established)) {
            outcome.status = 200;
            auto const peeked = co_await tls::peek_client_hello(session.client, session.buffer);
            co_await show_page_in_tls(session, outcome, peeked);
        }
    } else {
        co_await answer(session, outcome, {.status = 403}, nullptr);
    }
    report_incident(session, outcome);
    tell_of_visit(session, outcome);
    record(session, outcome);
}

detect::TunnelStart start_of(tls::Peeked const& peeked)
{
    detect::TunnelStart start;
    start.protocol = peeked.protocol;
    start.silent = peeked.protocol == detect::Protocol::need_more;
    if (peeked.hello) {
        start.has_hello = true;
        start.has_server_name = peeked.hello->has_server_name;
        start.server_name = peeked.hello->server_name;
        start.offers_ech = peeked.hello->offers_ech;
    }
    return start;
}

/// The name that the hello asks for, if it has one.
std::optional<policy::Host> name_in(tls::Peeked const& peeked)
{
    if (!peeked.hello || !peeked.hello->has_server_name)
        return std::nullopt;
    auto const name = policy::Host::parse(peeked.hello->server_name);
    return name && !name->is_address() ? std::optional{*name} : std::nullopt;
}

/// Decides again with what the ClientHello says. Names must agree; a tunnel to a bare address goes on as one to the name that the hello gives,
/// since whatever its rules are must hold for it, and what stands at the address need not be what is called so.
void judge_hello(Session& session, Outcome& outcome, tls::Peeked const& peeked)
{
    auto& env = session.env;
    auto const signals = detect::signals_of(outcome.target, env.settings.connect_ports, start_of(peeked));
    auto const name = name_in(peeked);
    bool const bare = outcome.target.host.is_address();
    bool const names_another = name && *name != outcome.target.host;
    if (names_another)
        outcome.found().sni = name->text();
    auto const now = env.clock.now();
    refresh_subject(session); // a hello may take seconds to come
    decide(session, outcome, now, signals);
    if (blocked(outcome))
        return;
    if (names_another) {
        auto target = outcome.target;
        target.host = *name;
        auto const by_name = policy::decide(*env.policy, {session.subject, target, now, signals});
        bool const closed = by_name.verdict == policy::Verdict::block;
        if (closed || bare) {
            if (bare)
                outcome.found().dialled = outcome.target.host;
            outcome.decision = by_name;
            outcome.target = target;
        }
        if (closed)
            return;
    }
    // An address has no name to agree with: there the rules about address literals and signals decide.
    bool const differs = signals.has(policy::Signal::sni_mismatch) && !bare;
    if (differs || peeked.malformed)
        outcome.failure = differs ? "sni-mismatch" : "malformed-client-hello";
    else if (outcome.target.port == 443 && peeked.protocol == detect::Protocol::need_more)
        outcome.failure = "no-client-hello";
}

/// The same where the name is dialled already: what it leads to is held against a policy that was published since. Where an address was dialled
/// and the hello gives a name, that is left behind: it says nothing about the name.
void judge_hello(Session& session, Outcome& outcome, tls::Peeked const& peeked, net::Dialed const& dialed)
{
    bool const bare = outcome.target.host.is_address();
    judge_hello(session, outcome, peeked);
    if (outcome.failure.empty() && !bare)
        closed_by_name(session, outcome, leads_to(dialed.aliases, {&dialed.address, 1}));
}

void note_end(Session& session, Outcome& outcome, net::RelayResult const& result)
{
    outcome.bytes_to_client += result.counts.to_client;
    outcome.bytes_from_client += result.counts.from_client;
    if (result.end == net::RelayEnd::failed)
        outcome.failure = "connection-reset";
    if (result.end == net::RelayEnd::finished)
        session.client.close(); // both sides have said their last: nothing to wait for
}

/// No coroutine of its own: each tunnel would pay for it. Lifetime: the judge outlives the answer.
net::task<net::Dialed> dial(Session& session, Outcome const& outcome, BeforeDialling& judge)
{
    auto const& host = policy::host_to_dial(*outcome.policy, outcome.decision, outcome.target);
    return session.env.dialer.dial(host, outcome.target.port, &judge);
}

std::unique_ptr<net::Upstream> upstream_of(Session& session, net::Dialed& dialed)
{
    auto upstream = std::make_unique<net::Upstream>(std::move(*dialed.socket), session.env.wheel, dialed.address);
    upstream->aliases = std::move(dialed.aliases);
    return upstream;
}

/// What is relayed to, with the other names of the site.
std::unique_ptr<net::Stream> relayed(Session& session, Outcome& outcome, net::Dialed& dialed)
{
    keep_names(outcome, std::move(dialed.aliases));
    return std::make_unique<net::Stream>(std::move(*dialed.socket), session.env.wheel);
}

/// What is allowed and to be looked into. Without a CA of the school nothing can be: then the name alone decides, as for devices without it.
bool is_inspected(Session const& session, Outcome const& outcome, tls::Peeked const& peeked)
{
    return outcome.decision.tls == policy::TlsAction::bump && session.env.issuer != nullptr && peeked.hello.has_value();
}

/// A port other than 443 may carry a protocol in which the server speaks first: then there is no hello to wait for.
net::task<tls::Peeked> peek(Session& session, Outcome const& outcome)
{
    auto const& deadlines = session.env.settings.deadlines;
    bool const web = outcome.target.port == 443;
    session.client.expire_after(web ? deadlines.client_hello : std::min(deadlines.client_hello, deadlines.server_first));
    return tls::peek_client_hello(session.client, session.buffer);
}

net::task<> run_trust_check(Session& session, Outcome& outcome)
{
    session.client.expire_after(session.env.settings.deadlines.body_idle);
    if (!co_await session.client.write(established))
        co_return record(session, outcome);
    auto const peeked = co_await peek(session, outcome);
    co_await answer_trust_check(session, outcome, peeked);
}

/// After the hello: nothing is relayed. The page is shown inside TLS where the client can trust it.
net::task<> refuse_hello(Session& session, Outcome& outcome, tls::Peeked const& peeked)
{
    outcome.code = log::ResultCode::tcp_denied;
    ++session.env.counters.blocked;
    report_incident(session, outcome, peeked.protocol);
    if (blocked(outcome) && outcome.decision.tls == policy::TlsAction::bump && session.env.issuer != nullptr)
        co_await show_page_in_tls(session, outcome, peeked);
    tell_of_visit(session, outcome);
    record(session, outcome);
}

/// A test site that is open: nothing stands behind it, so nobody is asked for its name and nothing is dialled. The client has had its 200 and
/// has said its hello: the page goes inside TLS where the client trusts us.
net::task<> finish_test(Session& session, Outcome& outcome, tls::Peeked const& peeked)
{
    if (blocked(outcome) || !outcome.failure.empty())
        co_return co_await refuse_hello(session, outcome, peeked);
    if (is_inspected(session, outcome, peeked))
        co_await show_page_in_tls(session, outcome, peeked, {.status = 200, .cause = "test-page-open"});
    else
        outcome.failure = test_needs_http;
    record(session, outcome);
}

net::task<> run_test_tunnel(Session& session, Outcome& outcome)
{
    if (outcome.decision.tls != policy::TlsAction::bump || session.env.issuer == nullptr)
        co_return co_await refuse_connect(session, outcome, 421, test_needs_http);
    session.client.expire_after(session.env.settings.deadlines.body_idle);
    if (!co_await session.client.write(established))
        co_return record(session, outcome);
    outcome.status = 200;
    auto const peeked = co_await peek(session, outcome);
    judge_hello(session, outcome, peeked);
    co_await finish_test(session, outcome, peeked);
}

/// What the hello's name leads to, once it was judged. What it returns is to be relayed; null: the tunnel is over.
net::task<std::unique_ptr<net::Stream>> open_by_hello(Session& session, Outcome& outcome, tls::Peeked const& peeked)
{
    auto& env = session.env;
    if (is_trust_check(session, outcome)) {
        co_await answer_trust_check(session, outcome, peeked);
        co_return nullptr;
    }
    if (blocked(outcome) || !outcome.failure.empty()) {
        co_await refuse_hello(session, outcome, peeked);
        co_return nullptr;
    }
    if (policy::is_self_check(outcome.target.host)) {
        co_await finish_test(session, outcome, peeked);
        co_return nullptr;
    }
    if (peeked.closed) {
        record(session, outcome);
        co_return nullptr;
    }
    BeforeDialling judge{session, outcome};
    auto dialed = co_await dial(session, outcome, judge); // step 8
    if (!dialed.socket && !outcome.is_by_alias()) {
        ++env.counters.upstream_failures;
        outcome.failure = dialed.failure;
        record(session, outcome);
        co_return nullptr;
    }
    outcome.upstream = dialed.address;
    if (outcome.is_by_alias()) {
        co_await refuse_hello(session, outcome, peeked);
        co_return nullptr;
    }
    outcome.status = 200;
    if (!is_inspected(session, outcome, peeked))
        co_return relayed(session, outcome, dialed);
    co_await run_inspected(session, outcome, peeked, upstream_of(session, dialed));
    co_return nullptr;
}

/// Dials and hears the hello. What it returns is to be relayed; null: the tunnel is over. A coroutine of its own, whose memory is given back
/// before the tunnel idles.
net::task<std::unique_ptr<net::Stream>> open_tunnel(Session& session, Outcome& outcome)
{
    auto& env = session.env;
    BeforeDialling judge{session, outcome};
    auto dialed = co_await dial(session, outcome, judge); // step 8
    if (!dialed.socket && !outcome.is_by_alias()) {
        ++env.counters.upstream_failures;
        co_await refuse_connect(session, outcome, status_of_failure(dialed.failure), dialed.failure);
        co_return nullptr;
    }
    outcome.upstream = dialed.address;
    if (outcome.is_by_alias()) {
        co_await block_connect(session, outcome);
        co_return nullptr;
    }
    session.client.expire_after(env.settings.deadlines.body_idle);
    if (!co_await session.client.write(established)) {
        record(session, outcome);
        co_return nullptr;
    }
    outcome.status = 200;
    auto const peeked = co_await peek(session, outcome);
    bool const bare = outcome.target.host.is_address();
    judge_hello(session, outcome, peeked, dialed);
    if (bare && !outcome.target.host.is_address()) {
        dialed.socket.reset();
        outcome.upstream = {}; // nothing of it was carried
        co_return co_await open_by_hello(session, outcome, peeked);
    }
    if (blocked(outcome) || !outcome.failure.empty()) {
        co_await refuse_hello(session, outcome, peeked);
    } else if (is_inspected(session, outcome, peeked)) {
        co_await run_inspected(session, outcome, peeked, upstream_of(session, dialed));
    } else if (!peeked.closed) {
        co_return relayed(session, outcome, dialed);
    } else {
        record(session, outcome);
    }
    co_return nullptr;
}

/// The same for an intercepted connection, which begins with the hello.
net::task<std::unique_ptr<net::Stream>> open_intercepted(Session& session, Outcome& outcome)
{
    auto const peeked = co_await peek(session, outcome);
    if (auto const name = name_in(peeked))
        outcome.target.host = *name;
    judge_hello(session, outcome, peeked);
    co_return co_await open_by_hello(session, outcome, peeked);
}

bool may_connect(Session const& session, Outcome const& outcome)
{
    auto const& ports = session.env.settings.connect_ports;
    return std::find(ports.begin(), ports.end(), outcome.target.port) != ports.end();
}

/// To a CONNECT that gets no tunnel to a site.
net::task<std::unique_ptr<net::Stream>> answer_instead(Session& session, Outcome& outcome)
{
    if (is_trust_check(session, outcome)) {
        co_await run_trust_check(session, outcome);
    } else if (blocked(outcome)) {
        co_await block_connect(session, outcome);
    } else if (!may_connect(session, outcome)) {
        outcome.code = log::ResultCode::tcp_denied;
        report_incident(session, outcome);
        co_await refuse_connect(session, outcome, 403, "port-not-allowed");
    } else {
        co_await run_test_tunnel(session, outcome);
    }
    co_return nullptr;
}

/// By the way that the connection came. What it gives is to be relayed; null: the tunnel is over.
net::task<std::unique_ptr<net::Stream>> open(Session& session, Outcome& outcome)
{
    if (!outcome.decided)
        return open_intercepted(session, outcome);
    bool const is_ours = is_trust_check(session, outcome) || policy::is_self_check(outcome.target.host);
    if (!is_ours && !blocked(outcome) && may_connect(session, outcome))
        return open_tunnel(session, outcome);
    return answer_instead(session, outcome);
}

} // namespace

std::unique_ptr<Outcome> outcome_of_intercepted(Session& session)
{
    ++session.env.counters.requests;
    auto outcome = std::make_unique<Outcome>(session.env.ids.next());
    outcome->method = "CONNECT"; // as readers of proxy logs expect it
    outcome->target
        = {policy::Scheme::tunnel, policy::Host::from_address(session.intercepted->address), session.intercepted->port, {}};
    outcome->named = true;
    return outcome;
}

/// One coroutine until the end, and only what it needs then: an idle tunnel should hold little memory.
net::task<> run_tunnel(Session& session, std::unique_ptr<Outcome> outcome)
{
    auto& env = session.env;
    outcome->code = log::ResultCode::tcp_tunnel;
    auto opening = open(session, *outcome);
    auto const upstream = co_await std::move(opening);
    if (!upstream)
        co_return;
    OpenTunnel const listed(env.tunnels, session, *outcome, *upstream);
    tell_of_visit(session, *outcome);
    lasts(env, *outcome);
    ++env.counters.tunnels_open;
    upstream->expire_after(env.settings.deadlines.body_idle);
    outcome->bytes_from_client += session.buffer.bytes().size();
    auto const sent = co_await upstream->write(session.buffer.bytes());
    session.buffer = {};
    if (sent) {
        auto const result = co_await net::relay(session.client, *upstream, env.relay_buffer, env.settings.deadlines.tunnel_idle);
        note_end(session, *outcome, result);
    }
    --env.counters.tunnels_open;
    if (listed.ended_by_policy()) {
        ++env.counters.tunnels_ended_by_policy;
        outcome->failure = "ended-by-policy";
    }
    record(session, *outcome);
}

} // namespace gatehouse::session
