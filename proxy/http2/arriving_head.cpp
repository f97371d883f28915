#include "proxy/http2/arriving_head.hpp"

#include "proxy/http1/limits.hpp"
#include "proxy/http2/limits.hpp"

#include <algorithm>

namespace gatehouse::http2 {
namespace {

constexpr std::size_t most = http1::limits::response_head_size + 1024; ///< one byte more than either gate takes is enough

bool is_word(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > ' ' && c != '\x7f'; });
}

} // namespace

std::string& ArrivingHead::place_of(std::string_view name)
{
    if (name == ":method")
        return method_;
    if (name == ":scheme")
        return scheme_;
    if (name == ":authority")
        return authority_;
    if (name == ":path")
        return path_;
    if (name == ":protocol")
        return protocol_;
    return name == ":status" ? status_ : unknown_;
}

bool ArrivingHead::add(std::string_view name, std::string_view value)
{
    size_ += name.size() + value.size() + 4;
    if (size_ > most)
        return size_ <= limits::unpacked_head;
    if (name.starts_with(':')) {
        place_of(name).assign(value);
    } else if (name == "cookie") { // may come in pieces (RFC 9113 §8.2.3)
        cookies_.append(cookies_.empty() ? "" : "; ").append(value);
    } else if (name == "host") {
        host_.assign(value);
    } else {
        has_length_ = has_length_ || name == "content-length";
        fields_.append(name).append(": ").append(value).append("\r\n");
    }
    return true;
}

Body ArrivingHead::body(bool ended) const
{
    if (ended)
        return Body::none;
    return has_length_ || opens_websocket() ? Body::as_it_is : Body::chunked;
}

void ArrivingHead::append_framing(std::string& out, Body body) const
{
    if (body == Body::chunked)
        out.append("transfer-encoding: chunked\r\n");
    out.append("\r\n");
}

bool ArrivingHead::append_request(std::string& out, Body body, std::string_view key) const
{
    bool const websocket = opens_websocket();
    auto const& name = authority_.empty() ? host_ : authority_;
    if (!is_word(method_) || !is_word(path_) || !is_word(name) || !is_word(scheme_))
        return false;
    out.append(websocket ? "GET" : method_).append(" ");
    if (method_ == "CONNECT" && !websocket)
        out.append(name);
    else if (scheme_ == "https")
        out.append(path_);
    else
        out.append(scheme_).append("://").append(name).append(path_);
    out.append(" HTTP/1.1\r\nhost: ").append(name).append("\r\n");
    if (!host_.empty() && host_ != name)
        out.append("host: ").append(host_).append("\r\n");
    out.append(fields_);
    if (!cookies_.empty())
        out.append("cookie: ").append(cookies_).append("\r\n");
    if (size_ > most) // what it held was not kept: a head that no gate lets through
        out.append("x: ").append(most, 'x').append("\r\n");
    if (websocket)
        out.append("connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: ").append(key).append("\r\n");
    append_framing(out, body);
    return true;
}

void ArrivingHead::append_response(std::string& out, Body body, std::string_view method) const
{
    out.append("HTTP/1.1 ").append(status_).append(" \r\n").append(fields_);
    if (size_ > most)
        out.append("x: ").append(most, 'x').append("\r\n");
    bool const may_be_empty = status_ == "204" || status_ == "304" || status_.starts_with('1') || method == "HEAD";
    if (body == Body::none && !has_length_ && !may_be_empty)
        out.append("content-length: 0\r\n");
    append_framing(out, body);
}

} // namespace gatehouse::http2
