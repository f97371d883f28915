#include "proxy/http1/gate.hpp"

#include "proxy/http1/ascii.hpp"
#include "proxy/http1/field_name.hpp"
#include "proxy/http1/framing.hpp"

#include <algorithm>

namespace gatehouse::http1 {
namespace {

/// Registered methods (IANA HTTP Method Registry) that have a meaning through a proxy: HTTP, WebDAV and its extensions.
constexpr std::string_view accepted_methods[]{"GET", "POST", "CONNECT", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "ACL",
    "BASELINE-CONTROL", "BIND", "CHECKIN", "CHECKOUT", "COPY", "LABEL", "LINK", "LOCK", "MERGE", "MKACTIVITY", "MKCALENDAR",
    "MKCOL", "MKREDIRECTREF", "MKWORKSPACE", "MOVE", "ORDERPATCH", "PROPFIND", "PROPPATCH", "QUERY", "REBIND", "REPORT", "SEARCH",
    "UNBIND", "UNCHECKOUT", "UNLINK", "UNLOCK", "UPDATE", "UPDATEREDIRECTREF", "VERSION-CONTROL"};

/// What the fields say about framing and persistence, gathered in one walk.
struct Findings {
    unsigned hosts = 0;
    unsigned lengths = 0;
    unsigned codings = 0;
    unsigned credentials = 0;
    unsigned options = 0;
    unsigned upgrades = 0;
    std::string_view length;
    std::string_view coding;
    bool close = false;
    bool keep_alive = false;
    bool nominates_upgrade = false;
    bool upgrades_to_websocket = false;
    bool expects_continue = false;
};

bool is_framing(FieldName name)
{
    return name == FieldName::host || name == FieldName::content_length || name == FieldName::transfer_encoding;
}

/// RFC 9110 §7.6.1. A sender that has Host or the framing removed on the way is after a difference between two readers.
Refusal note_connection(std::string_view value, Findings& found)
{
    ListReader members{value};
    while (auto const member = members.next()) {
        if (member->empty())
            continue;
        if (++found.options > limits::connection_options || !is_token(*member) || is_framing(field_name(*member)))
            return Refusal::bad_connection_option;
        found.close |= equals_ignoring_case(*member, "close");
        found.keep_alive |= equals_ignoring_case(*member, "keep-alive");
        found.nominates_upgrade |= equals_ignoring_case(*member, "upgrade");
    }
    return Refusal::none;
}

Refusal note_expectation(std::string_view value, Findings& found)
{
    ListReader members{value};
    while (auto const member = members.next()) {
        if (!equals_ignoring_case(*member, "100-continue"))
            return Refusal::expectation_failed;
    }
    found.expects_continue = true;
    return Refusal::none;
}

void note_upgrade(std::string_view value, Findings& found)
{
    ++found.upgrades;
    found.upgrades_to_websocket = found.upgrades == 1 && equals_ignoring_case(value, "websocket");
}

Refusal note_field(Field const& field, RequestHead& head, Findings& found)
{
    switch (field.meaning) {
    case FieldName::host:
        ++found.hosts;
        head.host = field.value;
        return Refusal::none;
    case FieldName::content_length:
        ++found.lengths;
        found.length = field.value;
        return Refusal::none;
    case FieldName::transfer_encoding:
        ++found.codings;
        found.coding = field.value;
        return Refusal::none;
    case FieldName::proxy_authorization:
        head.proxy_authorization = field.value;
        return ++found.credentials > 1 ? Refusal::syntax : Refusal::none;
    case FieldName::connection:
    case FieldName::proxy_connection: return note_connection(field.value, found);
    case FieldName::expect: return note_expectation(field.value, found);
    case FieldName::upgrade: note_upgrade(field.value, found); return Refusal::none;
    default: return Refusal::none;
    }
}

Refusal note_field(Field const& field, Findings& found)
{
    switch (field.meaning) {
    case FieldName::content_length:
        // The members have been compared already: equal repetitions are one value (RFC 9110 §8.6).
        found.length = field.value.substr(0, field.value.find(','));
        ++found.lengths;
        return Refusal::none;
    case FieldName::transfer_encoding:
        ++found.codings;
        found.coding = field.value;
        return Refusal::none;
    case FieldName::connection: return note_connection(field.value, found);
    case FieldName::upgrade: note_upgrade(field.value, found); return Refusal::none;
    default: return Refusal::none;
    }
}

/// RFC 9112 §6.1 and §6.3, refusing where the RFC lets a reader choose.
Refusal derive_request_framing(RequestHead& head, Findings const& found)
{
    if (found.codings + found.lengths > 1)
        return Refusal::framing_conflict;
    if (found.codings == 1) {
        if (auto const refusal = check_transfer_encoding(found.coding); refusal != Refusal::none)
            return refusal;
        if (head.minor_version == 0)
            return Refusal::bad_transfer_encoding;
        head.framing = Framing::chunked;
        return Refusal::none;
    }
    if (found.lengths == 0)
        return Refusal::none;
    auto const length = parse_content_length(found.length);
    if (!length)
        return Refusal::bad_content_length;
    if (*length > limits::body_size)
        return Refusal::body_too_large;
    head.framing = Framing::length;
    head.content_length = *length;
    return Refusal::none;
}

Refusal check_host(RequestHead const& head, Findings const& found)
{
    if (found.hosts > 1)
        return Refusal::bad_host;
    if (found.hosts == 0)
        return head.minor_version == 0 ? Refusal::none : Refusal::missing_host;
    return std::any_of(head.host.begin(), head.host.end(), is_obs_text) ? Refusal::bad_host : Refusal::none;
}

Refusal check_method(RequestHead& head)
{
    if (head.method == "TRACE")
        return Refusal::method_not_allowed; // it would show the client's cookies to whoever asks
    if (std::find(std::begin(accepted_methods), std::end(accepted_methods), head.method) == std::end(accepted_methods))
        return Refusal::method_not_implemented;
    if (!head.is_connect() && head.method != "HEAD")
        return Refusal::none;
    if (head.framing == Framing::chunked || head.content_length != 0)
        return Refusal::body_not_allowed;
    head.framing = Framing::none; // "Content-Length: 0" says the same
    return Refusal::none;
}

bool persists(unsigned minor_version, Findings const& found)
{
    return !found.close && (minor_version >= 1 || found.keep_alive);
}

Refusal derive_response_framing(ResponseHead& head, Findings const& found, ResponseContext context)
{
    if (found.codings > 1 || (found.codings != 0 && found.lengths != 0))
        return Refusal::bad_response;
    if (found.codings == 1 && (head.minor_version == 0 || check_transfer_encoding(found.coding) != Refusal::none))
        return Refusal::bad_response;
    if (found.lengths != 0) {
        auto const length = parse_content_length(trim_blanks(found.length));
        if (!length || *length > limits::body_size)
            return Refusal::bad_response;
        head.content_length = *length;
    }
    if (context.head_request || head.status < 200 || head.status == 204 || head.status == 304)
        return Refusal::none;
    head.framing = found.codings != 0 ? Framing::chunked : found.lengths != 0 ? Framing::length : Framing::until_close;
    return Refusal::none;
}

/// A 204 that declares a body may well send it, and those bytes would be read as the next response.
bool declares_forbidden_body(ResponseHead const& head, Findings const& found)
{
    return head.status == 204 && (found.codings != 0 || head.content_length != 0);
}

} // namespace

Refusal gate_request(RequestHead& head)
{
    Findings found;
    for (auto const& field : head.fields()) {
        if (auto const refusal = note_field(field, head, found); refusal != Refusal::none)
            return refusal;
    }
    if (auto const refusal = derive_request_framing(head, found); refusal != Refusal::none)
        return refusal;
    if (auto const refusal = check_host(head, found); refusal != Refusal::none)
        return refusal;
    if (auto const refusal = check_method(head); refusal != Refusal::none)
        return refusal;
    bool const has_body = head.framing == Framing::chunked || head.content_length != 0;
    head.keep_alive = persists(head.minor_version, found);
    head.expects_continue = found.expects_continue && has_body && head.minor_version >= 1;
    head.wants_websocket = found.upgrades_to_websocket && found.upgrades == 1 && found.nominates_upgrade && !has_body
        && head.minor_version >= 1 && head.method == "GET";
    return Refusal::none;
}

Refusal gate_response(ResponseHead& head, ResponseContext context)
{
    if (head.status < 100 || head.status > 599)
        return Refusal::bad_response;
    Findings found;
    for (auto const& field : head.fields()) {
        if (note_field(field, found) != Refusal::none)
            return Refusal::bad_response;
    }
    if (derive_response_framing(head, found, context) != Refusal::none)
        return Refusal::bad_response;
    head.switches_protocol = head.status == 101;
    // Only websocket is ever asked for: another protocol, or several, is not the one that the client will speak (RFC 9110 §7.8).
    if (head.switches_protocol && !(context.asked_upgrade && found.upgrades_to_websocket && found.nominates_upgrade))
        return Refusal::bad_response;
    head.keep_alive = persists(head.minor_version, found) && head.framing != Framing::until_close && !head.switches_protocol
        && !declares_forbidden_body(head, found);
    return Refusal::none;
}

} // namespace gatehouse::http1
