#include "proxy/session/outcome.hpp"

#include "proxy/http1/ascii.hpp"
#include "proxy/http1/forward.hpp"
#include "proxy/portal/block_page.hpp"

#include <fmt/format.h>

namespace gatehouse::session {
namespace {

/// Pictures, scripts and the like are fetched by pages, not by people: a page in their place would only break things. They get one line.
bool wants_page(http1::RequestHead const* head)
{
    if (head == nullptr)
        return true;
    auto const destination = head->find("Sec-Fetch-Dest");
    return !destination || *destination == "document" || *destination == "iframe" || *destination == "frame"
        || *destination == "empty";
}

/// What the row says, in words. The signals of a decision about another name are that name's, so there those count that the site was asked with.
policy::Explanation explain_outcome(Session const& session, Outcome const& outcome, policy::Moment const& now)
{
    if (!outcome.is_by_alias())
        return policy::explain(*outcome.policy,
            {session.subject, outcome.target, now, outcome.decision.signals, outcome.written()}, outcome.decision);
    auto const& found = *outcome.findings;
    return policy::explain(*outcome.policy, {session.subject, outcome.target, now, outcome.asked},
        {found.alias, outcome.decision}, {found.names, found.addresses});
}

std::string block_page(Session& session, Outcome const& outcome, portal::Language language)
{
    auto const now = session.env.clock.now();
    auto const explanation = explain_outcome(session, outcome, now);
    return portal::render_block_page({.explanation = explanation,
        .target = outcome.target,
        .subject = session.subject,
        .decision_id = outcome.id.view(),
        .school = outcome.policy->school,
        .portal_url = session.env.portal_url,
        .language = language,
        .now = now.instant.time_since_epoch().count()});
}

std::string page_for(Session& session, Outcome const& outcome, OwnAnswer const& own, portal::Language language)
{
    if (own.cause.empty())
        return block_page(session, outcome, language);
    return portal::render_error_page({.status = own.status,
        .cause = own.cause,
        .host = outcome.named ? outcome.target.host.text() : std::string_view{},
        .decision_id = outcome.id.view(),
        .school = session.env.policy->school,
        .language = language});
}

/// The fields that tell who caused a request, found in one walk: every request is asked.
struct CauseFields {
    std::string_view dest, mode, user, purpose, accept;

    explicit CauseFields(http1::RequestHead const& head)
    {
        for (auto const& field : head.fields()) {
            auto const take = [&field](std::string_view name, std::string_view& value) {
                if (value.empty() && http1::equals_ignoring_case(field.name, name))
                    value = field.value;
            };
            switch (field.name.size()) { // few names have these lengths
            case std::string_view("Accept").size(): take("Accept", accept); break;
            case std::string_view("Purpose").size(): take("Purpose", purpose); break;         // what browsers said before
            case std::string_view("Sec-Purpose").size(): take("Sec-Purpose", purpose); break; // Fetch standard §3.7
            case std::string_view("Sec-Fetch-Dest").size():
                take("Sec-Fetch-Dest", dest);
                take("Sec-Fetch-Mode", mode);
                take("Sec-Fetch-User", user);
                break;
            default: break;
            }
        }
    }
    bool is_prefetch() const { return purpose.starts_with("prefetch"); }
    bool is_part_of_page() const
    {
        return accept.starts_with("image/") || accept.starts_with("text/css") || accept.starts_with("font/");
    }
};

detect::Observation observation_of(
    Session const& session, Outcome const& outcome, detect::Protocol protocol = detect::Protocol::tls)
{
    return {.at = std::chrono::system_clock::now(),
        .policy = *outcome.policy,
        .subject = session.subject,
        .target = outcome.target,
        .decision = outcome.decision,
        .decision_id = outcome.id.view(),
        .intent = outcome.intent,
        .protocol = protocol};
}

} // namespace

bool fails_closed(policy::Policy const& policy, policy::Subject const& subject)
{
    auto const* const role = policy.role(subject.role);
    return role == nullptr || role->fails_closed;
}

portal::Language language_of(http1::RequestHead const* head)
{
    auto const asked = head == nullptr ? std::nullopt : head->find("Accept-Language");
    return asked ? portal::preferred_language(*asked) : portal::Language::english;
}

std::string page_fields(portal::Language language)
{
    return fmt::format(
        "Content-Security-Policy: {}\r\nContent-Language: {}\r\n", portal::page_security_policy(), portal::info_of(language).tag);
}

unsigned status_of_failure(std::string_view cause)
{
    if (cause == "private-address" || cause == "private-by-name")
        return 403;
    if (cause == "loop")
        return 508;
    if (cause == "gateway-busy")
        return 503;
    if (cause == "dns-timeout" || cause == "upstream-timeout")
        return 504;
    return 502;
}

void decide(Session const& session, Outcome& outcome, policy::Moment const& now, policy::SignalSet signals)
{
    auto const& policy = session.env.policy;
    // One function of its arguments alone, and the others do not change while a request is served.
    if (outcome.decided && outcome.policy == policy && outcome.decided_at == now.instant && outcome.asked == signals)
        return;
    outcome.policy = policy;
    outcome.decided_at = now.instant;
    outcome.asked = signals;
    outcome.decision = policy::decide(*policy, {session.subject, outcome.target, now, signals});
    outcome.decided = true;
}

detect::Intent intent_of(http1::RequestHead const& head)
{
    CauseFields const said{head};
    auto const intent = detect::intent_of(said.dest, said.mode, said.user);
    if (said.is_prefetch() || (intent == detect::Intent::unknown && said.is_part_of_page()))
        return detect::Intent::embedded;
    return intent;
}

void report_incident(Session& session, Outcome const& outcome, detect::Protocol protocol)
{
    if (outcome.is_by_alias()) // who asks for a name need not know what it is another name of
        return;
    auto const incident = detect::incident_of(observation_of(session, outcome, protocol));
    if (incident)
        session.env.report_incident(*incident);
}

void report_alert(Session& session, Outcome const& outcome)
{
    if (outcome.is_by_alias())
        return;
    auto const alert = detect::alert_of(observation_of(session, outcome), outcome.worth_telling);
    if (alert)
        session.env.report_alert(*alert);
}

net::task<bool> answer(Session& session, Outcome& outcome, OwnAnswer const& own, http1::RequestHead const* head)
{
    bool const page = wants_page(head);
    auto const language = language_of(head);
    auto const body = page ? page_for(session, outcome, own, language) : portal::refusal_line(own.status, own.cause, language);
    std::string fields{own.extra_fields};
    fields.append(page ? page_fields(language) : fmt::format("Content-Language: {}\r\n", portal::info_of(language).tag));
    if (own.status == 405)
        fields.append("Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, CONNECT\r\n");
    std::string out;
    http1::append_own_response(out,
        {.status = own.status,
            .content_type = page ? "text/html; charset=utf-8" : "text/plain; charset=utf-8",
            .body = body,
            .decision_id = outcome.id.view(),
            .extra_fields = fields,
            .keep_alive = own.keep_alive,
            .head_request = head != nullptr && head->method == "HEAD"});
    outcome.status = own.status;
    session.client.expire_after(session.env.settings.deadlines.body_idle);
    auto const sent = co_await session.client.write(out);
    if (sent)
        outcome.bytes_to_client += out.size();
    co_return sent.has_value();
}

} // namespace gatehouse::session
