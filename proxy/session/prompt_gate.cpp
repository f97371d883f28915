#include "proxy/session/prompt_gate.hpp"

#include <sodium.h>

namespace gatehouse::session {
namespace {

/// The same words give the same digest, which tells nothing of them without the key.
std::string digest_of(std::string_view words, std::array<std::byte, 32> const& key)
{
    constexpr std::size_t size = 8;
    static_assert(
        size <= crypto_generichash_BYTES_MAX && std::tuple_size_v<std::array<std::byte, 32>> == crypto_generichash_KEYBYTES);
    std::array<unsigned char, crypto_generichash_BYTES> digest{};
    crypto_generichash(digest.data(), digest.size(), reinterpret_cast<unsigned char const*>(words.data()), words.size(),
        reinterpret_cast<unsigned char const*>(key.data()), key.size());
    std::string text(2 * size + 1, '\0');
    sodium_bin2hex(text.data(), text.size(), digest.data(), size);
    text.pop_back();
    return text;
}

} // namespace

bool take_written(Session& session, Outcome& outcome, content::PromptScan const& scan)
{
    auto const& hits = scan.hits();
    if (hits.lists.none() || (outcome.written() != nullptr && (hits.lists & ~outcome.written()->lists).none()))
        return true;
    auto const told = outcome.decision.by_writing ? outcome.decision.term_list : policy::none;
    outcome.found().written = hits;
    outcome.found().prompt = digest_of(scan.around(), session.env.digest_key);
    policy::Query const query{
        session.subject, outcome.target, session.env.clock.now(), outcome.decision.signals, outcome.written()};
    outcome.decision = policy::decide(*outcome.policy, query);
    if (outcome.decision.term_list != told)
        report_alert(session, outcome);
    return outcome.decision.verdict == policy::Verdict::allow;
}

std::unique_ptr<PromptGate> PromptGate::make(Session& session, Outcome const& outcome, http1::RequestHead const& head)
{
    auto const& policy = *outcome.policy;
    if (policy.prompts.empty() || head.framing == http1::Framing::none)
        return nullptr;
    auto const kind = content::kind_of_request(head.find("Content-Type").value_or(""));
    if (!kind)
        return nullptr;
    policy::Query const query{session.subject, outcome.target, session.env.clock.now(), outcome.decision.signals};
    return policy::reads_prompt(policy, query, outcome.decision) ? std::make_unique<PromptGate>(session, policy, *kind, head)
                                                                 : nullptr;
}

PromptGate::PromptGate(Session& session, policy::Policy const& policy, content::TextKind kind, http1::RequestHead const& head)
    : session_(session)
    , scan_(policy, kind, head.find("Content-Type").value_or(""), head.joined("Content-Encoding"))
    , closes_unreadable_(fails_closed(policy, session.subject))
    , began_(session.env.wheel.now())
{
}

bool PromptGate::is_fit(Outcome& outcome)
{
    if (scan_.state() == content::BodyText::State::unreadable && closes_unreadable_) {
        outcome.failure = "content-unreadable";
        return false;
    }
    return take_written(session_, outcome, scan_);
}

bool PromptGate::holds(std::size_t waiting)
{
    holding_ = holding_ && scan_.state() == content::BodyText::State::reading && waiting < most_held_of_prompt
        && time_left() > std::chrono::milliseconds::zero();
    return holding_;
}

std::chrono::milliseconds PromptGate::time_left() const
{
    return std::max(longest_held_of_prompt - (session_.env.wheel.now() - began_), std::chrono::milliseconds::zero());
}

} // namespace gatehouse::session
