#pragma once
// Heads as we send them: framing rebuilt from parsed values, hop-by-hop fields dropped (RFC 9110 §7.6.1), Via added (§7.6.3).
// All functions append to `out`, whose capacity the caller keeps for the next exchange.

#include "policy/target.hpp"
#include "proxy/http1/head.hpp"

#include <string>

namespace gatehouse::http1 {

struct ForwardOptions {
    std::string_view pseudonym = "gatehouse"; ///< our name in Via
    bool websocket = false;                   ///< send Upgrade: websocket and Connection: Upgrade on
    bool plain_websocket = false;             ///< without Sec-WebSocket-Extensions, so that it can be read
    std::string_view extra_fields = {};       ///< complete lines with CRLF, or empty
};

/// Origin-form request line, Host from the target, end-to-end fields, Via, Content-Length or Transfer-Encoding by `head.framing`,
/// `Expect: 100-continue` if the client sent it. Never carries Proxy-Authorization, Proxy-Connection, Keep-Alive, TE, Trailer,
/// Forwarded, X-Forwarded-For or Gatehouse-Visitor of the client.
void append_request_head(std::string& out, RequestHead const& head, policy::Target const& target, ForwardOptions const& options);

/// How the response goes to the client.
struct ResponseOptions {
    std::string_view pseudonym = "gatehouse";
    unsigned client_minor_version = 1;
    bool keep_alive = true; ///< of the client connection; an HTTP/1.0 client gets `Connection: keep-alive` when true
    bool websocket = false;
};

/// Framing to the client: as received, except that a body until close goes chunked to an HTTP/1.1 client (so that the connection
/// lives) and a chunked one goes until close to an HTTP/1.0 client. Returns the framing used.
Framing append_response_head(std::string& out, ResponseHead const& head, ResponseOptions const& options);

/// An interim response (100, 102, 103) with its end-to-end fields.
void append_interim_head(std::string& out, ResponseHead const& head);

/// A complete small response of our own, with the fields that every answer of ours carries (Cache-Control: no-store, nosniff) and the body.
struct OwnResponse {
    unsigned status = 400;
    std::string_view content_type = "text/html; charset=utf-8";
    std::string_view body;
    std::string_view decision_id;  ///< `Gatehouse-Decision`, left out if empty
    std::string_view extra_fields; ///< complete lines with CRLF, or empty
    bool keep_alive = false;
    bool head_request = false; ///< send no body
};
void append_own_response(std::string& out, OwnResponse const& response);

/// True if Via names `pseudonym` or has more than limits::via_entries members.
bool is_loop(RequestHead const& head, std::string_view pseudonym);

/// "Bad Gateway" for 502; "Unknown" for codes without a registered phrase (IANA HTTP status codes).
std::string_view reason_phrase(unsigned status);

} // namespace gatehouse::http1
