#pragma once
// One answer on its way to the client, read along: codings off, charset to UTF-8, markup to text; phrases weighed, limits judged.

#include "policy/page_text.hpp"
#include "policy/policy.hpp"
#include "proxy/content/body_text.hpp"

namespace gatehouse::content {

/// Decoded bytes of one answer that are read; what comes behind them passes unread.
inline constexpr std::size_t most_read = 4 << 20;

/// Lifetime: the policy and the scratch outlive it.
class PageScan {
public:
    using State = BodyText::State;

    /// The strings are used during the call only.
    PageScan(policy::Policy const& policy, policy::ContentPlan const& plan, policy::PhraseScratch& scratch, TextKind kind,
        std::string_view content_type, std::string_view content_encoding);

    /// Bytes of the body as they arrived. Once the state is not `reading` any more it stays.
    State add(std::string_view body);
    /// The body is complete.
    State finish();
    State state() const { return state_; }
    /// What the page has said so far, judged. The longer it was read, the fairer: what speaks for it counts too.
    policy::ContentFinding judge() const { return policy::judge_content(policy_, plan_, phrases_.scores()); }
    /// What it has said so far that somebody is told of, though it passes.
    policy::ContentFinding worth_telling() const
    {
        return policy::judge_content(policy_, plan_, phrases_.scores(), policy::ContentAction::tell);
    }

private:
    void read();

    policy::Policy const& policy_;
    policy::ContentPlan plan_;
    bool streams_; ///< what has come is judged without waiting for more
    BodyText body_;
    policy::PageText page_text_;
    policy::PhraseScan phrases_;
    std::string text_, folded_;
    State state_ = State::reading;
};

} // namespace gatehouse::content
