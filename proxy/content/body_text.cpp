#include "proxy/content/body_text.hpp"

#include <algorithm>
#include <cctype>

namespace gatehouse::content {
namespace {

/// The type alone, in lower case. Kept here, since this is asked of every answer.
class Type {
public:
    explicit Type(std::string_view content_type)
    {
        auto const written = content_type.substr(0, std::min(content_type.find_first_of("; \t"), letters_.size()));
        std::transform(
            written.begin(), written.end(), letters_.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
        size_ = written.size();
    }
    std::string_view view() const { return {letters_.data(), size_}; }

private:
    std::array<char, 64> letters_; // of the types below, with room; not initialised: filled up to size_
    std::size_t size_;
};

/// JSON, events and forms are UTF-8 whatever is said (RFC 8259 §8.1, HTML Standard §9.2.6, URL Standard §5.1, RFC 7578 §5.1), and only pages
/// speak of their charset themselves.
CharsetBy charset_is_told_by(TextKind kind, std::string_view content_type)
{
    if (kind == TextKind::html)
        return CharsetBy::page;
    bool const is_plain = kind == TextKind::plain && !Type{content_type}.view().starts_with("multipart/");
    return is_plain ? CharsetBy::field : CharsetBy::nothing;
}

std::variant<VisibleText, StreamedJson, FormText> reader_for(TextKind kind, std::string_view content_type)
{
    switch (kind) {
    case TextKind::plain: return VisibleText{VisibleText::Kind::plain};
    case TextKind::html:
        return VisibleText{Type{content_type}.view().ends_with("xml") ? VisibleText::Kind::xml : VisibleText::Kind::html};
    case TextKind::json: return VisibleText{VisibleText::Kind::json};
    case TextKind::events: return StreamedJson{};
    case TextKind::form: return FormText{};
    }
    return VisibleText{VisibleText::Kind::plain};
}

/// No type, or what says as little: browsers guess then (WHATWG MIME Sniffing §7).
bool is_missing(std::string_view type)
{
    return type.find('/') == type.npos || type == "*/*" || type == "unknown/unknown" || type == "application/unknown";
}

} // namespace

std::optional<TextKind> kind_of(std::string_view content_type)
{
    Type const written{content_type};
    auto const type = written.view();
    if (is_missing(type) || type == "text/html" || type == "application/xhtml+xml" || type == "text/xml"
        || type == "application/xml" || type.ends_with("+xml"))
        return type == "image/svg+xml" ? std::nullopt : std::optional{TextKind::html};
    if (type == "text/plain" || type == "text/markdown")
        return TextKind::plain;
    if (type == "application/json" || type.ends_with("+json"))
        return TextKind::json;
    if (type == "text/event-stream" || type == "application/x-ndjson" || type == "application/jsonl")
        return TextKind::events;
    return std::nullopt;
}

std::optional<TextKind> kind_of_request(std::string_view content_type)
{
    Type const written{content_type};
    auto const type = written.view();
    if (type == "application/x-www-form-urlencoded")
        return TextKind::form;
    if (type == "multipart/form-data")
        return TextKind::plain;
    if (is_missing(type))
        return std::nullopt;
    auto const kind = kind_of(content_type);
    return kind == TextKind::events ? TextKind::json : kind;
}

BodyText::BodyText(TextKind kind, std::string_view content_type, std::string_view content_encoding, std::size_t most)
    : decoder_(BodyDecoder::make(content_encoding))
    , to_utf8_(charset_is_told_by(kind, content_type), charset_of(content_type))
    , reader_(reader_for(kind, content_type))
    , left_(most)
{
    if (!decoder_)
        state_ = State::unreadable;
}

BodyText::State BodyText::add(std::string_view body, std::string& text)
{
    if (state_ != State::reading || body.empty())
        return state_;
    decoded_.clear();
    auto const decoded = decoder_->add(body, decoded_, left_);
    if (decoded != DecodeResult::ok && decoded != DecodeResult::full)
        return state_ = State::unreadable;
    left_ -= std::min(left_, decoded_.size());
    utf8_.clear();
    to_utf8_.add(decoded_, utf8_);
    read(utf8_, text);
    if (decoded == DecodeResult::full)
        state_ = State::over;
    return state_;
}

BodyText::State BodyText::finish(std::string& text)
{
    if (state_ != State::reading)
        return state_;
    utf8_.clear();
    to_utf8_.finish(utf8_);
    read(utf8_, text);
    return state_ = State::over;
}

void BodyText::read(std::string_view utf8, std::string& text)
{
    std::visit([&](auto& reader) { reader.add(utf8, text); }, reader_);
}

} // namespace gatehouse::content
