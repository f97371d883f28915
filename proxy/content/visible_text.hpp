#pragma once
// What of a body people read: text between tags and in the attributes that are shown or spoken; not scripts, styles and comments.

#include "proxy/content/foreign_content.hpp"
#include "proxy/content/script_escapes.hpp"
#include "proxy/content/short_name.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::content {

/// Streaming, without a tree: what comes out does not depend on how the input was cut. Broken markup is read as browsers read it as far as
/// text is concerned; it never ends the reading.
class VisibleText {
public:
    enum class Kind : std::uint8_t {
        plain,
        html,
        xml,  ///< as HTML, but no tag hides what it holds
        json, ///< escapes of strings are taken away, everything else stays
    };

    explicit VisibleText(Kind kind)
        : kind_(kind)
    {
    }

    /// Appends the text. Tags that part words leave a blank; those that do not leave nothing ("ki<b>ll</b>" is "kill").
    void add(std::string_view utf8, std::string& text);

private:
    enum class State : std::uint8_t {
        text,
        tag_open,
        tag_name,
        in_tag,
        attribute,
        after_attribute,
        value_begin,
        value,
        declaration,
        bogus,           ///< what browsers pass over up to ">"
        instruction,     ///< of XML: up to "?>"
        xml_declaration, ///< may say what entities stand for
        comment,
        cdata,
        raw,
        raw_end,
    };
    std::size_t size_of_plain(std::string_view utf8) const;
    void add_html(char c, std::string& text);
    void add_json(char c, std::string& text);
    void in_text(char c, std::string& text);
    void in_tag_name(char c, std::string& text);
    void in_attribute(char c, std::string& text);
    void in_value(char c, std::string& text);
    void in_declaration(char c, std::string& text);
    void in_instruction(char c);
    void in_xml_declaration(char c, std::string& text);
    void in_comment(char c);
    void in_cdata(char c, std::string& text);
    void in_raw(char c, std::string& text);
    void show_raw(char c, std::string& text);
    void begin_content(std::string_view name);
    bool knows_cdata() const { return kind_ == Kind::xml || foreign_.is_here(); }
    void end_tag(std::string& text);
    void put(char c, std::string& text);
    void end_entity(std::string& text);

    Kind kind_;
    State state_ = State::text;
    ShortName tag_;
    ShortName attribute_;
    ShortName entity_;
    bool in_entity_ = false;
    bool shown_ = false; ///< the attribute's value is
    char quote_ = 0;
    bool slash_ = false;      ///< the tag's last character so far
    bool shows_raw_ = false;  ///< what is read up to an end tag is shown, as in a title
    std::uint8_t dashes_ = 0; ///< how far the end of a comment has come
    std::uint8_t matched_
        = 0; ///< letters of the end tag of a script or style, brackets of the end of CDATA, the end of an instruction
    std::uint8_t escape_ = 0; ///< of a JSON escape: 1 behind the backslash, 2 to 5 within \u
    std::uint16_t code_unit_ = 0;
    std::uint16_t high_surrogate_ = 0;
    ForeignContent foreign_;
    ScriptEscapes escapes_;
};

} // namespace gatehouse::content
