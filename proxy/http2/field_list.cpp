#include "proxy/http2/field_list.hpp"

#include "proxy/http1/ascii.hpp"

#include <algorithm>
#include <charconv>

namespace gatehouse::http2 {
namespace {

/// Of one connection, and forbidden in HTTP/2 (RFC 9113 §8.2.2), or said otherwise there.
bool is_of_the_connection(std::string_view name)
{
    static constexpr std::string_view names[]{
        "host", "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "te", "sec-websocket-accept"};
    return std::any_of(
        std::begin(names), std::end(names), [name](std::string_view text) { return http1::equals_ignoring_case(name, text); });
}

bool is_secret(std::string_view name)
{
    return name == "authorization" || name == "cookie" || name == "set-cookie";
}

} // namespace

void FieldList::clear()
{
    text_.clear();
    entries_.clear();
}

void FieldList::add(std::string_view name, std::string_view value)
{
    Entry const entry{text_.size(), name.size(), text_.size() + name.size(), value.size()};
    std::transform(name.begin(), name.end(), std::back_inserter(text_), http1::to_lower);
    text_.append(value);
    entries_.push_back(entry);
}

template <class Head>
void FieldList::add_end_to_end(Head const& head)
{
    for (auto const& field : head.fields())
        if (!is_of_the_connection(field.name))
            add(field.name, field.value);
}

void FieldList::set_request(http1::RequestHead const& head)
{
    clear();
    add(":method", head.method);
    add(":scheme", "https");
    add(":authority", head.host);
    add(":path", head.target);
    add_end_to_end(head);
    if (head.find("Content-Type").value_or("").starts_with("application/grpc"))
        add("te", "trailers"); // gRPC's servers insist on it; trailers do come through
}

void FieldList::set_response(http1::ResponseHead const& head)
{
    clear();
    char digits[4];
    auto const [end, ec] = std::to_chars(std::begin(digits), std::end(digits), head.switches_protocol ? 200 : head.status);
    add(":status", {digits, static_cast<std::size_t>(end - digits)});
    add_end_to_end(head);
}

void FieldList::set_lines(std::string_view lines)
{
    clear();
    while (!lines.empty()) {
        auto const line = lines.substr(0, lines.find("\r\n"));
        lines.remove_prefix(std::min(line.size() + 2, lines.size()));
        auto const colon = line.find(':');
        if (colon != line.npos)
            add(line.substr(0, colon), http1::trim_blanks(line.substr(colon + 1)));
    }
}

std::vector<nghttp2_nv> const& FieldList::fields()
{
    fields_.clear();
    auto* const text = reinterpret_cast<std::uint8_t*>(text_.data());
    for (auto const& entry : entries_) {
        auto const name = std::string_view{text_}.substr(entry.name, entry.name_size);
        auto const flags = is_secret(name) ? NGHTTP2_NV_FLAG_NO_INDEX : NGHTTP2_NV_FLAG_NONE;
        fields_.push_back(
            {text + entry.name, text + entry.value, entry.name_size, entry.value_size, static_cast<std::uint8_t>(flags)});
    }
    return fields_;
}

} // namespace gatehouse::http2
