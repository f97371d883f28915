#pragma once
// What became of one request, and the row it leaves.

#include "proxy/session/session.hpp"

namespace gatehouse::portal {
enum class Language : std::uint8_t;
}

namespace gatehouse::session {

struct KeptDecision;

/// What only few requests have.
struct Findings {
    Findings();
    ~Findings();

    std::string sni;                          ///< name in the ClientHello, if it differs from the target's host
    std::optional<policy::Host> dialled;      ///< the address in CONNECT, where the tunnel goes to the name in the ClientHello
    policy::TermHits written;                 ///< lists that speak of what the person wrote, where that was read
    std::string prompt;                       ///< digest of the words around the first of them
    policy::Host alias;                       ///< another name of the site, where that closed it
    std::vector<policy::Host> names;          ///< then: all of its other names,
    std::vector<policy::IpAddress> addresses; ///< and what they lead to
    std::string virus; ///< what was found in a file; "not-checked" if it should have been looked into and was not
    std::unique_ptr<KeptDecision> kept; ///< once the policy is let go
};

/// Collected while a request is served; written once at its end.
struct Outcome : Lasting {
    explicit Outcome(DecisionId given);
    Outcome(Outcome&& other) noexcept;
    ~Outcome();

    DecisionId id;
    std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
    policy::Target target; ///< meaningful if `named`
    bool named = false;
    policy::Decision decision; ///< meaningful if `decided`
    bool decided = false;
    PolicyInForce policy;                  ///< the one that decided, alive for its texts until it is let go
    std::chrono::sys_seconds decided_at{}; ///< by the clock of the policy
    policy::SignalSet asked;               ///< what it was asked with
    std::string_view method = "NONE";
    std::string_view user_agent;
    std::string_view content_type;
    std::string_view failure; ///< reason code of what went wrong, empty otherwise
    unsigned status = 0;
    std::uint64_t bytes_to_client = 0;
    std::uint64_t bytes_from_client = 0;
    log::ResultCode code = log::ResultCode::tcp_miss;
    policy::IpAddress upstream;
    net::Aliases aliases; ///< of what stays open: other names of the site that `upstream` was found by
    detect::Intent intent = detect::Intent::unknown;
    policy::ContentFinding worth_telling;      ///< of a page that was read and passed
    std::optional<policy::FileKind> file_kind; ///< of what was fetched, where that was looked at
    std::unique_ptr<Findings> findings;        ///< null: none

    Findings& found()
    {
        if (!findings)
            findings = std::make_unique<Findings>();
        return *findings;
    }
    /// Keeps what the row says of the decision, in place of the policy that made it: a tunnel may be open for longer than many policies are in
    /// force, and each has its lists. Nothing may be decided or reported of it afterwards.
    void let_go_of_policy();
    bool is_by_alias() const { return findings && !findings->alias.text().empty(); }
    policy::TermHits const* written() const { return findings && findings->written.lists.any() ? &findings->written : nullptr; }
};

/// Step 6: decides by the policy in force. What was asked already is not asked again.
void decide(Session const& session, Outcome& outcome, policy::Moment const& now, policy::SignalSet signals);

/// Step 10: appends the access row. Never blocks.
void record(Session& session, Outcome const& outcome);
/// The same for what was no session.
void record(Environment& env, policy::Subject const& subject, Outcome const& outcome);

/// Tells of an attempt to get round the filter, if this was one.
void report_incident(Session& session, Outcome const& outcome, detect::Protocol protocol = detect::Protocol::tls);

/// Tells of a search, message, page or visit that somebody has to look at, if this was one.
void report_alert(Session& session, Outcome const& outcome);

/// True if what cannot be read is closed for this person.
bool fails_closed(policy::Policy const& policy, policy::Subject const& subject);

/// Who caused a request, by its Sec-Fetch fields; what is fetched in case it is needed counts as a part of the page before. Plain HTTP has
/// no such fields: there a picture, a style or a font is known by what it accepts.
detect::Intent intent_of(http1::RequestHead const& head);

/// What the reader of a page asks for most, of a refused request as far as it was read; otherwise English.
portal::Language language_of(http1::RequestHead const* head);
/// Fields of an answer that is a page of ours, complete lines with CRLF: what the page may do, and its language.
std::string page_fields(portal::Language language);

/// The status for a failed dial: 403 for addresses that nobody may reach, 508 for ourselves, 503, 504, otherwise 502.
unsigned status_of_failure(std::string_view cause);

/// An answer of our own to the client: the block page for a decision, an error page otherwise.
struct OwnAnswer {
    unsigned status = 403;
    std::string_view cause{};        ///< of an error page; empty for the block page of `outcome.decision`
    std::string_view extra_fields{}; ///< complete lines with CRLF
    bool keep_alive = false;
};

/// Writes it to the client and notes status and bytes in `outcome`. False if the client is gone.
net::task<bool> answer(Session& session, Outcome& outcome, OwnAnswer const& own, http1::RequestHead const* head);

} // namespace gatehouse::session
