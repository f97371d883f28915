#include "proxy/content/page_scan.hpp"

namespace gatehouse::content {

PageScan::PageScan(policy::Policy const& policy, policy::ContentPlan const& plan, policy::PhraseScratch& scratch, TextKind kind,
    std::string_view content_type, std::string_view content_encoding)
    : policy_(policy)
    , plan_(plan)
    , streams_(kind == TextKind::events)
    , body_(kind, content_type, content_encoding, most_read)
    , phrases_(*policy.phrase_index, scratch)
    , state_(body_.state())
{
}

PageScan::State PageScan::add(std::string_view body)
{
    if (state_ != State::reading || body.empty())
        return state_;
    text_.clear();
    state_ = body_.add(body, text_);
    read();
    return state_;
}

PageScan::State PageScan::finish()
{
    if (state_ != State::reading)
        return state_;
    text_.clear();
    state_ = body_.finish(text_);
    read();
    folded_.clear();
    page_text_.finish(folded_);
    if (state_ == State::over && !phrases_.add(folded_))
        state_ = State::unreadable;
    return state_;
}

void PageScan::read()
{
    folded_.clear();
    page_text_.add(text_, folded_);
    if (streams_)
        page_text_.settle(folded_);
    if (state_ != State::unreadable && !phrases_.add(folded_))
        state_ = State::unreadable;
}

} // namespace gatehouse::content
