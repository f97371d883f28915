#pragma once
// One answer on its way to the client, read along: codings off, charset to UTF-8, markup to text, phrases weighed, limits judged.

#include "policy/page_text.hpp"
#include "policy/policy.hpp"
#include "proxy/content/body_decoder.hpp"
#include "proxy/content/charset.hpp"
#include "proxy/content/visible_text.hpp"

#include <optional>

namespace gatehouse::content {

/// Decoded bytes of one answer that are read; what comes behind them passes unread.
inline constexpr std::size_t most_read = 4 << 20;

/// How a body of that Content-Type is read; nothing if it holds no text for people. Without a type browsers guess, so it is read as HTML.
std::optional<VisibleText::Kind> kind_of(std::string_view content_type);

/// Lifetime: the policy and the scratch outlive it.
class PageScan {
public:
    enum class State : std::uint8_t {
        reading,
        over,       ///< read to the end, or as far as is read
        unreadable, ///< a coding that is unknown, broken, or grows beyond measure
    };

    /// The strings are used during the call only.
    PageScan(policy::Policy const& policy, policy::ContentPlan const& plan, policy::PhraseScratch& scratch,
        VisibleText::Kind kind, std::string_view content_type, std::string_view content_encoding);

    /// Bytes of the body as they arrived. Once the state is not `reading` any more it stays.
    State add(std::string_view body);
    /// The body is complete.
    State finish();
    State state() const { return state_; }
    /// What the page has said so far, judged. The longer it was read, the fairer: what speaks for it counts too.
    policy::ContentFinding judge() const { return policy::judge_content(policy_, plan_, phrases_.scores()); }

private:
    void read(std::string_view utf8);

    policy::Policy const& policy_;
    policy::ContentPlan plan_;
    std::unique_ptr<BodyDecoder> decoder_;
    ToUtf8 to_utf8_;
    VisibleText visible_;
    policy::PageText page_text_;
    policy::PhraseScan phrases_;
    std::string decoded_, utf8_, text_, folded_;
    std::size_t read_ = 0;
    State state_ = State::reading;
};

} // namespace gatehouse::content
