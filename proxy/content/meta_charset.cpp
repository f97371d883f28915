#include "proxy/content/meta_charset.hpp"

#include "proxy/content/charset_label.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace gatehouse::content {
namespace {

constexpr std::string_view blanks = " \t\r\n\f";

bool is_blank(char c)
{
    return blanks.find(c) != blanks.npos;
}

std::string in_lower_case(std::string_view text)
{
    std::string lower{text};
    for (auto& c : lower)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
}

/// Takes what stands before one of these away.
std::string_view take_until(std::string_view& rest, std::string_view ends)
{
    auto const taken = rest.substr(0, rest.find_first_of(ends));
    rest.remove_prefix(taken.size());
    return taken;
}

void skip(std::string_view& rest, std::string_view passed)
{
    rest.remove_prefix(std::min(rest.find_first_not_of(passed), rest.size()));
}

void skip_behind(std::string_view& rest, std::string_view end)
{
    auto const at = rest.find(end);
    rest.remove_prefix(at == rest.npos ? rest.size() : at + end.size());
}

struct Attribute {
    std::string name, value;
};

/// The next attribute of a tag; nothing at its end.
std::optional<Attribute> take_attribute(std::string_view& rest)
{
    skip(rest, " \t\r\n\f/");
    if (rest.empty() || rest.front() == '>')
        return std::nullopt;
    Attribute attribute;
    auto const first = rest.substr(0, 1); // an equals sign here begins a name
    rest.remove_prefix(1);
    attribute.name = in_lower_case(std::string{first}.append(take_until(rest, "= \t\r\n\f/>")));
    skip(rest, blanks);
    if (!rest.starts_with('='))
        return attribute;
    rest.remove_prefix(1);
    skip(rest, blanks);
    if (rest.starts_with('"') || rest.starts_with('\'')) {
        auto const quote = rest.substr(0, 1);
        rest.remove_prefix(1);
        attribute.value = in_lower_case(take_until(rest, quote));
        rest.remove_prefix(std::min<std::size_t>(1, rest.size()));
    } else {
        attribute.value = in_lower_case(take_until(rest, " \t\r\n\f>"));
    }
    return attribute;
}

/// What stands behind "NAME =", in quotes or up to a blank or a semicolon.
std::string_view value_behind(std::string_view name, std::string_view text)
{
    for (skip_behind(text, name); !text.empty(); skip_behind(text, name)) {
        skip(text, blanks);
        if (!text.starts_with('='))
            continue;
        text.remove_prefix(1);
        skip(text, blanks);
        if (!text.starts_with('"') && !text.starts_with('\''))
            return text.substr(0, text.find_first_of(" \t\r\n\f;"));
        auto const end = text.find(text.front(), 1);
        return end == text.npos ? std::string_view{} : text.substr(1, end - 1);
    }
    return {};
}

/// A page whose ASCII could be read so far is not in UTF-16, whatever it says.
std::string_view as_said_in_ascii(std::string_view label)
{
    auto const converter = converter_of(label);
    if (in_lower_case(label) == "x-user-defined")
        return "windows-1252";
    return converter.starts_with("utf-16") ? "utf-8" : converter;
}

/// Behind "<meta", to the end of the tag.
std::string_view charset_of_meta(std::string_view& rest)
{
    std::optional<std::string> charset, content;
    bool is_type = false;
    while (auto const attribute = take_attribute(rest)) {
        if (attribute->name == "charset" && !charset)
            charset = attribute->value;
        else if (attribute->name == "content" && !content)
            content = attribute->value;
        else if (attribute->name == "http-equiv")
            is_type = is_type || attribute->value == "content-type";
    }
    if (charset)
        return as_said_in_ascii(*charset);
    return is_type && content ? as_said_in_ascii(value_behind("charset", *content)) : std::string_view{};
}

bool is_letter_of_tag(std::string_view rest, std::size_t at)
{
    return at < rest.size() && ((rest[at] >= 'a' && rest[at] <= 'z') || (rest[at] >= 'A' && rest[at] <= 'Z'));
}

} // namespace

std::string_view charset_said_in(std::string_view rest)
{
    constexpr std::string_view meta = "<meta";
    if (rest.starts_with(std::string_view{"<\0?\0x\0", 6}))
        return "utf-16le";
    if (rest.starts_with(std::string_view{"\0<\0?\0x", 6}))
        return "utf-16be";
    if (rest.starts_with("<?xml"))
        if (auto const said = as_said_in_ascii(value_behind("encoding", rest.substr(0, rest.find('>')))); !said.empty())
            return said;
    while (!rest.empty()) {
        rest.remove_prefix(std::min(rest.find('<'), rest.size()));
        if (rest.starts_with("<!--")) {
            rest.remove_prefix(2); // its dashes may be those of its end
            skip_behind(rest, "-->");
        } else if (rest.size() > meta.size() && in_lower_case(rest.substr(0, meta.size())) == meta
            && (is_blank(rest[meta.size()]) || rest[meta.size()] == '/')) {
            rest.remove_prefix(meta.size());
            if (auto const charset = charset_of_meta(rest); !charset.empty())
                return charset;
        } else if (is_letter_of_tag(rest, 1) || (rest.starts_with("</") && is_letter_of_tag(rest, 2))) {
            take_until(rest, " \t\r\n\f>");
            while (take_attribute(rest))
                ;
        } else if (rest.starts_with("<!") || rest.starts_with("</") || rest.starts_with("<?")) {
            skip_behind(rest, ">");
        } else if (!rest.empty()) {
            rest.remove_prefix(1);
        }
    }
    return {};
}

} // namespace gatehouse::content
