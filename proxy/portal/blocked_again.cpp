// The block page once more, in a language that somebody chose: what it was about is in the sealed token of its link.
#include "policy/explanation.hpp"
#include "proxy/portal/ask_token.hpp"
#include "proxy/portal/block_page.hpp"
#include "proxy/portal/portal_pages.hpp"

#include <algorithm>

namespace gatehouse::portal {

namespace {

policy::Subject subject_of(AskToken const& token)
{
    policy::Subject subject;
    subject.role = token.role;
    if (!token.group.empty())
        subject.groups = {token.group};
    subject.user = token.user;
    subject.network = token.network;
    subject.device = token.device;
    if (auto const address = policy::IpAddress::parse(token.address))
        subject.address = *address;
    return subject;
}

/// What the person read there; of a rule that is gone since, nothing.
std::string reason_of(policy::Policy const& policy, AskToken const& token)
{
    std::string reason;
    auto const look_in = [&](auto const& rules) {
        auto const found = std::find_if(rules.begin(), rules.end(), [&](auto const& rule) { return rule.id == token.rule; });
        if (found != rules.end())
            reason = found->reason;
    };
    look_in(policy.rules);
    look_in(policy.content_rules);
    look_in(policy.file_rules);
    look_in(policy.inspection);
    for (auto const& role : policy.roles)
        if (role.default_id == token.rule)
            reason = role.default_reason;
    return reason;
}

/// Decided once more, now. Where something else decides (a page's words, a file or another of the site's names did then, or the hour has changed), only
/// what the token says.
policy::Explanation explanation_of(
    Visit const& visit, AskToken const& token, policy::Subject const& subject, policy::Target const& target)
{
    auto const policy = visit.site.services.current_policy();
    auto why = policy::explain(*policy, {subject, target, visit.now, {}});
    if (why.rule == token.rule && why.verdict == policy::Verdict::block)
        return why;
    policy::Explanation told;
    told.rule = token.rule;
    told.clause = token.clause;
    told.reason = reason_of(*policy, token);
    told.may_ask = token.may_ask;
    told.allowed_from = token.allowed_from;
    told.sealed = token.rule.empty();
    if (auto const* const category = policy->category(token.category))
        told.category_title = category->title;
    if (auto const* const service = policy->service(token.service))
        told.service_title = service->title;
    told.category = token.category;
    return told;
}

Response show_in(Visit const& visit, Language language)
{
    auto const token = open_token(visit.query("t"), visit.instant().time_since_epoch().count());
    auto const url = token ? token->url + "/" : std::string{};
    auto const target = policy::Target::parse_url(url); // views the text
    if (!token || !target) {
        auto reader = visit;
        reader.language = language;
        return show_message(reader, 404, "This page is too old",
            "Open the site once more, and choose the language on the page that you see then.");
    }
    auto const subject = subject_of(*token);
    auto const why = explanation_of(visit, *token, subject, *target);
    auto const portal = visit.site.portal_url();
    auto const school = visit.site.school();
    Response response;
    response.body = render_block_page({.explanation = why,
        .target = *target,
        .subject = subject,
        .decision_id = token->decision_id,
        .school = school,
        .portal_url = portal,
        .language = language,
        .is_on_portal = true,
        .now = token->at});
    response.headers.emplace_back("Content-Security-Policy", page_security_policy());
    response.headers.emplace_back("Content-Language", info_of(language).tag);
    return response;
}

} // namespace

task<Response> show_blocked_again(Visit const& visit)
{
    auto const chosen = visit.query("language");
    auto const language = chosen.empty() ? visit.language : parse_language(chosen);
    auto response = show_in(visit, language);
    if (info_of(language).tag == chosen) // kept for the form that the page leads to
        response.headers.emplace_back("Set-Cookie", set_language_cookie(chosen, visit.side));
    co_return response;
}

} // namespace gatehouse::portal
