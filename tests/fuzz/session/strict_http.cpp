#include "strict_http.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace strict {
namespace {

bool is_token(std::string_view text)
{
    constexpr std::string_view others = "!#$%&'*+-.^_`|~";
    auto const fits = [&](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || others.find(c) != others.npos; };
    return !text.empty() && std::all_of(text.begin(), text.end(), fits);
}

bool is_value(std::string_view text)
{
    auto const fits = [](char c) { return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f); };
    return std::all_of(text.begin(), text.end(), fits);
}

std::string lower(std::string_view text)
{
    std::string made(text);
    std::transform(made.begin(), made.end(), made.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return made;
}

/// A number in its one canonical spelling.
bool read_number(std::string_view text, int base, std::size_t& value)
{
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    return error == std::errc{} && end == text.data() + text.size() && (text.size() == 1 || text.front() != '0')
        && text == lower(text);
}

bool take_line(std::string_view& bytes, std::string_view& line)
{
    auto const end = bytes.find("\r\n");
    if (end == bytes.npos)
        return false;
    line = bytes.substr(0, end);
    bytes.remove_prefix(end + 2);
    return true;
}

bool read_fields(std::string_view head, Message& message, std::string& why)
{
    std::string_view line;
    while (take_line(head, line)) {
        auto const colon = line.find(": ");
        if (colon == line.npos || !is_token(line.substr(0, colon)) || !is_value(line.substr(colon + 2))) {
            why = "field: " + std::string(line);
            return false;
        }
        message.fields.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    }
    return true;
}

bool take_chunks(std::string_view& bytes, Message& message, std::string& why)
{
    auto rest = bytes;
    std::string_view line;
    while (take_line(rest, line)) {
        std::size_t size = 0;
        if (!read_number(line, 16, size)) {
            why = "chunk size: " + std::string(line.substr(0, 100));
            return false;
        }
        if (rest.size() < size + 2)
            return true;
        if (rest.substr(size, 2) != "\r\n") {
            why = "end of chunk";
            return false;
        }
        message.body.append(rest.substr(0, size));
        rest.remove_prefix(size + 2);
        if (size == 0) {
            message.whole = true;
            bytes = rest;
            return true;
        }
    }
    return true;
}

bool take_body(std::string_view& bytes, Message& message, Body body, std::string& why)
{
    auto const lengths = message.all("content-length");
    auto const codings = message.all("transfer-encoding");
    if (lengths.size() + codings.size() > 1 || (codings.size() == 1 && codings.front() != "chunked")) {
        why = "framing";
        return false;
    }
    message.chunked = !codings.empty();
    message.has_length = !lengths.empty();
    std::size_t length = 0;
    if (message.has_length && !read_number(lengths.front(), 10, length)) {
        why = "length: " + std::string(lengths.front());
        return false;
    }
    if (body == Body::none) {
        message.whole = true;
        return true;
    }
    if (message.chunked)
        return take_chunks(bytes, message, why);
    if (body == Body::until_close && !message.has_length)
        length = bytes.size();
    message.body.assign(bytes.substr(0, length));
    message.whole = message.body.size() == length;
    bytes.remove_prefix(message.body.size());
    return true;
}

} // namespace

std::vector<std::string_view> Message::all(std::string_view name) const
{
    std::vector<std::string_view> values;
    for (auto const& [field, value] : fields)
        if (lower(field) == name)
            values.push_back(value);
    return values;
}

unsigned Message::status() const
{
    unsigned value = 0;
    if (start.size() >= 12)
        std::from_chars(start.data() + 9, start.data() + 12, value);
    return value;
}

std::string_view Message::method() const
{
    return start.substr(0, start.find(' '));
}

std::string_view Message::path() const
{
    auto const first = start.find(' ');
    return first == start.npos ? std::string_view{} : start.substr(first + 1, start.rfind(' ') - first - 1);
}

bool is_request_line(std::string_view line)
{
    auto const first = line.find(' ');
    auto const last = line.rfind(' ');
    if (first == line.npos || first == last || line.substr(last + 1) != "HTTP/1.1" || !is_token(line.substr(0, first)))
        return false;
    auto const path = line.substr(first + 1, last - first - 1);
    return path.starts_with('/')
        && std::all_of(path.begin(), path.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '#'; });
}

bool is_status_line(std::string_view line)
{
    return line.size() >= 13 && line.starts_with("HTTP/1.1 ") && line[9] >= '1' && line[9] <= '5'
        && std::isdigit(static_cast<unsigned char>(line[10])) != 0 && std::isdigit(static_cast<unsigned char>(line[11])) != 0
        && line[12] == ' ' && is_value(line.substr(13));
}

bool take(std::string_view& bytes, Message& message, Body body, std::string& why)
{
    message = {};
    auto const end = bytes.find("\r\n\r\n");
    if (end == bytes.npos)
        return true;
    auto head = bytes.substr(0, end + 2);
    bytes.remove_prefix(end + 4);
    take_line(head, message.start);
    return read_fields(head, message, why) && take_body(bytes, message, body, why);
}

} // namespace strict
