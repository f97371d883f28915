#include "proxy/http1/ascii.hpp"
#include "proxy/http1/gate.hpp"
#include "proxy/http1/syntax.hpp"

namespace gatehouse::http1 {
namespace {

/// A control byte or a byte above ASCII where the method should be: some other protocol's opening, not a badly written request.
bool is_foreign(char c)
{
    return is_obs_text(c) || (!is_value_char(c) && c != '\r' && c != '\n');
}

Refusal check_method(std::string_view line, RequestHead& head)
{
    std::size_t size = 0;
    while (size < line.size() && size <= limits::method_size && is_token_char(line[size]))
        ++size;
    head.method = line.substr(0, size);
    if (head.method.starts_with("SSH-"))
        return Refusal::not_http;
    if (size > limits::method_size)
        return Refusal::method_too_long;
    if (size == line.size())
        return Refusal::none;
    if (is_foreign(line[size]))
        return Refusal::not_http;
    return size == 0 || line[size] != ' ' ? Refusal::syntax : Refusal::none;
}

/// `text` begins with the HTTP-version of a complete line.
Refusal check_version(std::string_view text)
{
    if (text.size() != 8 || !text.starts_with("HTTP/") || !is_digit(text[5]) || text[6] != '.' || !is_digit(text[7]))
        return Refusal::syntax;
    if (text[5] == '0')
        return Refusal::syntax; // never was a version with this syntax
    return text[5] == '1' && text[7] <= '1' ? Refusal::none : Refusal::version_not_supported;
}

enum class Line { complete, partial };

/// Sees as much of the request line as has come, so that an oversized or foreign opening is answered before its end arrives.
Refusal check_request_line(std::string_view line, Line extent, RequestHead& head)
{
    if (auto const refusal = check_method(line, head); refusal != Refusal::none)
        return refusal;
    if (head.method.size() == line.size())
        return extent == Line::complete ? Refusal::syntax : Refusal::none;
    auto const rest = line.substr(head.method.size() + 1);
    auto const space = rest.find(' ');
    head.target = rest.substr(0, space);
    if (head.target.size() > limits::target_size) {
        head.target = head.target.substr(0, limits::target_size);
        return Refusal::target_too_long;
    }
    if (space == rest.npos)
        return extent == Line::complete ? Refusal::syntax : Refusal::none; // HTTP/0.9 has no version
    if (space == 0)
        return Refusal::syntax;
    auto const version = rest.substr(space + 1);
    if (extent == Line::complete)
        return check_version(version);
    constexpr std::string_view name = "HTTP/";
    return version.size() > 8 || !name.starts_with(version.substr(0, name.size())) ? Refusal::syntax : Refusal::none;
}

/// RFC 9112 §2.2: an empty line or more before a request may come from old clients' bodies.
Refusal skip_empty_lines(std::string_view& text)
{
    for (std::size_t lines = 0; text.starts_with("\r\n"); ++lines) {
        if (lines == limits::empty_lines_before_request)
            return Refusal::syntax;
        text.remove_prefix(2);
    }
    return Refusal::none;
}

HeadStatus refuse(Refusal refusal)
{
    return {HeadStatus::Kind::refused, 0, refusal};
}

/// The bytes behind the last line feed: nothing in them may be wrong already.
HeadStatus check_partial_line(std::string_view line, std::size_t line_number, std::size_t size, RequestHead& head)
{
    if (auto const cr = line.find('\r'); cr != line.npos) {
        if (cr + 1 != line.size())
            return refuse(Refusal::syntax);
        line.remove_suffix(1);
    }
    if (line_number == 0 && !line.empty()) {
        if (auto const refusal = check_request_line(line, Line::partial, head); refusal != Refusal::none)
            return refuse(refusal);
    }
    if (size >= limits::head_size)
        return refuse(Refusal::head_too_large);
    return {};
}

Refusal check_line(std::string_view line, std::size_t line_number, RequestHead& head)
{
    if (line.find('\r') != line.npos)
        return Refusal::syntax;
    if (line_number == 0)
        return check_request_line(line, Line::complete, head);
    if (!line.empty() && is_blank(line.front()))
        return Refusal::obsolete_folding;
    if (!line.empty() && line_number > limits::field_count)
        return Refusal::too_many_fields;
    return Refusal::none;
}

/// One walk over the lines to the empty one; each line end must be CR LF.
HeadStatus find_end_of_head(std::string_view text, RequestHead& head)
{
    std::size_t at = 0;
    for (std::size_t number = 0;; ++number) {
        auto const feed = text.find('\n', at);
        if (feed == text.npos)
            return check_partial_line(text.substr(at), number, text.size(), head);
        if (feed == at || text[feed - 1] != '\r')
            return refuse(Refusal::syntax);
        auto const line = text.substr(at, feed - 1 - at);
        if (auto const refusal = check_line(line, number, head); refusal != Refusal::none)
            return refuse(refusal);
        at = feed + 1;
        if (at > limits::head_size)
            return refuse(Refusal::head_too_large);
        if (line.empty())
            return {HeadStatus::Kind::done, at, Refusal::none};
    }
}

/// Everything but the field array, which `field_size` guards.
void reset(RequestHead& head)
{
    head.method = {};
    head.target = {};
    head.minor_version = 1;
    head.field_size = 0;
    head.framing = Framing::none;
    head.content_length = 0;
    head.keep_alive = true;
    head.expects_continue = false;
    head.wants_websocket = false;
    head.host = {};
    head.proxy_authorization = {};
}

template <class Head>
std::optional<std::string_view> find_in(Head const& head, std::string_view name)
{
    for (auto const& field : head.fields()) {
        if (equals_ignoring_case(field.name, name))
            return field.value;
    }
    return std::nullopt;
}

template <class Head>
std::string join_in(Head const& head, std::string_view name)
{
    std::string out;
    for (auto const& field : head.fields())
        if (equals_ignoring_case(field.name, name))
            out.append(out.empty() ? "" : ", ").append(field.value);
    return out;
}

} // namespace

std::optional<std::string_view> RequestHead::find(std::string_view name) const
{
    return find_in(*this, name);
}

std::optional<std::string_view> ResponseHead::find(std::string_view name) const
{
    return find_in(*this, name);
}

std::string RequestHead::joined(std::string_view name) const
{
    return join_in(*this, name);
}

std::string ResponseHead::joined(std::string_view name) const
{
    return join_in(*this, name);
}

HeadStatus read_request_head(std::string_view bytes, RequestHead& head)
{
    reset(head);
    auto text = bytes;
    if (auto const refusal = skip_empty_lines(text); refusal != Refusal::none)
        return refuse(refusal);
    if (!text.empty() && is_foreign(text.front())) // whatever else stands in it, a line feed of its own perhaps
        return refuse(Refusal::not_http);
    auto status = find_end_of_head(text, head);
    if (status.kind != HeadStatus::Kind::done)
        return status;
    if (auto const refusal = parse_request_syntax(text.substr(0, status.size), head); refusal != Refusal::none)
        return refuse(refusal);
    if (auto const refusal = gate_request(head); refusal != Refusal::none)
        return refuse(refusal);
    status.size += bytes.size() - text.size();
    return status;
}

} // namespace gatehouse::http1
