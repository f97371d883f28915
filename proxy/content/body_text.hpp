#pragma once
// The text of one body: codings off, charset to UTF-8, markup and escapes away.

#include "proxy/content/body_decoder.hpp"
#include "proxy/content/charset.hpp"
#include "proxy/content/form_text.hpp"
#include "proxy/content/streamed_json.hpp"

#include <optional>
#include <variant>

namespace gatehouse::content {

enum class TextKind : std::uint8_t { plain, html, json, events, form };

/// How a body of that Content-Type is read; nothing if it holds no text for people. An answer without a type, or with one that
/// says nothing, is read as HTML, since browsers guess;
/// a request's is not read.
std::optional<TextKind> kind_of(std::string_view content_type);
std::optional<TextKind> kind_of_request(std::string_view content_type);

/// Streaming. What comes out does not depend on how the body was cut.
class BodyText {
public:
    enum class State : std::uint8_t {
        reading,
        over,       ///< read to the end, or as far as is read
        unreadable, ///< a coding that is unknown, broken, or grows beyond measure
    };

    /// `most`: bytes of it that are read, without codings. The strings are used during the call only.
    BodyText(TextKind kind, std::string_view content_type, std::string_view content_encoding, std::size_t most);

    /// Bytes of the body as they arrived; what they say goes behind `text`. Once the state is not `reading` any more it stays.
    State add(std::string_view body, std::string& text);
    /// The body is complete.
    State finish(std::string& text);
    State state() const { return state_; }

private:
    void read(std::string_view utf8, std::string& text);

    std::unique_ptr<BodyDecoder> decoder_;
    ToUtf8 to_utf8_;
    std::variant<VisibleText, StreamedJson, FormText> reader_;
    std::string decoded_, utf8_;
    std::size_t left_;
    State state_ = State::reading;
};

} // namespace gatehouse::content
