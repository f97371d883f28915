#pragma once
// Between an answer and the client, where the policy wants its pages read: holds the beginning back until it is known to be fit, then reads
// along, and closes what reaches a limit.

#include "proxy/content/page_scan.hpp"
#include "proxy/session/outcome.hpp"

namespace gatehouse::session {

/// What is held back at most before the client sees the first byte: bytes, and the time from the first of them. The length of both is what
/// reading may add to an answer.
inline constexpr std::size_t most_held = 64 * 1024;
inline constexpr std::chrono::milliseconds longest_held{300};

class ContentGate {
public:
    /// Nothing if the policy does not want this answer read, or if it holds no text.
    static std::unique_ptr<ContentGate> make(Session& session, Outcome const& outcome, http1::ResponseHead const& head);

    ContentGate(Session& session, policy::Policy const& policy, policy::ContentPlan const& plan, content::TextKind kind,
        http1::ResponseHead const& head);

    /// Body bytes, as they will be sent.
    void add(std::string_view body) { scan_.add(body); }
    /// The body is complete.
    void finish() { scan_.finish(); }
    /// What of a page that passed is told to somebody.
    policy::ContentFinding worth_telling() const { return scan_.worth_telling(); }
    /// Asked before anything is sent. False: the answer is closed; `outcome` then says by what.
    bool is_fit(Outcome& outcome) const;
    /// True as long as nothing of the answer is sent. `waiting`: bytes that wait for it.
    bool holds(std::size_t waiting);
    /// What is left of the time for holding back; zero: no more.
    std::chrono::milliseconds time_left() const;
    /// Time is up.
    void let_go() { holding_ = false; }

private:
    net::DeadlineWheel const& wheel_;
    policy::Policy const& policy_;
    bool closes_;            ///< what the page says may close it; otherwise it is only read
    bool closes_unreadable_; ///< and the person's role fails closed
    content::PageScan scan_;
    std::chrono::milliseconds began_;
    bool holding_ = true;
};

} // namespace gatehouse::session
