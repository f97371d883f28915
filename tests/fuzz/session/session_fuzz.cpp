// The whole exchange: bytes from a client and from an origin through the real session over sockets in memory. Input: steps divided by 0xff,
// the first byte of each says what happens: C the client sends the rest, O the origin does, c the client ends its side, x it leaves,
// o the origin leaves, t time passes by as many tenths of a second as the next byte says.
//
// Held, whatever comes: what the origin sees is HTTP/1.1 that a strict reader reads in one way, for the host that was dialled, which the
// policy allows, out of what the client said; tunnels carry only what the client sent, and only TLS without a closed name; what the client
// gets is one strict answer for each row of the log at most; and the session ends once its client is gone.
#include "strict_http.hpp"
#include "world.hpp"

#include "proxy/tls/client_hello.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

void check(bool holds, char const* what, std::string_view text = {})
{
    if (holds)
        return;
    std::fprintf(stderr, "does not hold: %s\n%.*s\n", what, static_cast<int>(text.size()), text.data());
    std::abort();
}

constexpr std::string_view for_one_hop[]{"proxy-authorization", "proxy-connection", "proxy-authenticate", "keep-alive", "te",
    "trailer", "forwarded", "x-forwarded-for"};

bool upgrades(strict::Message const& message)
{
    auto const protocols = message.all("upgrade");
    return protocols.size() == 1 && protocols.front() == "websocket";
}

void check_request(strict::Message const& request, world::Dialed const& origin, std::string_view client_sent)
{
    check(strict::is_request_line(request.start), "request line", request.start);
    auto const hosts = request.all("host");
    check(hosts.size() == 1, "one Host", request.start);
    auto const expected = origin.name.empty() ? origin.address : origin.name;
    auto const bracketed = expected.find(':') == expected.npos ? expected : "[" + expected + "]";
    check(hosts.front() == (origin.port == 80 ? bracketed : bracketed + ":" + std::to_string(origin.port)),
        "Host is whom we dialled", hosts.front());
    check(!world::World::is_closed_name(origin.name), "closed host", origin.name);
    for (auto const name : for_one_hop)
        check(request.all(name).empty(), "field of one hop", name);
    check(upgrades(request) == !request.all("connection").empty(), "Connection only for an upgrade", request.start);
    check(!request.all("via").empty(), "Via", request.start);
    // Nothing is made up: method and path stood in what the client sent, and so did a body of known length.
    check(client_sent.find(std::string{request.method()} + " ") != client_sent.npos, "method", request.start);
    check(request.path() == "/" || client_sent.find(request.path()) != client_sent.npos, "path", request.start);
    check(!request.has_length || client_sent.find(request.body) != client_sent.npos, "body", request.start);
}

/// Returns how many requests were seen in full.
std::size_t check_origin(world::Dialed const& origin, std::string_view client_sent)
{
    std::string_view left = origin.seen;
    std::size_t count = 0;
    while (!left.empty()) {
        strict::Message request;
        std::string why;
        check(strict::take(left, request, strict::Body::by_fields, why), why.c_str(), origin.seen);
        if (request.start.empty())
            break; // a head that is not complete: it was written whole, so the connection broke in it
        check_request(request, origin, client_sent);
        if (upgrades(request))
            return count + 1; // what follows is no HTTP
        if (!request.whole)
            break;
        ++count;
    }
    return count;
}

void check_tunnel(world::Dialed const& origin, std::string_view client_sent)
{
    check(!world::World::is_closed_name(origin.name), "tunnel to a closed host", origin.name);
    if (origin.seen.empty())
        return;
    check(client_sent.find(origin.seen) != client_sent.npos, "tunnel carries what was sent", origin.seen);
    auto const hello = gatehouse::tls::parse_client_hello(origin.seen, gatehouse::tls::Fingerprint::skip);
    if (hello || hello.error() != gatehouse::tls::errc::truncated)
        check(static_cast<bool>(hello), "tunnel on 443 is TLS", origin.seen);
    if (hello && hello->has_server_name)
        check(!world::World::is_closed_name(hello->server_name), "closed name in the hello", hello->server_name);
}

void check_client(std::string_view got, std::vector<world::Row> const& rows)
{
    std::size_t answers = 0;
    while (!got.empty()) {
        check(answers < rows.size(), "more answers than rows", got);
        auto const& row = rows[answers];
        strict::Message answer;
        std::string why;
        auto const before = got;
        bool const bare = row.method == "HEAD" || (row.method == "CONNECT" && before.starts_with("HTTP/1.1 200 "));
        check(strict::take(got, answer, bare ? strict::Body::none : strict::Body::until_close, why), why.c_str(), before);
        if (answer.start.empty())
            return;
        check(strict::is_status_line(answer.start), "status line", answer.start);
        auto const status = answer.status();
        if (status < 200 && status != 101) {
            got = before.substr(before.find("\r\n\r\n") + 4);
            continue;
        }
        if (status == 204 || status == 304)
            got = before.substr(before.find("\r\n\r\n") + 4);
        if (status == 101 || (row.method == "CONNECT" && status == 200) || (!answer.whole && !bare))
            return;
        check(row.status == status || !row.refusal.empty(), "row and answer agree", answer.start);
        ++answers;
    }
}

void play(world::World& world, std::string_view step)
{
    if (step.empty())
        return;
    auto const rest = step.substr(1);
    switch (step.front()) {
    case 'C': return world.client_sends(rest);
    case 'O': return world.origin_sends(rest);
    case 'c': return world.client_ends_its_side();
    case 'x': return world.client_leaves();
    case 'o': return world.origin_leaves();
    case 't':
        return world.time_passes(
            std::chrono::milliseconds{100} * (rest.empty() ? 1 : static_cast<unsigned char>(rest.front()) % 32));
    default: return;
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string const input(data, data + size);
    world::World world;
    std::size_t steps = 0;
    for (std::string_view left = input; !left.empty() && steps < 64; ++steps) {
        auto const end = left.find('\xff');
        play(world, left.substr(0, end));
        left = end == left.npos ? std::string_view{} : left.substr(end + 1);
    }
    check(world.ends(), "the session ends");
    auto const rows = world.rows();
    std::size_t requests = 0;
    for (auto const& origin : world.dialed()) {
        if (origin.port == 443)
            check_tunnel(origin, world.client_sent());
        else
            requests += check_origin(origin, world.client_sent());
    }
    check(requests <= 2 * rows.size(), "more requests than rows, with one retry for each");
    check_client(world.client_got(), rows);
    return 0;
}
