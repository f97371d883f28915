#include "proxy/session/page_in_tls.hpp"

namespace gatehouse::session {

net::task<bool> read_inner_head(Session& session, http1::RequestHead& head)
{
    session.client.expire_after(session.env.settings.deadlines.request_head);
    for (;;) {
        auto const status = http1::read_request_head(session.buffer.bytes(), head);
        if (status.kind == http1::HeadStatus::Kind::done)
            co_return true;
        if (status.kind == http1::HeadStatus::Kind::refused)
            co_return false;
        auto const size = co_await session.client.read_some(session.buffer.prepare(4096));
        if (!size)
            co_return false;
        session.buffer.commit(*size);
    }
}

net::task<bool> begin_tls(Session& session, Outcome& outcome, tls::Peeked const& peeked, net::Versions versions)
{
    if (!peeked.hello) {
        outcome.failure = "no-tls-for-page";
        co_return false;
    }
    // The name that the browser checks is the one it sent; without SNI it is the authority's.
    auto const named = policy::Host::parse(peeked.hello->server_name);
    auto const context = session.env.issuer->context_for(named ? *named : outcome.target.host);
    if (!context) {
        outcome.failure = "no-leaf";
        co_return false;
    }
    std::string const hello{session.buffer.bytes()};
    session.buffer.consume(hello.size());
    session.client.expire_after(session.env.settings.deadlines.handshake);
    auto const accepted = co_await session.client.accept_tls(*context, hello, versions);
    if (!accepted)
        outcome.failure = "client-rejects-ca";
    co_return accepted.has_value();
}

net::task<> show_page_in_tls(Session& session, Outcome& outcome, tls::Peeked const& peeked, OwnAnswer own)
{
    auto const cause = outcome.failure;
    if (!co_await begin_tls(session, outcome, peeked, net::Versions::http1))
        co_return;
    auto head = std::make_unique<http1::RequestHead>();
    if (!co_await read_inner_head(session, *head)) {
        outcome.failure = cause.empty() ? "no-request-in-tls" : cause;
        co_return;
    }
    outcome.intent = intent_of(*head);
    co_await answer(session, outcome, own, head.get());
}

} // namespace gatehouse::session
