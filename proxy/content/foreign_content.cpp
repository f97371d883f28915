#include "proxy/content/foreign_content.hpp"

#include <algorithm>

namespace gatehouse::content {
namespace {

/// In the order of Element.
constexpr std::array<std::string_view, 11> known_names{
    "svg", "math", "annotation-xml", "foreignobject", "desc", "title", "mi", "mo", "mn", "ms", "mtext"};

/// Start tags that end SVG and MathML. <font> does so with some attributes only, and is left out: more is read then than is shown.
constexpr std::array<std::string_view, 44> breaking_out{"b", "big", "blockquote", "body", "br", "center", "code", "dd", "div",
    "dl", "dt", "em", "embed", "h1", "h2", "h3", "h4", "h5", "h6", "head", "hr", "i", "img", "li", "listing", "menu", "meta",
    "nobr", "ol", "p", "pre", "ruby", "s", "small", "span", "strong", "strike", "sub", "sup", "table", "tt", "u", "ul", "var"};

/// What has no end tag.
constexpr std::array<std::string_view, 14> without_end{
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"};

bool is_named_in(std::string_view name, auto const& names)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// FNV-1a.
std::uint32_t number_of(std::string_view name)
{
    std::uint32_t number = 0x811c9dc5;
    for (auto const c : name)
        number = (number ^ static_cast<unsigned char>(c)) * 0x01000193;
    return number;
}

} // namespace

std::optional<ForeignContent::Element> ForeignContent::known(std::string_view name)
{
    auto const* const found = std::find(known_names.begin(), known_names.end(), name);
    return found == known_names.end() ? std::nullopt : std::optional{static_cast<Element>(found - known_names.begin())};
}

void ForeignContent::push(Open const& element)
{
    if (depth_ < most_open)
        open_[depth_++] = element;
    else
        in_doubt_ = true;
}

void ForeignContent::open(std::string_view name, bool closes_itself)
{
    auto const element = known(name);
    bool const is_root = element && *element <= Element::math;
    seen_ = seen_ || is_root;
    if (in_doubt_)
        return;
    if (is_root && !closes_itself)
        return push({*element, 0});
    if (is_root || depth_ == 0)
        return;
    if (is_here())
        return open_here(name, closes_itself);
    open_html(name);
}

void ForeignContent::open_here(std::string_view name, bool closes_itself)
{
    if (is_named_in(name, breaking_out)) {
        while (depth_ > 0 && top().element <= Element::math)
            --depth_;
        if (depth_ > 0 && !is_here())
            open_html(name);
        return;
    }
    auto const element = known(name);
    if (!element || closes_itself)
        return;
    bool const of_svg = *element >= Element::foreign_object && *element <= Element::title;
    if (of_svg == (top().element == Element::svg))
        push({*element, 0});
}

void ForeignContent::open_html(std::string_view name)
{
    if (!is_named_in(name, without_end))
        push({Element::of_html, number_of(name)});
}

/// What is not nested well browsers put right in ways that are not followed here.
void ForeignContent::close_html(std::string_view name)
{
    if (top().number == number_of(name))
        --depth_;
    else
        in_doubt_ = true;
}

/// End tags directly within what holds HTML are those of SVG and MathML still (§13.2.6: only its start tags and text are HTML's).
void ForeignContent::close(std::string_view name)
{
    if (in_doubt_ || depth_ == 0)
        return;
    if (top().element == Element::of_html)
        return close_html(name);
    auto const element = known(name);
    if (!element)
        return;
    for (std::size_t at = depth_; at > 0; --at) {
        if (open_[at - 1].element == *element) {
            depth_ = static_cast<std::uint8_t>(at - 1);
            return;
        }
        if (open_[at - 1].element == Element::of_html)
            return;
    }
}

} // namespace gatehouse::content
