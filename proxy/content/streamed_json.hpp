#pragma once
// What a stream of JSON says that arrives word by word, as answers of AI assistants do: the strings of its text, joined to sentences again.

#include "proxy/content/visible_text.hpp"

namespace gatehouse::content {

/// Server-sent events (HTML Standard §9.2) and JSON by lines. Of JSON only strings under the keys in which such services put text are read, so
/// that nothing stands between the pieces of a word; lines that are no JSON are read as they are. Streaming: what comes out does not depend on
/// how the input was cut. Never fails; what is nested deeper than 64 levels is left out.
class StreamedJson {
public:
    void add(std::string_view utf8, std::string& text);

private:
    enum class Line : std::uint8_t { name, blank, json, plain, skipped };
    static constexpr unsigned deepest = 64;

    void begin_line(char c, std::string& text);
    void end_line(std::string& text);
    void add_json(char c, std::string& text);
    void in_string(char c, std::string& text);
    void begin_string(std::string& text);
    void forget_nesting();

    Line line_ = Line::name;
    ShortName name_; ///< of the field that the line is
    bool empty_line_ = true;

    std::uint64_t objects_ = 0; ///< a bit for each level: an object, not an array
    unsigned depth_ = 0;
    bool awaits_key_ = false;
    bool in_string_ = false;
    bool is_key_ = false;
    bool is_read_ = false;
    bool escaped_ = false;
    ShortName key_;
    ShortName last_read_;
    VisibleText unescaped_{VisibleText::Kind::json};
};

} // namespace gatehouse::content
