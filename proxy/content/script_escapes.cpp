#include "proxy/content/script_escapes.hpp"

#include "proxy/content/entity.hpp"

#include <algorithm>

namespace gatehouse::content {

void ScriptEscapes::add(char c)
{
    if (level_ == Level::none)
        return look_for_comment(c);
    constexpr std::uint8_t most_dashes = 2;
    if (c == '>' && dashes_ == most_dashes) {
        *this = {};
        return;
    }
    dashes_ = c == '-' ? std::min<std::uint8_t>(dashes_ + 1, most_dashes) : std::uint8_t{0};
    look_for_tag(c);
}

void ScriptEscapes::look_for_comment(char c)
{
    constexpr std::string_view comment = "<!--";
    matched_ = c == comment[matched_] ? matched_ + 1 : c == '<' ? 1 : 0;
    if (matched_ < comment.size())
        return;
    level_ = Level::comment;
    matched_ = 0;
    dashes_ = 2; // they may be those of its end
}

void ScriptEscapes::look_for_tag(char c)
{
    std::string_view const tag = level_ == Level::comment ? "<script" : "</script";
    bool const ends = c == '>' || c == '/' || c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
    if (matched_ == tag.size() && ends) {
        level_ = level_ == Level::comment ? Level::script_in_comment : Level::comment;
        matched_ = 0;
        return;
    }
    bool const goes_on = matched_ < tag.size() && to_lower(c) == tag[matched_];
    matched_ = goes_on ? matched_ + 1 : c == '<' ? 1 : 0;
}

} // namespace gatehouse::content
