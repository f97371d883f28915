#include "proxy/http1/forward.hpp"
#include "proxy/session/aliases.hpp"
#include "proxy/session/both_sides.hpp"
#include "proxy/session/content_gate.hpp"
#include "proxy/session/file_gate.hpp"
#include "proxy/session/open_tunnels.hpp"

namespace gatehouse::session {
namespace {

constexpr std::size_t head_read_size = 16 * 1024;

/// Reads up to the final response head; interim ones go to the client. Empty: done, otherwise the reason code.
net::task<std::string_view> read_final_head(Attempt& attempt, std::size_t& head_size)
{
    auto& session = attempt.session;
    auto& upstream = attempt.upstream;
    auto& head = attempt.scratch.response;
    auto const& request = attempt.scratch.request;
    http1::ResponseContext const context{request.method == "HEAD", request.wants_websocket};
    unsigned interim = 0;
    unsigned deviations = 0;
    bool continued = false;
    for (;;) {
        auto const status
            = http1::read_response_head(upstream.buffer.bytes(), context, head, attempt.scratch.normalised, deviations);
        if (status.kind == http1::HeadStatus::Kind::refused)
            co_return http1::to_text(status.refusal);
        if (status.kind == http1::HeadStatus::Kind::need_more) {
            auto const size = co_await upstream.stream.read_some(upstream.buffer.prepare(head_read_size));
            if (!size)
                co_return is_timeout(size.error()) ? "upstream-timeout" : "upstream-closed";
            upstream.buffer.commit(*size);
            attempt.heard_upstream = true;
            continue;
        }
        head_size = status.size;
        if (head.status >= 200 || head.status == 101)
            co_return std::string_view{};
        if (++interim > http1::limits::interim_responses)
            co_return http1::to_text(http1::Refusal::bad_response);
        bool const wanted = head.status == 100 ? request.expects_continue && !std::exchange(continued, true) : true;
        if (wanted && request.minor_version >= 1) {
            attempt.scratch.to_client.clear();
            http1::append_interim_head(attempt.scratch.to_client, head);
            session.client.expire_after(session.env.settings.deadlines.body_idle);
            if (!co_await session.client.write(attempt.scratch.to_client))
                co_return "client-closed";
        }
        upstream.buffer.consume(status.size);
    }
}

struct ResponsePump {
    Attempt& attempt;
    http1::BodyReader body;
    bool chunked;                      ///< towards the client
    bool plain;                        ///< data passes as it is: no chunk syntax on either side, and nobody reads it
    std::unique_ptr<ContentGate> gate; ///< reads along; null if nobody does
    std::unique_ptr<FileGate> file;    ///< knows what is fetched; null if nobody wants to know

