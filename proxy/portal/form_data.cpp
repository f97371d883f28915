#include "proxy/portal/form_data.hpp"

#include "proxy/portal/ascii.hpp"
#include "proxy/portal/limits.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <optional>

namespace gatehouse::portal {

namespace {

int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

std::optional<std::string> percent_decode(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i] == '+' ? ' ' : text[i];
        if (text[i] == '%') {
            if (i + 2 >= text.size() || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0)
                return std::nullopt;
            c = static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        }
        if (c == '\0')
            return std::nullopt;
        if (c != '\r')
            out.push_back(c);
    }
    if (!is_valid_utf8(out))
        return std::nullopt;
    return out;
}

/// Cuts the text before the separator off the front of `rest`.
std::string_view next_part(std::string_view& rest, char separator)
{
    auto const end = rest.find(separator);
    auto const part = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return part;
}

/// A text, number, or yes and no; nothing for what is deeper.
std::optional<std::string> plain_text_of(boost::json::value const& value)
{
    if (value.is_string())
        return std::string(value.get_string());
    if (value.is_bool())
        return value.get_bool() ? "yes" : "no";
    if (value.is_int64() || value.is_uint64())
        return boost::json::serialize(value);
    return std::nullopt;
}

} // namespace

std::string_view value_of(Fields const& fields, std::string_view name)
{
    auto const found = std::find_if(fields.begin(), fields.end(), [&](auto const& field) { return field.first == name; });
    return found == fields.end() ? std::string_view() : std::string_view(found->second);
}

std::vector<std::string> values_of(Fields const& fields, std::string_view name)
{
    std::vector<std::string> values;
    for (auto const& [each, value] : fields)
        if (each == name)
            values.push_back(value);
    return values;
}

Response redirect_to(std::string location)
{
    Response response;
    response.status = 303;
    response.headers.emplace_back("Location", std::move(location));
    return response;
}

result<Fields> parse_form(std::string_view text)
{
    Fields fields;
    while (!text.empty()) {
        auto part = next_part(text, '&');
        if (part.empty())
            continue;
        auto const name = percent_decode(next_part(part, '='));
        auto const value = percent_decode(part);
        if (!name || !value || fields.size() == most_fields)
            return boost::system::errc::make_error_code(boost::system::errc::invalid_argument);
        fields.emplace_back(*name, *value);
    }
    return fields;
}

result<Fields> parse_json_form(std::string_view text)
{
    namespace json = boost::json;
    auto const refused = boost::system::errc::make_error_code(boost::system::errc::invalid_argument);
    json::error_code failure;
    json::parse_options options;
    options.max_depth = 3;
    auto const value = json::parse(json::string_view(text.data(), text.size()), failure, {}, options);
    if (failure || !value.is_object())
        return refused;
    Fields fields;
    auto const add = [&](json::string_view name, json::value const& one) {
        auto const plain = plain_text_of(one);
        bool const fits = plain && fields.size() < most_fields && plain->find('\0') == std::string::npos;
        if (fits)
            fields.emplace_back(std::string(name.data(), name.size()), *plain);
        return fits;
    };
    for (auto const& [name, one] : value.get_object()) {
        if (one.is_null())
            continue;
        if (!one.is_array()) {
            if (!add(name, one))
                return refused;
            continue;
        }
        for (auto const& each : one.get_array())
            if (!add(name, each))
                return refused;
    }
    return fields;
}

std::optional<std::string> text_of_file(std::string_view bytes)
{
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (bytes.starts_with(byte_order_mark))
        bytes.remove_prefix(byte_order_mark.size());
    std::string text(bytes);
    std::erase(text, '\r');
    if (text.find('\0') != std::string::npos || !is_valid_utf8(text))
        return std::nullopt;
    return text;
}

bool has_control_signs(std::string_view text)
{
    return std::any_of(text.begin(), text.end(), [](char c) {
        auto const byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\n' && c != '\t' && c != '\r') || byte == 0x7f;
    });
}

Fields parse_cookies(std::string_view text)
{
    Fields fields;
    while (!text.empty() && fields.size() < most_fields) {
        auto part = trimmed(next_part(text, ';'));
        if (part.find('=') == std::string_view::npos)
            continue;
        auto const name = next_part(part, '=');
        fields.emplace_back(std::string(name), std::string(part));
    }
    return fields;
}

std::string percent_encode(std::string_view text)
{
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (char const c : text) {
        bool const plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || std::string_view("-._~").find(c) != std::string_view::npos;
        if (plain) {
            out.push_back(c);
            continue;
        }
        auto const byte = static_cast<unsigned char>(c);
        out.push_back('%');
        out.push_back(digits[byte >> 4U]);
        out.push_back(digits[byte & 15U]);
    }
    return out;
}

std::string with_query(std::string_view path, Fields const& query)
{
    std::string out(path);
    char separator = path.find('?') == path.npos ? '?' : '&';
    for (auto const& [name, value] : query) {
        if (value.empty())
            continue;
        out += separator + percent_encode(name) + "=" + percent_encode(value);
        separator = '&';
    }
    return out;
}

} // namespace gatehouse::portal
