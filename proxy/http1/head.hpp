#pragma once
// Request and response heads as views into the bytes they were read from. Sans-IO; syntax and framing only, no decisions.

#include "policy/result.hpp"
#include "proxy/http1/field_name.hpp"
#include "proxy/http1/limits.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace gatehouse::http1 {

struct Field {
    std::string_view name;  ///< as received
    std::string_view value; ///< without surrounding white space
    FieldName meaning = FieldName::other;
};

/// How the end of a body is found (RFC 9112 §6.3).
enum class Framing : std::uint8_t { none, length, chunked, until_close };

/// Why a message is refused. The text form is the reason code of the log row.
enum class Refusal : std::uint8_t {
    none,
    syntax,                ///< not HTTP/1.x syntax as RFC 9112 has it (LF line ends, control bytes, bad names ...)
    not_http,              ///< the first bytes are another protocol (TLS, SSH, ...)
    version_not_supported, ///< HTTP/1.2 and above, HTTP/2: 505
    method_too_long,
    target_too_long, ///< 414
    head_too_large,  ///< 431
    too_many_fields, ///< 431
    obsolete_folding,
    framing_conflict, ///< Content-Length with Transfer-Encoding, or several of either
    bad_content_length,
    bad_transfer_encoding,
    unsupported_transfer_coding, ///< 501
    body_too_large,              ///< 413
    body_not_allowed,            ///< body on CONNECT, HEAD, TRACE
    bad_chunk,
    bad_trailer,
    missing_host,
    bad_host,
    host_mismatch, ///< Host against the request target
    bad_target,
    unsupported_scheme,
    origin_form,            ///< origin-form on the proxy port
    bad_connection_option,  ///< Connection names Host or a framing field
    expectation_failed,     ///< 417
    method_not_allowed,     ///< 405: TRACE
    method_not_implemented, ///< 501
    too_many_hops,          ///< 508: Via holds us already or is too long
    bad_response,           ///< 502
};

/// "framing-conflict" and so on; stable, used in logs.
std::string_view to_text(Refusal refusal);
/// The status to answer with: 400 unless said otherwise above.
unsigned status_of(Refusal refusal);

struct RequestHead {
    std::string_view method;
    std::string_view target;
    unsigned minor_version = 1; ///< HTTP/1.x
    std::array<Field, limits::field_count> field_store;
    std::size_t field_size = 0;

    // What the framing rules of RFC 9112 §6 made of the fields:
    Framing framing = Framing::none;
    std::uint64_t content_length = 0; ///< meaningful for Framing::length
    bool keep_alive = true;           ///< Connection, Proxy-Connection and version taken together
    bool expects_continue = false;
    bool wants_websocket = false;         ///< Upgrade: websocket, nominated by Connection, on a GET
    std::string_view host;                ///< the one Host value
    std::string_view proxy_authorization; ///< value, or empty

    std::span<Field const> fields() const { return {field_store.data(), field_size}; }
    bool is_connect() const { return method == "CONNECT"; }
    /// Value of the first field of that name (case-insensitive), if any.
    std::optional<std::string_view> find(std::string_view name) const;
    /// The values of all fields of that name as one list (RFC 9110 §5.3); empty if there is none.
    std::string joined(std::string_view name) const;
};

struct ResponseHead {
    unsigned status = 0;
    std::string_view reason;
    unsigned minor_version = 1;
    std::array<Field, limits::response_field_count> field_store;
    std::size_t field_size = 0;

    Framing framing = Framing::none;  ///< for the request it answers (HEAD, 204, 304: none)
    std::uint64_t content_length = 0; ///< as declared, also for HEAD (then framing is none)
    bool keep_alive = true;           ///< the connection may carry another exchange after this one
    bool switches_protocol = false;   ///< 101

    std::span<Field const> fields() const { return {field_store.data(), field_size}; }
    std::optional<std::string_view> find(std::string_view name) const;
    std::string joined(std::string_view name) const;
};

/// Outcome of looking at the bytes so far.
struct HeadStatus {
    enum class Kind : std::uint8_t { need_more, done, refused } kind = Kind::need_more;
    std::size_t size = 0; ///< bytes of the head, with leading empty lines and the final empty line, when done
    Refusal refusal = Refusal::none;
};

/// Parses one request head from the start of `bytes`, RFC 9112's grammar strictly, then the gate of gate.hpp.
/// Call again with all bytes when it needs more. Never allocates. After a refusal, method and target hold what could be read.
/// Lifetime: the views of `head` point into `bytes`.
HeadStatus read_request_head(std::string_view bytes, RequestHead& head);

/// What the request was, as far as it matters for the framing of its response.
struct ResponseContext {
    bool head_request = false;
    bool asked_upgrade = false;
};

/// Parses one response head. Real servers' harmless deviations (LF line ends, no reason phrase, space before colon, folding) are
/// normalised and counted in `deviations`. Of several Content-Types the one that browsers take is left. `scratch` keeps the normalised text where one is needed: views may point into it.
HeadStatus read_response_head(
    std::string_view bytes, ResponseContext context, ResponseHead& head, std::string& scratch, unsigned& deviations);

} // namespace gatehouse::http1
