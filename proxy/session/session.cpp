#include "proxy/session/session.hpp"

#include "proxy/detect/signals.hpp"
#include "proxy/http1/forward.hpp"
#include "proxy/http1/target.hpp"
#include "proxy/session/exchange.hpp"
#include "proxy/session/intercepted.hpp"
#include "proxy/session/tunnel.hpp"

namespace gatehouse::session {
namespace {

/// Borrows the worker's spare memory for one exchange.
class ScratchLease {
public:
    explicit ScratchLease(Environment& env)
        : env_(env)
        , scratch_(env.spare_scratch.take())
    {
    }
    ~ScratchLease() { env_.spare_scratch.give_back(std::move(scratch_)); }
    ScratchLease(ScratchLease const&) = delete;
    ScratchLease& operator=(ScratchLease const&) = delete;

    Scratch& operator*() { return *scratch_; }

private:
    Environment& env_;
    std::unique_ptr<Scratch> scratch_;
};

constexpr std::uint16_t https_port = 443; ///< of an intercepted connection: what comes must be TLS

enum class Heard : std::uint8_t { head, nothing, refused };

struct ReadHead {
    Heard heard = Heard::nothing;
    std::size_t size = 0;
    http1::Refusal refusal = http1::Refusal::none;
    bool timed_out = false;
};

/// Step 3. The deadline counts from the first byte of the head; before it the connection may idle.
net::task<ReadHead> read_head(Session& session, http1::RequestHead& head)
{
    auto const& deadlines = session.env.settings.deadlines;
    bool waiting = session.buffer.empty();
    if (waiting)
        session.client.idle_for(deadlines.keep_alive);
    else
        session.client.expire_after(deadlines.request_head);
    for (;;) {
        auto const status = http1::read_request_head(session.buffer.bytes(), head);
        if (status.kind == http1::HeadStatus::Kind::done) {
            session.client.no_deadline(); // it works now: whoever reads or writes next gives it time
            co_return ReadHead{Heard::head, status.size, {}, false};
        }
        if (status.kind == http1::HeadStatus::Kind::refused)
            co_return ReadHead{Heard::refused, 0, status.refusal, false};
        if (waiting && !session.buffer.empty()) {
            waiting = false;
            session.client.expire_after(deadlines.request_head);
        }
        auto const size = co_await session.client.read_some(session.buffer.prepare(4096));
        if (!size) {
            bool const late = size.error() == net::asio::error::timed_out && !session.buffer.empty();
            co_return ReadHead{late ? Heard::refused : Heard::nothing, 0, {}, late};
        }
        session.buffer.commit(*size);
    }
}

net::task<> refuse(
    Session& session, Outcome& outcome, unsigned status, std::string_view cause, http1::RequestHead const* head = nullptr)
{
    outcome.failure = cause;
    outcome.code = log::ResultCode::none_error;
    ++session.env.counters.refused;
    // A ClientHello or an SSH banner on the plain port: nothing of ours would be understood.
    if (cause != http1::to_text(http1::Refusal::not_http))
        co_await answer(session, outcome, {.status = status, .cause = cause}, head);
    record(session, outcome);
}

net::task<identity::SignInStatus> check_credentials(Session& session, http1::RequestHead const& head)
{
    auto& env = session.env;
    auto const now = env.clock.now().instant;
    auto const known = co_await env.sign_in.check(session.subject.address, head.proxy_authorization, now);
    if (known.status == identity::SignInStatus::proved) {
        session.subject.user = known.person.user;
        session.subject.role = known.person.role;
        session.subject.groups = known.person.groups;
        session.subject.confidence = policy::Confidence::password;
    }
    co_return known.status;
}

/// Step 2, again for each request: credentials may come with any of them, and a new policy may know the address differently.
/// Nothing: there are credentials to be checked.
std::optional<identity::SignInStatus> identify(Session& session, http1::RequestHead const& head)
{
    auto& env = session.env;
    refresh_subject(session);
    // Such a client knows of no proxy and can neither be asked nor prove anything; inside a tunnel its CONNECT has said who it is.
    if (session.intercepted || session.inside != nullptr)
        return identity::SignInStatus::proved;
    if (!head.proxy_authorization.empty())
        return std::nullopt;
    // A person proved earlier on this connection is not carried over to a request without credentials.
    if (session.subject.confidence > policy::Confidence::address)
        session.subject = env.policy->subject_at(session.subject.address);
    for (auto const& network : env.policy->networks)
        if (network.id == session.subject.network && network.asks_sign_in)
            return identity::SignInStatus::refused;
    return identity::SignInStatus::proved;
}

net::task<bool> refuse_sign_in(Session& session, Outcome& outcome, identity::SignInStatus status, http1::RequestHead const& head)
{
    outcome.code = log::ResultCode::tcp_denied;
    bool const asks = status == identity::SignInStatus::refused;
    outcome.failure = asks ? "sign-in-needed" : "sign-in-unavailable";
    bool const keep = head.keep_alive && head.framing == http1::Framing::none && !head.is_connect();
    OwnAnswer const own{.status = asks ? 407U : 503U,
        .cause = outcome.failure,
        .extra_fields = asks ? "Proxy-Authenticate: Basic realm=\"School network\", charset=\"UTF-8\"\r\n" : "",
        .keep_alive = keep};
    bool const alive = co_await answer(session, outcome, own, &head);
    record(session, outcome);
    co_return alive&& keep;
}

/// Step 4. The target is kept once, in the outcome: an open tunnel should hold little memory.
http1::Refusal name(Session const& session, http1::RequestHead const& head, Outcome& outcome)
{
    auto const resolved = name_target(session, head);
    outcome.named = resolved.refusal == http1::Refusal::none;
    if (outcome.named)
        outcome.target = resolved.target;
    return resolved.refusal;
}

/// What comes after a request.
struct Next {
    Next(bool another) // NOLINT: a plain word where nothing else is to be said
        : goes_on(another)
    {
    }
    explicit Next(std::unique_ptr<Outcome> of_tunnel)
        : goes_on(false)
        , tunnel(std::move(of_tunnel))
    {
    }

