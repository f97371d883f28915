#include "proxy/session/trust_check.hpp"

#include "proxy/http1/forward.hpp"
#include "proxy/portal/trust_page.hpp"
#include "proxy/session/page_in_tls.hpp"
#include "proxy/trust_check.hpp"

namespace gatehouse::session {
namespace {

constexpr std::string_view picture_path = "/picture.svg";

net::task<> show(Session& session, Outcome& outcome, http1::RequestHead const& head)
{
    bool const picture = head.target == picture_path;
    auto const language = language_of(&head);
    auto const page = picture ? portal::render_trust_picture(language)
                              : portal::render_trust_page(outcome.policy->school, session.env.portal_url, language);
    auto const fields = page_fields(language);
    std::string out;
    http1::append_own_response(out,
        {.status = 200,
            .content_type = picture ? "image/svg+xml" : "text/html; charset=utf-8",
            .body = page,
            .decision_id = outcome.id.view(),
            .extra_fields = fields,
            .head_request = head.method == "HEAD"});
    outcome.status = 200;
    session.client.expire_after(session.env.settings.deadlines.body_idle);
    if (co_await session.client.write(out))
        outcome.bytes_to_client += out.size();
}

} // namespace

bool is_trust_check(Session const& session, Outcome const& outcome)
{
    return session.env.issuer != nullptr && outcome.target.port == 443 && outcome.target.host.text() == trust_check_host;
}

net::task<> answer_trust_check(Session& session, Outcome& outcome, tls::Peeked const& peeked)
{
    outcome.decision.verdict = policy::Verdict::allow; // it is ours, whatever the policy says of other sites
    auto const begun = co_await begin_tls(session, outcome, peeked, net::Versions::http1);
    if (begun) {
        auto head = std::make_unique<http1::RequestHead>();
        auto const asked = co_await read_inner_head(session, *head);
        if (asked)
            co_await show(session, outcome, *head);
    }
    record(session, outcome);
}

} // namespace gatehouse::session
