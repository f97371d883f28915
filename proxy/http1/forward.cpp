#include "proxy/http1/forward.hpp"

#include "proxy/http1/ascii.hpp"
#include "proxy/http1/field_name.hpp"

#include <algorithm>

namespace gatehouse::http1 {
namespace {

constexpr std::string_view line_end = "\r\n";

/// Names of the Connection field's members other than its own options; such fields stay on this hop (RFC 9110 §7.6.1).
class Nominations {
public:
    template <class Head>
    explicit Nominations(Head const& head)
    {
        for (auto const& field : head.fields()) {
            if (field.meaning == FieldName::connection)
                add(field.value);
        }
    }

    bool contain(std::string_view name) const
    {
        return std::any_of(names_.begin(), names_.begin() + static_cast<std::ptrdiff_t>(size_),
            [name](std::string_view nominated) { return equals_ignoring_case(nominated, name); });
    }

private:
    void add(std::string_view value)
    {
        ListReader members{value};
        while (auto const member = members.next()) {
            if (size_ < names_.size() && !member->empty())
                names_[size_++] = *member;
        }
    }

    std::array<std::string_view, limits::connection_options> names_; // the gate refuses more
    std::size_t size_ = 0;
};

enum class Direction { request, response };

/// True if fields of that meaning end here: framing and hop-by-hop fields, which are made anew, and those we do not let through.
bool ends_here(FieldName name, Direction direction)
{
    switch (name) {
    case FieldName::other:
    case FieldName::via:
    case FieldName::kept_though_nominated: return false;
    case FieldName::dropped_in_requests: return direction == Direction::request;
    case FieldName::dropped_in_responses: return direction == Direction::response;
    default: return true;
    }
}

constexpr std::string_view websocket_extensions = "sec-websocket-extensions";

bool is_forwarded(Field const& field, Nominations const& nominations, Direction direction)
{
    if (ends_here(field.meaning, direction))
        return false;
    if (field.meaning != FieldName::other)
        return true;
    auto const name = field.name;
    if (name.find('_') != name.npos && ends_here(field_name_folding_underscores(name), direction))
        return false;
    return !nominations.contain(name);
}

void append_field(std::string& out, Field const& field)
{
    // Nearly every field was written as we write it, and is copied in one piece.
    auto const separator = field.name.data() + field.name.size();
    if (field.value.data() == separator + 2 && separator[1] == ' ')
        out.append(field.name.data(), field.name.size() + 2 + field.value.size());
    else
        out.append(field.name).append(": ").append(field.value);
    out.append(line_end);
}

template <class Head>
void append_end_to_end_fields(std::string& out, Head const& head, Direction direction, std::string_view left_out = {})
{
    Nominations const nominations{head};
    for (auto const& field : head.fields()) {
        bool const wanted = left_out.empty() || !equals_ignoring_case(field.name, left_out);
        if (wanted && is_forwarded(field, nominations, direction))
            append_field(out, field);
    }
}

void append_via(std::string& out, unsigned minor_version, std::string_view pseudonym)
{
    out.append("Via: 1.");
    append_decimal(out, minor_version);
    out.append(" ").append(pseudonym).append(line_end);
}

void append_content_length(std::string& out, std::uint64_t length)
{
    out.append("Content-Length: ");
    append_decimal(out, length);
    out.append(line_end);
}

void append_authority(std::string& out, policy::Target const& target)
{
    bool const bracketed = target.host.kind() == policy::Host::Kind::ipv6;
    out.append(bracketed ? "[" : "").append(target.host.text()).append(bracketed ? "]" : "");
    auto const usual = target.scheme == policy::Scheme::https ? 443 : 80;
    if (target.port == usual)
        return;
    out.append(":");
    append_decimal(out, target.port);
}

/// RFC 9110 §8.6: these methods promise content, so a missing body is said to be empty.
bool announces_empty_body(std::string_view method)
{
    return method == "POST" || method == "PUT" || method == "PATCH";
}

void append_request_framing(std::string& out, RequestHead const& head)
{
    if (head.framing == Framing::chunked)
        out.append("Transfer-Encoding: chunked\r\n");
    else if (head.framing == Framing::length || announces_empty_body(head.method))
        append_content_length(out, head.content_length);
}

void append_status_line(std::string& out, unsigned status, std::string_view reason)
{
    out.append("HTTP/1.1 ");
    append_decimal(out, status);
    out.append(" ").append(reason).append(line_end);
}

constexpr std::string_view upgrade_fields = "Connection: Upgrade\r\nUpgrade: websocket\r\n";

Framing framing_to_client(Framing received, unsigned client_minor_version)
{
    if (received == Framing::until_close && client_minor_version >= 1)
        return Framing::chunked;
    if (received == Framing::chunked && client_minor_version == 0)
        return Framing::until_close;
    return received;
}

/// A response without body may still declare the length its body would have (RFC 9110 §8.6: HEAD and 304 only).
bool declares_length(ResponseHead const& head)
{
    return head.status >= 200 && head.status != 204 && head.find("content-length").has_value();
}

void append_response_framing(std::string& out, ResponseHead const& head, Framing framing)
{
    if (framing == Framing::chunked)
        out.append("Transfer-Encoding: chunked\r\n");
    else if (framing == Framing::length || (framing == Framing::none && declares_length(head)))
        append_content_length(out, head.content_length);
}

void append_persistence(std::string& out, ResponseOptions const& options, Framing framing)
{
    if (options.websocket)
        out.append(upgrade_fields);
    else if (!options.keep_alive || framing == Framing::until_close)
        out.append("Connection: close\r\n");
    else if (options.client_minor_version == 0)
        out.append("Connection: keep-alive\r\n");
}

} // namespace

void append_request_head(std::string& out, RequestHead const& head, policy::Target const& target, ForwardOptions const& options)
{
    out.append(head.method).append(" ").append(target.path).append(" HTTP/1.1\r\nHost: ");
    append_authority(out, target);
    out.append(line_end);
    append_end_to_end_fields(out, head, Direction::request, options.plain_websocket ? websocket_extensions : std::string_view{});
    append_via(out, head.minor_version, options.pseudonym);
    append_request_framing(out, head);
    if (head.expects_continue)
        out.append("Expect: 100-continue\r\n");
    if (options.websocket)
        out.append(upgrade_fields);
    out.append(options.extra_fields).append(line_end);
}

Framing append_response_head(std::string& out, ResponseHead const& head, ResponseOptions const& options)
{
    auto const framing = framing_to_client(head.framing, options.client_minor_version);
    append_status_line(out, head.status, head.reason);
    append_end_to_end_fields(out, head, Direction::response);
    append_via(out, head.minor_version, options.pseudonym);
    append_response_framing(out, head, framing);
    append_persistence(out, options, framing);
    out.append(line_end);
    return framing;
}

void append_interim_head(std::string& out, ResponseHead const& head)
{
    append_status_line(out, head.status, head.reason);
    append_end_to_end_fields(out, head, Direction::response);
    out.append(line_end);
}

bool is_loop(RequestHead const& head, std::string_view pseudonym)
{
    unsigned entries = 0;
    for (auto const& field : head.fields()) {
        if (field.meaning != FieldName::via)
            continue;
        ListReader members{field.value};
        while (auto const member = members.next()) {
            // received-protocol RWS received-by [ RWS comment ] (RFC 9110 §7.6.3)
            auto const by = trim_blanks(member->substr(std::min(member->find_first_of(" \t"), member->size())));
            if (++entries > limits::via_entries || equals_ignoring_case(by.substr(0, by.find_first_of(" \t(")), pseudonym))
                return true;
        }
    }
    return false;
}

} // namespace gatehouse::http1
