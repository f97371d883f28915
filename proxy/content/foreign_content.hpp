#pragma once
// Whether a place of a page is within SVG or MathML, where tags mean other things (HTML Standard §13.2.6.5). Followed as far as that matters to what is
// shown; no tree. Internal to this folder.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace gatehouse::content {

class ForeignContent {
public:
    /// A start tag, by its name in lower case.
    void open(std::string_view name, bool closes_itself);
    /// An end tag.
    void close(std::string_view name);
    /// True directly within SVG or MathML: not outside, nor within a part of it that holds HTML again. Where that is in doubt, for the rest of the page.
    bool is_here() const { return in_doubt_ || (depth_ > 0 && top().element <= Element::annotation); }
    /// True behind the first of them.
    bool was_seen() const { return seen_; }

private:
    /// Roots; what may hold HTML within them; what does; and what is open within that.
    enum class Element : std::uint8_t { svg, math, annotation, foreign_object, desc, title, mi, mo, mn, ms, mtext, of_html };
    struct Open {
        Element element;
        std::uint32_t number; ///< of the name, of an element of HTML
    };
    static constexpr std::size_t most_open = 48;

    static std::optional<Element> known(std::string_view name);
    Open const& top() const { return open_[depth_ - 1U]; }
    void push(Open const& element);
    void open_here(std::string_view name, bool closes_itself);
    void open_html(std::string_view name);
    void close_html(std::string_view name);

    std::array<Open, most_open> open_{}; ///< up to depth_
    std::uint8_t depth_ = 0;
    bool seen_ = false;
    bool in_doubt_ = false; ///< not nested as it should be, or too deep
};

} // namespace gatehouse::content
