#include "proxy/session/websocket_gate.hpp"

namespace gatehouse::session {
namespace {

constexpr std::size_t most_of_page = 32 * 1024; // bytes of what is heard that are weighed together
constexpr std::string_view json_lines = "application/jsonl";

} // namespace

std::unique_ptr<WebsocketGate> WebsocketGate::make(Session& session, Outcome& outcome)
{
    auto const& policy = *outcome.policy;
    if (policy.content_rules.empty() && policy.prompts.empty())
        return nullptr;
    policy::Query const query{session.subject, outcome.target, session.env.clock.now(), outcome.decision.signals};
    auto const plan = policy::closing_part(policy, policy::plan_content(policy, query, outcome.decision));
    bool const prompts = policy::reads_prompt(policy, query, outcome.decision);
    return plan.none() && !prompts ? nullptr : std::make_unique<WebsocketGate>(session, outcome, plan, prompts);
}

WebsocketGate::WebsocketGate(Session& session, Outcome& outcome, policy::ContentPlan const& plan, bool reads_prompts)
    : session_(session)
    , outcome_(outcome)
    , plan_(plan)
    , reads_prompts_(reads_prompts)
    , closes_unreadable_(fails_closed(*outcome.policy, session.subject))
{
}

/// False: it is none of what WebSockets without extensions say, and the person's role fails closed.
bool WebsocketGate::is_readable(content::WebsocketText& reader, std::string_view bytes)
{
    text_.clear();
    unreadable_ = unreadable_ || !reader.add(bytes, text_);
    if (unreadable_ && closes_unreadable_)
        outcome_.failure = "content-unreadable";
    return !unreadable_ || !closes_unreadable_;
}

bool WebsocketGate::from_client(std::string_view bytes)
{
    if (!reads_prompts_)
        return true;
    if (!is_readable(said_, bytes))
        return false;
    for (auto const c : text_) {
        if (c != '\n')
            message_ += c;
        if (c != '\n' && message_.size() < content::most_read_of_prompt)
            continue;
        if (!is_fit(std::exchange(message_, {})))
            return false;
    }
    return true;
}

bool WebsocketGate::is_fit(std::string_view message)
{
    content::PromptScan scan{*outcome_.policy, content::TextKind::json, {}, {}};
    scan.add(message);
    scan.finish();
    return take_written(session_, outcome_, scan);
}

void WebsocketGate::begin_page()
{
    page_.emplace(*outcome_.policy, plan_, session_.env.phrases, content::TextKind::events, json_lines, std::string_view{});
    page_size_ = 0;
}

bool WebsocketGate::to_client(std::string_view bytes)
{
    if (plan_.none())
        return true;
    if (!is_readable(heard_, bytes))
        return false;
    if (!page_ || page_size_ > most_of_page)
        begin_page();
    page_->add(text_);
    page_size_ += text_.size();
    auto const finding = page_->judge();
    if (finding)
        outcome_.decision = policy::close_for(outcome_.decision, *outcome_.policy, finding);
    return !finding;
}

} // namespace gatehouse::session
