#include "proxy/session/exchange.hpp"

#include "policy/self_check.hpp"
#include "policy/url_path.hpp"
#include "proxy/http1/forward.hpp"
#include "proxy/http1/limits.hpp"
#include "proxy/http1/target.hpp"
#include "proxy/portal/visitor_note.hpp"
#include "proxy/session/aliases.hpp"
#include "proxy/session/forwarding.hpp"
#include "proxy/session/websocket_gate.hpp"

#include <algorithm>

namespace gatehouse::session {
namespace {

static_assert(http1::limits::target_size <= policy::max_request_path, "a decision sees all of every URL");

bool is_idempotent(std::string_view method) // RFC 9110 §9.2.2, those without a body
{
    return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

bool may_use_port(Environment const& env, policy::Target const& target)
{
    bool const secure = target.scheme == policy::Scheme::https;
    auto const& ports = secure ? env.settings.connect_ports : env.settings.http_ports;
    return std::find(ports.begin(), ports.end(), target.port) != ports.end();
}

/// A body will move the buffer under the head: keep the head elsewhere and read it again there.
void detach_head(Session& session, Scratch& scratch, Outcome& outcome, std::size_t head_size)
{
    scratch.head_copy.assign(session.buffer.bytes().substr(0, head_size));
    session.buffer.consume(head_size);
    (void)http1::read_request_head(scratch.head_copy, scratch.request);
    outcome.target = name_target(session, scratch.request).target;
    outcome.method = scratch.request.method;
    outcome.user_agent = scratch.request.find("User-Agent").value_or("");
}

net::task<bool> answer_and_record(Session& session, Scratch& scratch, Outcome& outcome, OwnAnswer own)
{
    bool const body_left = scratch.request.framing != http1::Framing::none;
    own.keep_alive = scratch.request.keep_alive && !body_left && !session.env.draining;
    bool const alive = co_await answer(session, outcome, own, &scratch.request);
    record(session, outcome);
    co_return alive&& own.keep_alive;
}

net::task<bool> show_block_page(Session& session, Scratch& scratch, Outcome& outcome)
{
    ++session.env.counters.blocked;
    outcome.code = log::ResultCode::tcp_denied;
    report_incident(session, outcome);
    return answer_and_record(session, scratch, outcome, {.status = 403});
}

/// A test site that the policy leaves open: nothing stands behind it, so we say so ourselves.
net::task<bool> show_open_test(Session& session, Scratch& scratch, Outcome& outcome)
{
    return answer_and_record(session, scratch, outcome, {.status = 200, .cause = "test-page-open"});
}

net::task<bool> show_failure(Session& session, Scratch& scratch, Outcome& outcome, unsigned status, std::string_view cause)
{
    ++session.env.counters.upstream_failures;
    outcome.failure = cause;
    return answer_and_record(session, scratch, outcome, {.status = status, .cause = cause});
}

/// What either side sent right behind the handshake. False: nothing goes on.
net::task<bool> relay_early_bytes(Attempt& attempt)
{
    auto& client = attempt.session.client;
    auto& from_client = attempt.session.buffer;
    auto& to_client = attempt.upstream.buffer;
    auto* const watch = attempt.watch;
    if (watch != nullptr && (!watch->from_client(from_client.bytes()) || !watch->to_client(to_client.bytes())))
        co_return false;
    if (!from_client.empty() && !co_await attempt.upstream.stream.write(from_client.bytes()))
        co_return false;
    from_client.consume(from_client.bytes().size());
    if (!to_client.empty() && !co_await client.write(to_client.bytes()))
        co_return false;
    attempt.outcome.bytes_to_client += to_client.bytes().size();
    to_client.consume(to_client.bytes().size());
    co_return true;
}

/// 101: what either side sent already goes first, then bytes pass both ways until the end or until the policy says otherwise.
net::task<> relay_upgraded(Attempt& attempt)
{
    auto& session = attempt.session;
    auto& env = session.env;
    keep_names(attempt.outcome, attempt.upstream.aliases);
    OpenTunnel const open(env.tunnels, session, attempt.outcome, attempt.upstream.stream);
    if (attempt.watch == nullptr) // who reads along decides by the policy
        lasts(env, attempt.outcome);
    attempt.upstream.stream.expire_after(env.settings.deadlines.body_idle);
    bool const goes_on = co_await relay_early_bytes(attempt);
    if (goes_on) {
        auto const result = co_await net::relay(
            session.client, attempt.upstream.stream, env.relay_buffer, env.settings.deadlines.tunnel_idle, attempt.watch);
        attempt.outcome.bytes_to_client += result.counts.to_client;
        attempt.outcome.bytes_from_client += result.counts.from_client;
    }
    if (open.ended_by_policy())
        attempt.outcome.failure = "ended-by-policy";
    else if (attempt.watch != nullptr && attempt.outcome.decision.verdict == policy::Verdict::block)
        attempt.outcome.failure = "closed-by-content";
}

/// Of what a page said, whether that closed it or not.
void tell_of_page(Session& session, Outcome const& outcome)
{
    if (outcome.decision.stage == policy::Stage::content || outcome.worth_telling)
        report_alert(session, outcome);
}

net::task<bool> finish_upgraded(Attempt& attempt)
{
    co_await relay_upgraded(attempt);
    tell_of_page(attempt.session, attempt.outcome);
    record(attempt.session, attempt.outcome);
    co_return false;
}

net::task<bool> finish_failed(Session& session, Scratch& scratch, Attempt& attempt)
{
    auto& outcome = attempt.outcome;
    tell_of_page(session, outcome);
    bool const by_decision = attempt.closed_by_content && outcome.decision.verdict == policy::Verdict::block;
    if (!attempt.response_started && by_decision)
        co_return co_await show_block_page(session, scratch, outcome);
    bool const hears = attempt.error != "client-closed" && attempt.error != "ended-by-policy";
    if (!attempt.response_started && hears)
        co_return co_await show_failure(session, scratch, outcome, attempt.error_status, attempt.error);
    outcome.failure = attempt.error;
    outcome.code = log::ResultCode::tcp_aborted;
    // Half an answer must not look like a whole one: the connection is reset, not closed.
    error_code ignored;
    session.client.socket().set_option(net::asio::socket_base::linger(true, 0), ignored);
    session.client.close();
    record(session, outcome);
    co_return false;
}

net::Origin origin_of(Outcome const& outcome)
{
    return origin_of(outcome, outcome.target.scheme == policy::Scheme::https ? net::Security::tls : net::Security::plain);
}

/// Who gives up a request over HTTP/2 says so at once, which a waiting upstream need not find out by itself.
class EndTogether {
public:
    EndTogether(net::Stream& client, net::Stream& upstream)
        : client_(client)
    {
        client.end_with(&upstream);
    }
    ~EndTogether() { client_.end_with(nullptr); }
    EndTogether(EndTogether const&) = delete;
    EndTogether& operator=(EndTogether const&) = delete;

private:
    net::Stream& client_;
};

/// A request to the portal: few of one client at a time, since the portal takes only so many connections and sees in all of them the gateway.
class PortalVisit {
public:
    explicit PortalVisit(Session& session)
        : share_(session.env.portal_visits, session.subject.address)
        , welcome_(share_.take(most_portal_visits))
    {
    }
    ~PortalVisit()
    {
        if (welcome_)
            share_.give_back();
    }
    PortalVisit(PortalVisit const&) = delete;
    PortalVisit& operator=(PortalVisit const&) = delete;
    bool is_welcome() const { return welcome_; }

private:
    static constexpr std::size_t most_portal_visits = 8; // a worker; browsers open six connections to a site

    http2::ClientStreams::Share share_;
    bool welcome_;
};

/// A connection to the origin that is there already: the one that was found for this tunnel, or a kept one; with HTTP/2 a stream on one. `fresh`:
/// none that others used before.
std::unique_ptr<net::Upstream> take_open(Session& session, net::Origin const& origin, bool fresh)
{
    auto& env = session.env;
    if (auto ready = std::move(session.ready); ready && !(fresh && ready->reused))
        return ready;
    if (fresh)
        return nullptr;
    if (origin.versions == net::Versions::http1_and_2) {
        if (auto opened = env.origins.open(origin, session.subject.address))
            return opened;
    }
    return env.pool.take(origin);
}

net::task<net::Acquired> connect(Session& session, Outcome& outcome, net::Origin origin)
{
    auto& env = session.env;
    BeforeDialling judge{session, outcome};
    bool const judged = !env.portal.holds(outcome.target);
    auto acquired = co_await env.pool.acquire(origin, true, judged ? &judge : nullptr);
    bool const two = origin.versions == net::Versions::http1_and_2;
    if (two && acquired.upstream && net::speaks_http2(acquired.upstream->stream.tls()))
        acquired.upstream
            = env.origins.adopt(origin, std::move(acquired.upstream), session.subject.address)->open(session.subject.address);
    co_return acquired;
}

/// Steps 8 and 9. A connection taken from the pool may have died unseen: then once more on a new one, if that is safe.
net::task<bool> forward_request(Session& session, Scratch& scratch, Outcome& outcome)
{
    auto& env = session.env;
    auto const& request = scratch.request;
    bool const to_portal = env.portal.holds(outcome.target);
    auto origin = to_portal ? net::Origin{outcome.target.host, env.portal.port, net::Security::plain, &env.portal.bound}
                            : origin_of(outcome);
    // A WebSocket needs a connection of its own (RFC 6455), whatever the client opened it on.
    if (session.client.is_multiplexed() && !request.wants_websocket)
        origin.versions = net::Versions::http1_and_2;
    std::optional<PortalVisit> visit;
    if (to_portal && !visit.emplace(session).is_welcome())
        co_return co_await show_failure(session, scratch, outcome, 503, "gateway-busy");
    auto const watch = request.wants_websocket ? WebsocketGate::make(session, outcome) : nullptr;
    auto const visitor = to_portal
        ? portal::visitor_field(session.subject.address, env.clock.now().instant.time_since_epoch().count())
        : std::string{};
    bool const may_retry = is_idempotent(request.method) && request.framing == http1::Framing::none;
    for (bool fresh = !may_retry && request.framing != http1::Framing::none;; fresh = true) {
        net::Acquired acquired{{}, take_open(session, origin, fresh)};
        if (!acquired.upstream)
            acquired = co_await connect(session, outcome, origin);
        if (!acquired.upstream && !outcome.is_by_alias()) {
            outcome.code = log::ResultCode::tcp_miss;
            co_return co_await show_failure(session, scratch, outcome, status_of_failure(acquired.failure), acquired.failure);
        }
        outcome.upstream = acquired.upstream ? acquired.upstream->address : policy::IpAddress{};
        if (outcome.is_by_alias()
            || (!to_portal && closed_by_name(session, outcome, leads_to(acquired.upstream->aliases, {&outcome.upstream, 1}))))
            co_return co_await show_block_page(session, scratch, outcome);
        scratch.to_upstream.clear();
        http1::append_request_head(scratch.to_upstream, request, outcome.target,
            {.pseudonym = env.settings.pseudonym,
                .websocket = request.wants_websocket,
                .plain_websocket = watch != nullptr,
                .extra_fields = visitor});
        Attempt attempt{session, scratch, outcome, *acquired.upstream, watch.get(), to_portal};
        {
            EndTogether const together(session.client, acquired.upstream->stream);
            co_await forward(attempt);
        }
        if (session.client.is_given_up() && !attempt.response_done)
            attempt.error = "client-closed";
        if (attempt.error == "upstream-closed" && acquired.upstream->reused && may_retry && !attempt.heard_upstream)
            continue;
        if (!attempt.error.empty())
            co_return co_await finish_failed(session, scratch, attempt);
        if (attempt.upgraded)
            co_return co_await finish_upgraded(attempt);
        tell_of_page(session, outcome);
        record(session, outcome);
        if (attempt.upstream_keeps)
            env.pool.release(origin, std::move(acquired.upstream));
        co_return attempt.client_keeps;
    }
}

} // namespace

net::Origin origin_of(Outcome const& outcome, net::Security security)
{
    auto const& target = outcome.target;
    auto const& dialled = policy::host_to_dial(*outcome.policy, outcome.decision, target);
    return {target.host, target.port, security, &dialled == &target.host ? nullptr : &dialled};
}

net::task<bool> run_exchange(Session& session, Scratch& scratch, Outcome& outcome, std::size_t head_size)
{
    // A body moves the buffer; after an upgrade what is left in it belongs to the other protocol.
    bool const detached = scratch.request.framing != http1::Framing::none || scratch.request.wants_websocket;
    if (detached)
        detach_head(session, scratch, outcome, head_size);
    bool const portal = session.env.portal.holds(outcome.target); // its forms must work for everyone, whatever the policy says
    bool keeps = false;
    if (outcome.decision.verdict == policy::Verdict::block && !portal)
        keeps = co_await show_block_page(session, scratch, outcome);
    else if (!portal && !may_use_port(session.env, outcome.target))
        keeps = co_await show_failure(session, scratch, outcome, 403, "port-not-allowed");
    else if (policy::is_self_check(outcome.target.host))
        keeps = co_await show_open_test(session, scratch, outcome);
    else {
        if (outcome.decision.term_list != policy::none)
            report_incident(session, outcome);
        keeps = co_await forward_request(session, scratch, outcome);
    }
    if (!detached)
        session.buffer.consume(head_size);
    co_return keeps;
}

} // namespace gatehouse::session
