#include "proxy/portal/html.hpp"
#include "proxy/portal/form_data.hpp"

#include <array>
#include <cassert>
#include <map>

namespace gatehouse::portal {

View& View::text(std::string const& name, std::string_view value)
{
    if (value.empty())
        data_.set(name, kainjow::mustache::data::type::bool_false);
    else
        data_.set(name, std::string(value));
    return *this;
}

View& View::number(std::string const& name, long long value)
{
    return text(name, std::to_string(value));
}

View& View::flag(std::string const& name, bool value)
{
    using type = kainjow::mustache::data::type;
    data_.set(name, value ? type::bool_true : type::bool_false);
    return *this;
}

View& View::html(std::string const& name, Html const& value)
{
    return text(name, value.text());
}

View& View::list(std::string const& name, std::vector<View> const& rows)
{
    kainjow::mustache::data list{kainjow::mustache::data::type::list};
    for (auto const& row : rows)
        list << row.data_;
    data_.set(name, list);
    return flag("any_" + name, !rows.empty());
}

View& View::object(std::string const& name, View const& value)
{
    data_.set(name, value.data_);
    return *this;
}

Html render(std::string_view name, View const& view, Language language)
{
    // Parsing costs more than rendering, and a parsed template is not shareable between threads.
    thread_local std::array<std::map<std::string, kainjow::mustache::mustache, std::less<>>, language_count> all_parsed;
    auto& parsed = all_parsed[static_cast<std::size_t>(language)];
    auto found = parsed.find(name);
    if (found == parsed.end()) {
        auto const file = std::string(name) + ".mustache";
        found = parsed.emplace(name, kainjow::mustache::mustache(spoken_template(language, embedded_file(file)))).first;
        assert(found->second.is_valid() && !embedded_file(file).empty());
    }
    return Html{found->second.render(view.data_)};
}

namespace {

/// Length of the UTF-8 sequence at the front of `text` and its code point; length 0 if it is broken.
struct Character {
    std::size_t size = 0;
    char32_t code = 0;
};

Character first_character(std::string_view text)
{
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    auto const lead = byte(0);
    if (lead < 0x80)
        return {1, lead};
    std::size_t const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < size)
        return {};
    char32_t code = lead & (0x7fU >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xc0U) != 0x80U)
            return {};
        code = (code << 6U) | (byte(i) & 0x3fU);
    }
    bool const overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
    if (overlong || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return {};
    return {size, code};
}

bool is_harmless(char32_t code)
{
    bool const control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    bool const direction = code == 0x061c || code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e)
        || (code >= 0x2066 && code <= 0x2069);
    bool const invisible = code == 0x200b || code == 0x2028 || code == 0x2029 || code == 0xfeff;
    return !control && !direction && !invisible;
}

} // namespace

bool is_valid_utf8(std::string_view text)
{
    while (!text.empty()) {
        auto const size = first_character(text).size;
        if (size == 0)
            return false;
        text.remove_prefix(size);
    }
    return true;
}

std::string shown_text(std::string_view raw, std::size_t max_bytes)
{
    static constexpr std::string_view replacement = "\xef\xbf\xbd", ellipsis = "\xe2\x80\xa6";
    std::string out;
    while (!raw.empty()) {
        auto const character = first_character(raw);
        bool const line_end = character.code == '\n' || character.code == '\t';
        auto const shown = character.size != 0 && (is_harmless(character.code) || line_end)
            ? (line_end ? std::string_view(" ") : raw.substr(0, character.size))
            : replacement;
        if (out.size() + shown.size() > max_bytes)
            return out.append(ellipsis);
        out.append(shown);
        raw.remove_prefix(character.size == 0 ? 1 : character.size);
    }
    return out;
}

std::string spoken(std::string_view id)
{
    std::string text(id);
    for (auto& c : text)
        c = c == '-' || c == '_' ? ' ' : c;
    return text;
}

} // namespace gatehouse::portal
