#include "proxy/content/page_scan.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace gatehouse::content {

std::optional<VisibleText::Kind> kind_of(std::string_view content_type)
{
    using Kind = VisibleText::Kind;
    constexpr std::size_t longest = 64; // of the types below, with room; kept here, since this is asked of every answer
    std::array<char, longest> small;
    auto const written = content_type.substr(0, std::min(content_type.find_first_of("; \t"), longest));
    std::transform(
        written.begin(), written.end(), small.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    std::string_view const type{small.data(), written.size()};
    if (type.empty() || type == "text/html" || type == "application/xhtml+xml" || type == "text/xml" || type == "application/xml"
        || type.ends_with("+xml"))
        return type == "image/svg+xml" ? std::nullopt : std::optional{Kind::html};
    if (type == "text/plain" || type == "text/markdown")
        return Kind::plain;
    if (type == "application/json" || type.ends_with("+json") || type == "text/event-stream" || type == "application/x-ndjson")
        return Kind::json;
    return std::nullopt;
}

PageScan::PageScan(policy::Policy const& policy, policy::ContentPlan const& plan, policy::PhraseScratch& scratch,
    VisibleText::Kind kind, std::string_view content_type, std::string_view content_encoding)
    : policy_(policy)
    , plan_(plan)
    , decoder_(BodyDecoder::make(content_encoding))
    , to_utf8_(charset_of(content_type))
    , visible_(kind)
    , phrases_(*policy.phrase_index, scratch)
{
    if (!decoder_)
        state_ = State::unreadable;
}

PageScan::State PageScan::add(std::string_view body)
{
    if (state_ != State::reading || body.empty())
        return state_;
    decoded_.clear();
    auto const decoded = decoder_->add(body, decoded_, most_read - read_);
    if (decoded != DecodeResult::ok && decoded != DecodeResult::full)
        return state_ = State::unreadable;
    read_ += decoded_.size();
    utf8_.clear();
    to_utf8_.add(decoded_, utf8_);
    read(utf8_);
    if (state_ == State::reading && decoded == DecodeResult::full)
        state_ = State::over;
    return state_;
}

PageScan::State PageScan::finish()
{
    if (state_ != State::reading)
        return state_;
    utf8_.clear();
    to_utf8_.finish(utf8_);
    read(utf8_);
    folded_.clear();
    page_text_.finish(folded_);
    if (state_ == State::reading)
        state_ = phrases_.add(folded_) ? State::over : State::unreadable;
    return state_;
}

void PageScan::read(std::string_view utf8)
{
    text_.clear();
    visible_.add(utf8, text_);
    folded_.clear();
    page_text_.add(text_, folded_);
    if (!phrases_.add(folded_))
        state_ = State::unreadable;
}

} // namespace gatehouse::content
