#pragma once
// A head of HTTP/2 as it arrives, field by field, and the HTTP/1.1 head that says the same: from there on every message takes one path, through
// one gate.

#include <cstddef>
#include <string>
#include <string_view>

namespace gatehouse::http2 {

/// How the body that follows is written behind the head.
enum class Body : std::uint8_t { none, as_it_is, chunked };

/// Pseudo-fields (RFC 9113 §8.3, RFC 8441 §4) and the lines of all others. What it holds is bounded: beyond the limit of a head it only counts.
class ArrivingHead {
public:
    /// Precondition: name and value are as RFC 9113 §8.2.1 allows, which the frame layer has checked.
    /// False: so much has come that nobody need look at the rest; nothing can be answered then.
    bool add(std::string_view name, std::string_view value);

    std::string const& method() const { return method_; }
    bool is_interim() const { return status_.starts_with('1'); }
    bool opens_websocket() const { return method_ == "CONNECT" && protocol_ == "websocket"; }
    /// The lines of all fields but the pseudo-fields.
    std::string const& fields() const { return fields_; }

    /// Appends the request. A scheme other than https makes an absolute target, a second name a second Host field, too many bytes a head that is too
    /// large: the gate refuses them as it does for HTTP/1.1. `key` is what the WebSocket handshake carries, if this opens one. False: what should be
    /// one word holds blanks, and nothing was appended.
    bool append_request(std::string& out, Body body, std::string_view key) const;
    /// Appends the response to a request of that method.
    void append_response(std::string& out, Body body, std::string_view method) const;
    /// `ended`: nothing follows the head.
    Body body(bool ended) const;

private:
    std::string& place_of(std::string_view name);
    void append_framing(std::string& out, Body body) const;

    std::string method_, scheme_, authority_, path_, protocol_, status_;
    std::string fields_, cookies_, unknown_;
    std::string host_; ///< a Host field beside :authority
    bool has_length_ = false;
    std::size_t size_ = 0;
};

} // namespace gatehouse::http2
