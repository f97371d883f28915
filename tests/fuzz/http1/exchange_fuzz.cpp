// bytes -> head -> target -> append_request_head -> head: the origin reads the same request, framed and addressed in one way only.
#include "check.hpp"
#include "proxy/http1/forward.hpp"
#include "proxy/http1/target.hpp"

#include <strings.h>

#include <algorithm>

using namespace gatehouse::http1;
namespace policy = gatehouse::policy;

namespace {

constexpr std::string_view for_this_hop[]{"proxy-authorization", "proxy-connection", "keep-alive", "te", "trailer", "upgrade",
    "forwarded", "x-forwarded-for", "connection"};

bool is_for_this_hop(std::string_view name)
{
    return std::any_of(std::begin(for_this_hop), std::end(for_this_hop), [name](std::string_view wanted) {
        return name.size() == wanted.size() && strncasecmp(name.data(), wanted.data(), wanted.size()) == 0;
    });
}

bool has_body(RequestHead const& head)
{
    return head.framing == Framing::chunked || head.content_length != 0;
}

void check_same(RequestHead const& sent, RequestHead const& received, policy::Target const& target)
{
    check(sent.method == received.method);
    check(sent.target == target.path);
    check(sent.minor_version == 1);
    check(has_body(sent) == has_body(received));
    check(!has_body(sent) || sent.framing == received.framing);
    check(sent.content_length == received.content_length);
    check(sent.expects_continue == received.expects_continue);
    check(!sent.wants_websocket);
    for (auto const& field : sent.fields())
        check(!is_for_this_hop(field.name));
    auto const url = "http://" + std::string(sent.host) + "/";
    auto const host = policy::Target::parse_url(url);
    check(host.has_value() && host->host == target.host && host->port == target.port);
    check(is_loop(sent, "gatehouse"));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string const bytes(data, data + size);
    RequestHead received;
    if (read_request_head(bytes, received).kind != HeadStatus::Kind::done)
        return 0;
    auto const resolved = resolve_target(received);
    if (resolved.refusal != Refusal::none || received.is_connect())
        return 0;
    std::string out;
    append_request_head(out, received, resolved.target, {});
    if (out.size() > limits::head_size)
        return 0; // our additions may pass the limit that the origin does not have
    RequestHead sent;
    auto const status = read_request_head(out, sent);
    if (status.refusal == Refusal::too_many_fields)
        return 0;
    check(status.kind == HeadStatus::Kind::done);
    check(status.size == out.size());
    check_same(sent, received, resolved.target);
    return 0;
}
