#pragma once
// Between what a person writes and the service it goes to, where the policy wants that read: holds it back until it is complete, and closes or
// tells of what a list of terms speaks of. The words themselves are neither kept nor told.

#include "proxy/content/prompt_scan.hpp"
#include "proxy/session/outcome.hpp"

namespace gatehouse::session {

/// What of a message is held back at most, and for how long; a longer one, or one that its sender does not finish, flows then, each piece read before
/// it is sent.
inline constexpr std::size_t most_held_of_prompt = 64 * 1024;
inline constexpr std::chrono::milliseconds longest_held_of_prompt{2000};

/// Judges the request anew if lists speak of what was written, and tells of it. False: it is closed; `outcome` says by what.
bool take_written(Session& session, Outcome& outcome, content::PromptScan const& scan);

class PromptGate {
public:
    /// Nothing if the policy does not want this request read, or if it holds no text.
    static std::unique_ptr<PromptGate> make(Session& session, Outcome const& outcome, http1::RequestHead const& head);

    PromptGate(Session& session, policy::Policy const& policy, content::TextKind kind, http1::RequestHead const& head);

    /// Body bytes, as they will be sent.
    void add(std::string_view body) { scan_.add(body); }
    /// The body is complete.
    void finish() { scan_.finish(); }
    /// Asked before anything more of the body is sent; decides anew with what was read. False: the message is closed; `outcome` says by what.
    bool is_fit(Outcome& outcome);
    /// True as long as nothing of the body is sent. `waiting`: bytes that wait for it.
    bool holds(std::size_t waiting);
    /// What is left of the time for holding back; zero: no more.
    std::chrono::milliseconds time_left() const;
    /// Time is up.
    void let_go() { holding_ = false; }

private:
    Session& session_;
    content::PromptScan scan_;
    bool closes_unreadable_;
    std::chrono::milliseconds began_;
    bool holding_ = true;
};

} // namespace gatehouse::session
