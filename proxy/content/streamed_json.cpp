#include "proxy/content/streamed_json.hpp"

#include <algorithm>

namespace gatehouse::content {
namespace {

/// Where services put what is said; strings without a key count as text too.
bool holds_text(std::string_view key)
{
    static constexpr std::string_view keys[]{"content", "text", "delta", "v", "parts", "completion", "response", "message",
        "output_text", "answer", "value", "token", "generated_text", "reasoning_content", "thinking"};
    return key.empty() || std::find(std::begin(keys), std::end(keys), key) != std::end(keys);
}

bool opens_json(char c)
{
    return c == '{' || c == '[' || c == '"';
}

} // namespace

void StreamedJson::add(std::string_view utf8, std::string& text)
{
    for (auto const c : utf8) {
        if (c == '\n' || c == '\r') {
            end_line(text);
            continue;
        }
        empty_line_ = false;
        switch (line_) {
        case Line::name:
        case Line::blank: begin_line(c, text); break;
        case Line::json: add_json(c, text); break;
        case Line::plain: text += c; break;
        case Line::skipped: break;
        }
    }
}

void StreamedJson::forget_nesting()
{
    objects_ = 0;
    depth_ = 0;
    awaits_key_ = in_string_ = escaped_ = false;
    key_ = {};
}

/// The name of the field up to its colon, and one blank behind it.
void StreamedJson::begin_line(char c, std::string& text)
{
    if (line_ == Line::name && c == ':') {
        line_ = name_.view() == "data" ? Line::blank : Line::skipped;
        return;
    }
    bool const bare = line_ == Line::name && name_.size == 0 && opens_json(c);
    if (line_ == Line::name && !bare)
        return name_.put(c);
    if (line_ == Line::blank && c == ' ')
        return;
    if (bare)
        forget_nesting(); // each line is a text of its own
    line_ = depth_ > 0 || opens_json(c) ? Line::json : Line::plain;
    line_ == Line::json ? add_json(c, text) : void(text += c);
}

void StreamedJson::end_line(std::string& text)
{
    if (empty_line_) // the event is over
        forget_nesting();
    if (line_ == Line::plain)
        text += ' ';
    line_ = Line::name;
    name_ = {};
    empty_line_ = true;
}

void StreamedJson::add_json(char c, std::string& text)
{
    if (in_string_)
        return in_string(c, text);
    switch (c) {
    case '{':
    case '[':
        objects_ = objects_ << 1 | (c == '{' ? 1U : 0U);
        ++depth_;
        awaits_key_ = c == '{';
        break;
    case '}':
    case ']':
        objects_ >>= 1;
        depth_ -= depth_ > 0 ? 1 : 0;
        awaits_key_ = false;
        break;
    case ',': awaits_key_ = (objects_ & 1) != 0; break;
    case ':': awaits_key_ = false; break;
    case '"': begin_string(text); break;
    default: break;
    }
}

void StreamedJson::begin_string(std::string& text)
{
    in_string_ = true;
    is_key_ = awaits_key_;
    if (is_key_) {
        key_ = {};
        return;
    }
    is_read_ = depth_ <= deepest && holds_text(key_.view());
    if (is_read_ && key_.view() != last_read_.view()) {
        last_read_ = key_;
        text += ' ';
    }
}

void StreamedJson::in_string(char c, std::string& text)
{
    if (c == '"' && !escaped_) {
        in_string_ = false;
        return;
    }
    escaped_ = c == '\\' && !escaped_;
    if (is_key_)
        key_.put(c);
    else if (is_read_)
        unescaped_.add({&c, 1}, text);
}

} // namespace gatehouse::content