    /// Nothing is sent as long as that is not known to be right.
    bool holds() const { return (gate && gate->holds(attempt.scratch.to_client.size())) || (file && file->looks()); }
    /// That is waited for, and not for long.
    bool waits() const { return (gate && gate->holds(attempt.scratch.to_client.size())) || (file && file->waits()); }
    /// Until one of them has waited long enough.
    std::chrono::milliseconds time_left() const
    {
        bool const reads = gate && gate->holds(attempt.scratch.to_client.size());
        auto const longest = std::chrono::milliseconds::max();
        return std::min(reads ? gate->time_left() : longest, file && file->waits() ? file->time_left() : longest);
    }
    void let_go() const
    {
        if (gate && gate->time_left() <= std::chrono::milliseconds::zero())
            gate->let_go();
        if (file && file->time_left() <= std::chrono::milliseconds::zero())
            file->let_go();
    }
};

/// The answer is not for this person: nothing more of it is sent.
void close_by_content(ResponsePump& pump)
{
    pump.attempt.closed_by_content = true;
    pump.attempt.fail(502, pump.attempt.outcome.failure.empty() ? "closed-by-content" : pump.attempt.outcome.failure);
}

/// What has arrived of the body, behind what waits in `to_client` already, and read where somebody reads it. Returns how much was used.
std::size_t take_body(ResponsePump& pump)
{
    auto& attempt = pump.attempt;
    auto refusal = http1::Refusal::none;
    auto const used = append_body(
        attempt.scratch.to_client, pump.body, attempt.upstream.buffer.bytes(), pump.chunked, refusal, [&](std::string_view data) {
            if (pump.gate)
                pump.gate->add(data);
            if (pump.file)
                pump.file->add(data);
        });
    if (refusal != http1::Refusal::none)
        attempt.fail(502, http1::to_text(http1::Refusal::bad_response));
    else if (pump.gate && pump.body.done())
        pump.gate->finish();
    return used;
}

/// What was written to the client, of `to_client` and beside it. False if the client is gone.
bool note_sent(Attempt& attempt, bool sent, std::size_t kept, std::size_t beside)
{
    attempt.response_started = true;
    if (!sent) {
        attempt.fail(0, "client-closed");
        return false;
    }
    attempt.outcome.bytes_to_client += kept + beside;
    attempt.scratch.to_client.erase(0, kept);
    return true;
}

/// Sends what has arrived of the body, behind what is in `to_client` already. False once there is nothing more to do.
net::task<bool> flush_response(ResponsePump& pump)
{
    auto& attempt = pump.attempt;
    auto& out = attempt.scratch.to_client;
    auto& buffer = attempt.upstream.buffer;
    std::string_view data;
    std::size_t used = 0;
    std::size_t kept = out.size();
    if (pump.plain) {
        auto const piece = pump.body.next(buffer.bytes());
        data = piece.data;
        used = piece.consumed;
    } else {
        buffer.consume(take_body(pump));
        bool fit = true;
        if (pump.file)
            fit = co_await pump.file->is_fit(attempt.outcome, pump.body.done());
        if (fit && !pump.body.done() && attempt.error.empty() && pump.holds())
            co_return true;
        if (!fit || (pump.gate && !pump.gate->is_fit(attempt.outcome))) {
            close_by_content(pump);
            co_return false;
        }
        kept = pump.file ? pump.file->releasable(out.size()) : out.size();
    }
    if (kept + data.size() > 0) {
        attempt.session.client.expire_after(attempt.session.env.settings.deadlines.body_idle);
        auto const sent = co_await attempt.session.client.write(std::string_view{out}.substr(0, kept), data);
        if (!note_sent(attempt, sent.has_value(), kept, data.size()))
            co_return false;
    }
    buffer.consume(used);
    co_return attempt.error.empty() && !pump.body.done();
}

/// The origin has ended the connection in good order, and with it the body. False: the answer is closed.
net::task<bool> finish_body(ResponsePump& pump)
{
    auto& outcome = pump.attempt.outcome;
    if (pump.gate)
        pump.gate->finish();
    bool fit = true;
    if (pump.file)
        fit = co_await pump.file->is_fit(outcome, true);
    if (!fit || (pump.gate && !pump.gate->is_fit(outcome))) {
        close_by_content(pump);
        co_return false;
    }
    auto& out = pump.attempt.scratch.to_client; // empty unless it was held back
    out.append(pump.chunked ? http1::last_chunk : std::string_view{});
    if (out.empty())
        co_return true;
    pump.attempt.session.client.expire_after(pump.attempt.session.env.settings.deadlines.body_idle);
    auto const sent = co_await pump.attempt.session.client.write(out);
    co_return note_sent(pump.attempt, sent.has_value(), out.size(), 0);
}

/// An answer on its way, which may be on it for hours: the policy ends it as it ends a tunnel, then the client cannot take it for a whole one.
class AnswerOnItsWay {
public:
    explicit AnswerOnItsWay(Attempt& attempt)
        : attempt_(attempt)
    {
        if (attempt.always_open)
            return;
        keep_names(attempt.outcome, attempt.upstream.aliases);
        open_.emplace(attempt.session.env.tunnels, attempt.session, attempt.outcome, attempt.upstream.stream);
    }
    ~AnswerOnItsWay()
    {
        if (!open_ || !open_->ended_by_policy())
            return;
        attempt_.error = "ended-by-policy"; // whatever else came of it
        attempt_.response_done = false;
    }
    AnswerOnItsWay(AnswerOnItsWay const&) = delete;
    AnswerOnItsWay& operator=(AnswerOnItsWay const&) = delete;

private:
    Attempt& attempt_;
    std::optional<OpenTunnel> open_;
};

net::task<> relay_body(Attempt& attempt, http1::Framing to_client)
{
    auto const& head = attempt.scratch.response;
    AnswerOnItsWay const on_its_way(attempt);
    bool const chunked = to_client == http1::Framing::chunked;
    auto gate = ContentGate::make(attempt.session, attempt.outcome, head);
    auto file = FileGate::make(attempt.session, attempt.outcome, {attempt.scratch.request, head});
    bool const plain = !chunked && head.framing != http1::Framing::chunked && !gate && !file;
    ResponsePump pump{attempt, {head.framing, head.content_length, http1::BodyReader::Side::response}, chunked, plain,
        std::move(gate), std::move(file)};
    if (attempt.session.client.is_multiplexed())
        pump.body.keep_trailers();
    auto& buffer = attempt.upstream.buffer;
    while (co_await flush_response(pump)) {
        bool const waits = pump.waits();
        attempt.upstream.stream.expire_after(waits ? pump.time_left() : attempt.session.env.settings.deadlines.body_idle);
        auto const size = co_await attempt.upstream.stream.read_some(buffer.prepare(body_read_size));
        if (size) {
            buffer.commit(*size);
            continue;
        }
        if (waits && is_timeout(size.error())) { // the origin takes its time: what it said so far goes on
            pump.let_go();
            continue;
        }
        // A reset, or TLS without close_notify, may have cut the body: only an orderly end completes one whose length is not known.
        bool const ended = size.error() == net::asio::error::eof;
        if (!ended || !pump.body.finish()) {
            attempt.fail(502, is_timeout(size.error()) ? "upstream-timeout" : "upstream-truncated");
            co_return;
        }
        if (!co_await finish_body(pump))
            co_return;
        break;
    }
    attempt.response_done = attempt.error.empty();
    if (attempt.response_done && pump.gate)
        attempt.outcome.worth_telling = pump.gate->worth_telling();
}

} // namespace

net::task<> receive_response(Attempt& attempt)
{
    auto& request = attempt.scratch.request;
    auto& head = attempt.scratch.response;
    std::size_t head_size = 0;
    auto const failure = co_await read_final_head(attempt, head_size);
    if (!failure.empty()) {
        attempt.fail(failure == "upstream-timeout" ? 504 : 502, failure);
        co_return;
    }
    attempt.outcome.status = head.status;
    attempt.scratch.content_type.assign(head.find("Content-Type").value_or(""));
    attempt.outcome.content_type = attempt.scratch.content_type;
    attempt.upgraded = head.switches_protocol;
    bool const body_ends = head.framing != http1::Framing::until_close || request.minor_version >= 1;
    // A final answer while the request body still comes: the rest of it would be read as the next request.
    bool const body_owed = !attempt.request_done && request.framing != http1::Framing::none;
    attempt.client_keeps = request.keep_alive && body_ends && !body_owed && !attempt.session.env.draining;
    auto& out = attempt.scratch.to_client;
    out.clear();
    auto const framing = http1::append_response_head(out, head,
        {.pseudonym = attempt.session.env.settings.pseudonym,
            .client_minor_version = request.minor_version,
            .keep_alive = attempt.client_keeps,
            .websocket = attempt.upgraded});
    attempt.client_keeps = attempt.client_keeps && framing != http1::Framing::until_close;
    bool const silent_after = head.keep_alive && head.framing != http1::Framing::until_close;
    attempt.upstream.buffer.consume(head_size);
    co_await relay_body(attempt, framing);
    bool const shared = !request.find("Authorization"); // connections may carry a person's identity (CVE-2016-0755)
    attempt.upstream_keeps = attempt.response_done && silent_after && shared && attempt.upstream.buffer.empty();
}

} // namespace gatehouse::session
