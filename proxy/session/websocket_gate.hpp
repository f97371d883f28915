#pragma once
// What both sides of a WebSocket say, where the policy wants that read: each piece before it goes on. Pages are judged by what the last few
// thousand words weigh, messages like a search.

#include "proxy/content/page_scan.hpp"
#include "proxy/content/websocket_text.hpp"
#include "proxy/net/relay.hpp"
#include "proxy/session/prompt_gate.hpp"

namespace gatehouse::session {

class WebsocketGate final : public net::RelayWatch {
public:
    /// Nothing if the policy does not want what is said here read. Asked before the handshake goes on, since what is read must not be compressed.
    static std::unique_ptr<WebsocketGate> make(Session& session, Outcome& outcome);

    WebsocketGate(Session& session, Outcome& outcome, policy::ContentPlan const& plan, bool reads_prompts);

    bool from_client(std::string_view bytes) override;
    bool to_client(std::string_view bytes) override;

private:
    bool is_readable(content::WebsocketText& reader, std::string_view bytes);
    bool is_fit(std::string_view message);
    void begin_page();

    Session& session_;
    Outcome& outcome_;
    policy::ContentPlan plan_;
    bool reads_prompts_;
    bool closes_unreadable_;
    content::WebsocketText said_;
    content::WebsocketText heard_;
    std::string text_;
    std::string message_; ///< of the client, as far as it has come
    std::optional<content::PageScan> page_;
    std::size_t page_size_ = 0;
    bool unreadable_ = false;
};

} // namespace gatehouse::session
