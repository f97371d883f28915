#pragma once
// What a person writes to a service, read like a search: which lists of terms speak of it.

#include "policy/policy.hpp"
#include "proxy/content/body_text.hpp"

namespace gatehouse::content {

/// Bytes of one message that are read, without codings; what comes behind them passes unread.
inline constexpr std::size_t most_read_of_prompt = 256 * 1024;

/// Terms are looked for in windows of some fifty words that overlap, so that one may stand anywhere and is judged with what stands around it.
/// Lifetime: the policy outlives it.
class PromptScan {
public:
    /// The strings are used during the call only.
    PromptScan(policy::Policy const& policy, TextKind kind, std::string_view content_type, std::string_view content_encoding);

    /// Bytes of the body as they arrived.
    void add(std::string_view body);
    /// The body is complete.
    void finish();
    BodyText::State state() const { return body_.state(); }
    /// The lists that speak of what was read so far.
    policy::TermHits const& hits() const { return hits_; }
    /// The words around the first that a list spoke of, as `Words` reads them; empty if none did. They are a child's: to be hashed, not kept.
    std::string const& around() const { return around_; }

private:
    void take(std::string_view text);
    enum class Behind : std::uint8_t { nothing, more };
    void look(std::size_t size, Behind behind);

    policy::Policy const& policy_;
    BodyText body_;
    VisibleText nested_{VisibleText::Kind::json}; ///< JSON within a string of JSON, or within a form
    policy::TermHits hits_{};
    std::string around_;
    std::string read_, text_;
    std::string window_;
    std::size_t words_ = 0;       ///< begun in it
    std::size_t last_border_ = 0; ///< where the last of them can be cut off
    bool in_word_ = false;
};

} // namespace gatehouse::content
