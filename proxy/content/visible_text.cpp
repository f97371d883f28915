#include "proxy/content/visible_text.hpp"

#include "proxy/content/entity.hpp"
#include "proxy/content/hexadecimal.hpp"

#include <algorithm>
#include <utility>

namespace gatehouse::content {
namespace {

constexpr std::array<std::string_view, 32> inline_tags{"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del",
    "dfn", "em", "font", "i", "ins", "kbd", "label", "mark", "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "tt", "u", "var", "wbr"};
constexpr std::array<std::string_view, 5> shown_attributes{"alt", "title", "content", "placeholder", "aria-label"};
constexpr std::array<std::string_view, 2> raw_tags{"script", "style"};
constexpr std::array<std::string_view, 8> shown_raw_tags{
    "title", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript", "plaintext"};
/// Of HTML. Tags that browsers do not know part no words.
constexpr std::array<std::string_view, 81> parting_tags{"address", "area", "article", "aside", "audio", "base", "blockquote",
    "body", "br", "button", "canvas", "caption", "center", "col", "colgroup", "dd", "details", "dialog", "dir", "div", "dl", "dt",
    "embed", "fieldset", "figcaption", "figure", "footer", "form", "frame", "frameset", "h1", "h2", "h3", "h4", "h5", "h6",
    "head", "header", "hgroup", "hr", "html", "iframe", "img", "input", "legend", "li", "link", "listing", "main", "map", "math",
    "menu", "meta", "nav", "noembed", "noframes", "noscript", "object", "ol", "optgroup", "option", "p", "pre", "script",
    "search", "section", "select", "style", "summary", "svg", "table", "tbody", "td", "template", "textarea", "tfoot", "th",
    "thead", "title", "tr", "ul"};
// How far the end of a comment has come.
constexpr std::uint8_t one_dash = 1;
constexpr std::uint8_t two_dashes = 2;
constexpr std::uint8_t a_bang = 3; // behind two dashes
constexpr std::uint8_t comment_begins = 4;
constexpr std::uint8_t comment_begins_with_dash = 5;

bool is_one_of(std::string_view name, auto const& names)
{
    return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

} // namespace

void VisibleText::add(std::string_view utf8, std::string& text)
{
    if (kind_ == Kind::plain) {
        text.append(utf8);
        return;
    }
    if (kind_ == Kind::json) {
        for (auto const c : utf8)
            add_json(c, text);
        return;
    }
    while (!utf8.empty()) {
        auto const plain = size_of_plain(utf8);
        if (state_ == State::text)
            text.append(utf8.substr(0, plain));
        utf8.remove_prefix(plain);
        if (utf8.empty())
            return;
        add_html(utf8.front(), text);
        utf8.remove_prefix(1);
    }
}

/// How much of what comes next changes nothing but the text: most of a page is copied or passed over in one piece.
std::size_t VisibleText::size_of_plain(std::string_view utf8) const
{
    auto const up_to = [utf8](char end) { return std::min(utf8.find(end), utf8.size()); };
    if (state_ == State::text && !in_entity_)
        return static_cast<std::size_t>(
            std::find_if(utf8.begin(), utf8.end(), [](char c) { return c == '<' || c == '&' || c == '\0'; }) - utf8.begin());
    if (state_ == State::raw && matched_ == 0 && !shows_raw_ && escapes_.is_plain())
        return escapes_.in_comment() ? std::min(utf8.find_first_of("<-"), utf8.size()) : up_to('<');
    if (state_ == State::value && !shown_ && quote_ != 0)
        return up_to(quote_);
    return 0;
}

void VisibleText::add_html(char c, std::string& text)
{
    switch (state_) {
    case State::text: return in_text(c, text);
    case State::tag_open:
    case State::tag_name: return in_tag_name(c, text);
    case State::in_tag:
    case State::attribute:
    case State::after_attribute: return in_attribute(c, text);
    case State::value_begin:
    case State::value: return in_value(c, text);
    case State::declaration: return in_declaration(c, text);
    case State::bogus:
        if (c == '>')
            state_ = State::text;
        return;
    case State::instruction: return in_instruction(c);
    case State::xml_declaration: return in_xml_declaration(c, text);
    case State::comment: return in_comment(c);
    case State::cdata: return in_cdata(c, text);
    case State::raw:
    case State::raw_end: return in_raw(c, text);
    }
}

void VisibleText::in_text(char c, std::string& text)
{
    if (c != '<')
        return put(c, text);
    end_entity(text);
    tag_ = {};
    slash_ = false;
    state_ = State::tag_open;
}

/// "<3" and the like are text.
void VisibleText::in_tag_name(char c, std::string& text)
{
    if (state_ == State::tag_open) {
        if (c == '!' || c == '?') {
            matched_ = 0;
            state_ = c == '!' ? State::declaration : kind_ == Kind::xml ? State::instruction : State::bogus;
        } else if (is_letter(c) || c == '/') {
            tag_.put(to_lower(c));
            state_ = State::tag_name;
        } else {
            text += '<';
            state_ = State::text;
            in_text(c, text);
        }
        return;
    }
    if (c == '>')
        return end_tag(text);
    slash_ = c == '/';
    if (tag_.view() == "/" && !is_letter(c))
        state_ = State::bogus;
    else if (is_space(c) || slash_)
        state_ = State::in_tag;
    else
        tag_.put(to_lower(c));
}

void VisibleText::in_attribute(char c, std::string& text)
{
    if (c == '>')
        return end_tag(text);
    slash_ = c == '/';
    if (c == '=' && state_ != State::in_tag) {
        shown_ = is_one_of(attribute_.view(), shown_attributes);
        state_ = State::value_begin;
    } else if (slash_) {
        state_ = State::in_tag;
    } else if (is_space(c)) {
        state_ = state_ == State::attribute ? State::after_attribute : state_;
    } else {
        if (state_ != State::attribute)
            attribute_ = {};
        attribute_.put(to_lower(c));
        state_ = State::attribute;
    }
}

void VisibleText::in_value(char c, std::string& text)
{
    if (state_ == State::value_begin) {
        if (is_space(c))
            return;
        if (shown_)
            text += ' ';
        quote_ = c == '"' || c == '\'' ? c : '\0';
        state_ = State::value;
        if (quote_ != 0)
            return;
    }
    bool const ends = quote_ != 0 ? c == quote_ : is_space(c) || c == '>';
    if (!ends) {
        if (shown_)
            put(c, text);
        return;
    }
    if (shown_) {
        end_entity(text);
        text += ' ';
    }
    state_ = State::in_tag;
    if (c == '>' && quote_ == 0)
        end_tag(text);
}

/// Only what stands directly behind "<!" makes it a comment or CDATA.
void VisibleText::in_declaration(char c, std::string& text)
{
    constexpr std::string_view comment = "--";
    constexpr std::string_view cdata = "[CDATA[";
    tag_.put(c);
    auto const begin = tag_.view();
    if (begin == comment) {
        dashes_ = kind_ == Kind::xml ? std::uint8_t{0} : comment_begins;
        state_ = State::comment;
    } else if (begin == cdata) {
        matched_ = 0;
        state_ = State::cdata;
    } else if (!comment.starts_with(begin) && !cdata.starts_with(begin)) {
        state_ = kind_ == Kind::xml ? State::xml_declaration : State::bogus;
        quote_ = 0;
        add_html(c, text);
    }
}

void VisibleText::in_instruction(char c)
{
    if (c == '>' && matched_ == 1)
        state_ = State::text;
    matched_ = c == '?' ? 1 : 0;
}

/// Its words are read: those of "<!ENTITY a 'words'>" are shown wherever "&a;" stands. What is quoted does not end it.
void VisibleText::in_xml_declaration(char c, std::string& text)
{
    if (c == '>' && quote_ == 0) {
        end_entity(text);
        state_ = State::text;
        return;
    }
    if (c == '"' || c == '\'')
        quote_ = quote_ == 0 ? c : quote_ == c ? '\0' : quote_;
    put(c, text);
}

/// Ends at "-->"; in HTML also at "--!>", and at once in "<!-->" and "<!--->" (HTML Standard §13.2.5.43 to 52).
void VisibleText::in_comment(char c)
{
    if (c == '>' && dashes_ >= two_dashes)
        state_ = State::text;
    else if (c == '-')
        dashes_ = dashes_ == comment_begins     ? comment_begins_with_dash
            : dashes_ == 0 || dashes_ == a_bang ? one_dash
                                                : two_dashes;
    else
        dashes_ = c == '!' && dashes_ == two_dashes && kind_ != Kind::xml ? a_bang : std::uint8_t{0};
}

/// In HTML it is passed over up to ">"; its words are read nevertheless.
void VisibleText::in_cdata(char c, std::string& text)
{
    if (c == '>' && (matched_ == 2 || !knows_cdata())) {
        state_ = State::text;
    } else if (c == ']' && matched_ < 2) {
        ++matched_;
    } else if (c == ']') {
        text += c; // the last two may be those of its end
    } else {
        text.append(matched_, ']') += c;
        matched_ = 0;
    }
}

/// Up to the end tag of the same name, which a blank, a slash or ">" ends.
void VisibleText::in_raw(char c, std::string& text)
{
    auto const name = tag_.view();
    bool const ends = state_ == State::raw_end && (is_space(c) || c == '/' || c == '>') && name != "plaintext";
    if (ends && !escapes_.hides_end()) {
        end_entity(text);
        ShortName end;
        end.put('/');
        for (auto const letter : name)
            end.put(letter);
        tag_ = end;
        state_ = State::in_tag;
        slash_ = false;
        return in_attribute(c, text);
    }
    state_ = State::raw;
    if (name == "script")
        escapes_.add(c);
    auto const wanted = matched_ == 0 ? '<'
        : matched_ == 1               ? '/'
        : matched_ < name.size() + 2  ? name[std::size_t{matched_} - 2]
                                      : '\0';
    if (wanted != '\0' && to_lower(c) == wanted) {
        if (++matched_ == name.size() + 2)
            state_ = State::raw_end;
        return;
    }
    for (std::size_t i = 0; i < matched_; ++i)
        show_raw(i == 0 ? '<' : i == 1 ? '/' : name[i - 2], text);
    matched_ = c == '<' ? 1 : 0;
    if (c != '<')
        show_raw(c, text);
}

/// Tags are shown as they are written, but for those within <noscript>, which only browsers without scripts show.
void VisibleText::show_raw(char c, std::string& text)
{
    if (!shows_raw_)
        return;
    if (tag_.view() == "noscript") {
        bool const within = quote_ == '>';
        quote_ = c == '<' || (within && c != '>') ? '>' : '\0';
        if (within || c == '<')
            return end_entity(text);
    }
    put(c, text);
}

void VisibleText::end_tag(std::string& text)
{
    auto name = tag_.view();
    bool const closes = name.starts_with('/');
    if (closes)
        name.remove_prefix(1);
    bool const parts = kind_ == Kind::xml ? !is_one_of(name, inline_tags) : is_one_of(name, parting_tags);
    if (parts)
        text += ' ';
    state_ = State::text;
    if (closes)
        return foreign_.close(name);
    bool const within_foreign = knows_cdata();
    foreign_.open(name, slash_);
    if (!within_foreign && !(slash_ && foreign_.was_seen()))
        begin_content(name);
}

/// Called outside XML and SVG only, where nothing hides: a script that is not closed does not swallow the page.
void VisibleText::begin_content(std::string_view name)
{
    bool const is_hidden = is_one_of(name, raw_tags);
    if (!is_hidden && !is_one_of(name, shown_raw_tags))
        return;
    shows_raw_ = !is_hidden;
    escapes_ = {};
    matched_ = 0;
    quote_ = 0;
    state_ = State::raw;
}

/// A character of text or of a value, with entities taken away.
void VisibleText::put(char c, std::string& text)
{
    if (in_entity_) {
        if (entity_goes_on(entity_.view(), c) && entity_.size < entity_.letters.size())
            return entity_.put(c);
        if (c == ';') {
            in_entity_ = false;
            return append_entity(text, entity_.view());
        }
        end_entity(text);
    }
    if (c == '&') {
        in_entity_ = true;
        entity_ = {};
    } else if (c != '\0') { // which browsers drop
        text += c;
    }
}

void VisibleText::end_entity(std::string& text)
{
    if (std::exchange(in_entity_, false))
        append_unended(text, entity_.view());
}

void VisibleText::add_json(char c, std::string& text)
{
    constexpr std::uint8_t last_digit = 5;
    if (escape_ == 0) {
        if (c == '\\')
            escape_ = 1;
        else
            text += c;
    } else if (escape_ == 1) {
        escape_ = c == 'u' ? 2 : 0;
        code_unit_ = 0;
        if (c != 'u')
            text += c == '/' || c == '\\' ? c : ' ';
    } else if (auto const digit = hex_value(c); digit < 0) {
        escape_ = 0;
        text += c;
    } else {
        code_unit_ = static_cast<std::uint16_t>(code_unit_ << 4 | digit);
        if (escape_++ < last_digit)
            return;
        escape_ = 0;
        bool const is_high = code_unit_ >= 0xd800 && code_unit_ < 0xdc00;
        bool const is_low = code_unit_ >= 0xdc00 && code_unit_ < 0xe000;
        if (is_low && high_surrogate_ != 0)
            append_utf8(text, 0x10000U + ((high_surrogate_ - 0xd800U) << 10) + (code_unit_ - 0xdc00U));
        else if (!is_high)
            append_utf8(text, code_unit_);
        high_surrogate_ = is_high ? code_unit_ : std::uint16_t{0};
    }
}

} // namespace gatehouse::content