    bool goes_on;                    ///< false: the connection is done
    std::unique_ptr<Outcome> tunnel; ///< of a CONNECT that is still to be served
};

/// Steps 3 to 10 for one request; of a CONNECT up to step 6, so that its tunnel does not hold this coroutine's memory.
net::task<Next> serve_one(Session& session)
{
    auto& env = session.env;
    ScratchLease lease(env);
    auto& head = (*lease).request;
    auto const read = co_await read_head(session, head);
    if (read.heard == Heard::nothing)
        co_return false;
    Outcome outcome(env.ids.next());
    outcome.bytes_from_client = session.buffer.bytes().size();
    if (read.heard == Heard::refused) {
        if (read.timed_out)
            co_await refuse(session, outcome, 408, "request-timeout");
        else
            co_await refuse(session, outcome, http1::status_of(read.refusal), http1::to_text(read.refusal), &head);
        co_return false;
    }
    ++env.counters.requests;
    outcome.bytes_from_client = read.size;
    outcome.method = head.method;
    outcome.user_agent = head.find("User-Agent").value_or("");
    outcome.intent = intent_of(head);
    if (http1::is_loop(head, env.settings.pseudonym)) {
        co_await refuse(session, outcome, 508, http1::to_text(http1::Refusal::too_many_hops), &head);
        co_return false;
    }
    if (auto const refusal = name(session, head, outcome); refusal != http1::Refusal::none) { // step 4
        bool const elsewhere = session.inside != nullptr && refusal == http1::Refusal::host_mismatch;
        unsigned const status = elsewhere ? 421 : http1::status_of(refusal); // RFC 9110 §15.5.20
        co_await refuse(session, outcome, status, http1::to_text(refusal), &head);
        co_return false;
    }
    auto known = identify(session, head);
    if (!known)
        known = co_await check_credentials(session, head);
    // Whoever cannot sign in may need the portal's forms most.
    if (*known != identity::SignInStatus::proved && env.portal.holds(outcome.target)) {
        session.subject = env.policy->subject_at(session.subject.address);
        known = identity::SignInStatus::proved;
    }
    if (*known != identity::SignInStatus::proved) {
        bool const goes_on = co_await refuse_sign_in(session, outcome, *known, head);
        session.buffer.consume(read.size);
        co_return goes_on;
    }
    auto const now = env.clock.now();
    auto const signals = detect::signals_of(outcome.target, env.settings.connect_ports); // step 5
    decide(session, outcome, now, signals);                                              // step 6
    // Of a tunnel it is not known yet what it is for.
    if (!head.is_connect() && detect::may_be_alert(*outcome.policy, outcome.decision))
        report_alert(session, outcome);
    if (head.is_connect()) { // step 7b
        session.buffer.consume(read.size);
        outcome.method = "CONNECT";
        outcome.user_agent = {};
        co_return Next(std::make_unique<Outcome>(std::move(outcome)));
    }
    co_return co_await run_exchange(session, *lease, outcome, read.size); // steps 7 to 10
}

} // namespace

Session::Session(Environment& environment, net::Socket socket, policy::IpAddress const& peer)
    : env(environment)
    , client(std::move(socket), environment.wheel)
    , subject(environment.policy->subject_at(peer))
    , generation(environment.generation)
{
}

Session::Session(Session const& tunnel, net::ChannelPtr channel)
    : env(tunnel.env)
    , client(env.executor, std::move(channel), env.wheel)
    , subject(tunnel.subject)
    , generation(tunnel.generation)
    , inside(tunnel.inside)
    , inside_as(tunnel.inside_as)
    , is_stream(true)
{
}

void refresh_subject(Session& session)
{
    if (session.generation == session.env.generation)
        return;
    refresh_subject(session.subject, *session.env.policy);
    session.generation = session.env.generation;
}

http1::ResolvedTarget name_target(Session const& session, http1::RequestHead const& head)
{
    if (session.inside != nullptr)
        return http1::resolve_inner_target(head, *session.inside, session.inside_as);
    if (auto const& meant = session.intercepted)
        return http1::resolve_intercepted_target(head, meant->address, meant->port);
    return http1::resolve_target(head);
}

net::task<std::unique_ptr<Outcome>> serve_requests(Session& session)
{
    for (;;) { // as a condition of the loop, and with nothing behind it, g++ 12 makes an invalid instruction of the await
        auto next = co_await serve_one(session);
        if (!next.goes_on || session.is_stream || (session.env.end_after_answer && session.buffer.empty()))
            co_return std::move(next.tunnel);
        session.buffer.release();
    }
}

/// An open tunnel waits in here and in run_tunnel alone.
net::task<> serve(std::unique_ptr<Session> session, Entrance entrance)
{
    bool const is_explicit = entrance.arrival == net::Arrival::explicit_proxy;
    bool const known = is_explicit || find_destination(*session, entrance.arrival, entrance.port);
    std::unique_ptr<Outcome> tunnel;
    if (known && session->intercepted && session->intercepted->port == https_port)
        tunnel = outcome_of_intercepted(*session);
    else if (known)
        tunnel = co_await serve_requests(*session);
    if (tunnel)
        co_await run_tunnel(*session, std::move(tunnel));
    co_await session->client.close_gently();
}

} // namespace gatehouse::session
