#include "proxy/session/refused_quic.hpp"

#include "proxy/detect/signals.hpp"
#include "proxy/net/udp_packet.hpp"
#include "proxy/session/outcome.hpp"

#include <cstring>
#include <spdlog/spdlog.h>

namespace gatehouse::session {
namespace {

constexpr std::chrono::seconds between_tries{1};
constexpr std::chrono::minutes quiet{1};

/// Who sends where: packets of one flow that are not QUIC are one attempt.
struct Flow {
    policy::IpAddress client, place;
    std::uint16_t client_port = 0;
    std::uint16_t port = 0;
};

std::string to_key(Flow const& flow)
{
    return {reinterpret_cast<char const*>(&flow), sizeof flow};
}

Flow from_key(std::string const& key)
{
    Flow flow;
    std::memcpy(&flow, key.data(), sizeof flow);
    return flow;
}

/// The name that the hello gives, else the address.
std::optional<policy::Host> host_of(Flow const& flow, tls::QuicHellos::Attempt const& attempt)
{
    if (attempt.hello && attempt.hello->has_server_name)
        if (auto const name = policy::Host::parse(attempt.hello->server_name); name && !name->is_address())
            return *name;
    auto const address = policy::Host::parse(flow.place.is_v4() ? flow.place.to_text() : '[' + flow.place.to_text() + ']');
    return address ? std::optional{*address} : std::nullopt;
}

} // namespace

RefusedQuic::RefusedQuic(Environment& env)
    : env_(env)
    , packets_(env.executor)
{
}

/// The kernel says "not permitted" to who lacks the right, and as well while another process, such as the gateway before us, has the packets.
net::task<bool> RefusedQuic::open()
{
    auto const until = std::chrono::steady_clock::now() + env_.settings.deadlines.drain + between_tries;
    for (;;) {
        auto const opened = packets_.open(quic_log_group);
        if (opened)
            co_return true;
        if (std::chrono::steady_clock::now() >= until) {
            spdlog::warn(
                "quic.not_named reason=\"{}\" effect=\"the log does not say which sites refused QUIC connections were for\" "
                "hint=\"give the daemon CAP_NET_ADMIN, or write name_quic = false below [gateway]\"",
                opened.error().message());
            co_return false;
        }
        auto const goes_on = co_await packets_.wait(between_tries);
        if (!goes_on)
            co_return false;
    }
}

net::task<> RefusedQuic::run()
{
    auto const is_open = co_await open();
    if (!is_open)
        co_return;
    for (;;) {
        auto const longest
            = hellos_.is_waiting() ? std::chrono::milliseconds{tls::QuicHellos::patience} : std::chrono::milliseconds{quiet};
        auto const goes_on = co_await packets_.wait(longest);
        if (!goes_on)
            co_return;
        packets_.read([this](std::string_view packet) { read(packet); });
        for (auto const& attempt : hellos_.expire(std::chrono::steady_clock::now()))
            tell(attempt);
    }
}

void RefusedQuic::read(std::string_view packet)
{
    auto const udp = net::read_udp(packet);
    if (!udp)
        return;
    auto const key = to_key({udp->source, udp->destination, udp->source_port, udp->destination_port});
    if (auto const attempt = hellos_.add(key, udp->payload, std::chrono::steady_clock::now()))
        tell(*attempt);
}

void RefusedQuic::tell(tls::QuicHellos::Attempt const& attempt)
{
    auto const flow = from_key(attempt.from);
    auto const host = host_of(flow, attempt);
    if (!host)
        return;
    auto const subject = env_.policy->subject_at(flow.client);
    Outcome outcome(env_.ids.next());
    outcome.target = {policy::Scheme::tunnel, *host, flow.port, {}};
    outcome.named = true;
    outcome.policy = env_.policy;
    auto const signals = detect::signals_of(outcome.target, env_.settings.connect_ports);
    outcome.decision = policy::decide(*env_.policy, {subject, outcome.target, env_.clock.now(), signals});
    outcome.decided = true;
    outcome.method = attempt.is_quic ? "QUIC" : "UDP";
    outcome.code = log::ResultCode::tcp_denied;
    outcome.failure = attempt.is_quic ? "quic-refused" : "udp-refused";
    record(env_, subject, outcome);
}

} // namespace gatehouse::session
