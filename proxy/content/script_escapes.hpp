#pragma once
// Where a script ends: what looks like its end tag is none behind "<!--" and another "<script" (HTML Standard §13.2.5.15 to 31). Internal to this
// folder.

#include <cstdint>
#include <string_view>

namespace gatehouse::content {

class ScriptEscapes {
public:
    /// A character between the start tag and the end tag.
    void add(char c);
    /// True where an end tag of a script ends only a script within a comment.
    bool hides_end() const { return level_ == Level::script_in_comment; }
    /// True where characters change nothing but these: '<', and within a comment '-'.
    bool is_plain() const { return matched_ == 0 && dashes_ == 0; }
    bool in_comment() const { return level_ != Level::none; }

private:
    enum class Level : std::uint8_t { none, comment, script_in_comment };
    void look_for_comment(char c);
    void look_for_tag(char c);

    Level level_ = Level::none;
    std::uint8_t matched_ = 0; ///< letters of what is looked for
    std::uint8_t dashes_ = 0;  ///< directly before, up to two
};

} // namespace gatehouse::content
