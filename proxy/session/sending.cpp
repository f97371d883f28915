#include "proxy/http1/forward.hpp"
#include "proxy/session/both_sides.hpp"
#include "proxy/session/prompt_gate.hpp"

namespace gatehouse::session {
namespace {

/// Holds a request body to the minimum rate. Only waiting for the client counts: a slow origin does not make its clients look slow.
class BodyPace {
public:
    explicit BodyPace(Environment const& env)
        : wheel_(env.wheel)
        , rate_(env.settings.limits.body_rate)
        , grace_(env.settings.deadlines.body_grace)
        , idle_(env.settings.deadlines.body_idle)
    {
    }

    /// Sets the deadline of the next read. False: the body is too slow already.
    bool begin_wait(net::Stream& client)
    {
        began_ = wheel_.now();
        if (rate_ == 0) {
            client.expire_after(idle_);
            return true;
        }
        auto const left = grace_ + std::chrono::seconds{size_ / rate_} - waited_;
        client.expire_after(std::min<std::chrono::milliseconds>(idle_, left));
        return left > std::chrono::milliseconds::zero();
    }

    void end_wait(std::size_t received)
    {
        waited_ += wheel_.now() - began_;
        size_ += received;
    }

private:
    net::DeadlineWheel const& wheel_;
    std::size_t rate_;
    std::chrono::milliseconds grace_, idle_, began_{}, waited_{};
    std::size_t size_ = 0;
};

/// What waits in `to_upstream`. False: the origin takes no more.
net::task<bool> send_waiting(Attempt& attempt)
{
    auto& out = attempt.scratch.to_upstream;
    attempt.upstream.stream.expire_after(attempt.session.env.settings.deadlines.response_head);
    auto const sent = co_await attempt.upstream.stream.write(out);
    out.clear();
    co_return sent.has_value();
}

/// What the person wrote is read before it goes on. False: it is not for that service.
bool is_fit(Attempt& attempt, PromptGate& gate, bool complete)
{
    if (complete)
        gate.finish();
    if (gate.is_fit(attempt.outcome))
        return true;
    attempt.closed_by_content = true;
    attempt.fail(502, attempt.outcome.failure.empty() ? "closed-by-content" : attempt.outcome.failure);
    return false;
}

} // namespace

net::task<> send_request(Attempt& attempt)
{
    auto& session = attempt.session;
    auto& head = attempt.scratch.request;
    auto& out = attempt.scratch.to_upstream;
    http1::BodyReader body(head.framing, head.content_length, http1::BodyReader::Side::request);
    bool const chunked = head.framing == http1::Framing::chunked;
    BodyPace pace(session.env);
    auto const gate = PromptGate::make(session, attempt.outcome, head);
    if (gate && !co_await send_waiting(attempt))
        co_return;
    for (;;) {
        auto refusal = http1::Refusal::none;
        auto const used = append_body(out, body, session.buffer.bytes(), chunked, refusal, [&](std::string_view data) {
            if (gate)
                gate->add(data);
        });
        session.buffer.consume(used);
        attempt.outcome.bytes_from_client += used;
        if (refusal != http1::Refusal::none) {
            attempt.fail(http1::status_of(refusal), http1::to_text(refusal));
            break;
        }
        if (gate && !is_fit(attempt, *gate, body.done()))
            break;
        bool const holds = gate && !body.done() && gate->holds(out.size());
        if (!holds && !co_await send_waiting(attempt))
            co_return; // the origin may have answered before it closed: the response tells
        if (body.done()) {
            attempt.request_done = true;
            co_return;
        }
        if (attempt.request_unwanted)
            co_return;
        if (!pace.begin_wait(session.client)) {
            attempt.fail(408, "request-timeout");
            break;
        }
        if (holds)
            session.client.expire_after(gate->time_left());
        auto const size = co_await session.client.read_some(session.buffer.prepare(body_read_size));
        if (attempt.request_unwanted)
            co_return;
        pace.end_wait(size ? *size : 0);
        if (!size && holds && is_timeout(size.error())) { // the sender takes its time: what it said so far goes on
            gate->let_go();
            continue;
        }
        if (!size) {
            attempt.fail(is_timeout(size.error()) ? 408 : 400, is_timeout(size.error()) ? "request-timeout" : "client-closed");
            break;
        }
        session.buffer.commit(*size);
    }
    attempt.upstream.stream.abort();
}

} // namespace gatehouse::session
