#include "proxy/portal/block_page.hpp"
#include "proxy/portal/ask_token.hpp"
#include "proxy/portal/page_frame.hpp"

namespace gatehouse::portal {

namespace {

/// What is blocked: of a translator or archive, the site behind it.
std::string site_of(BlockPage const& page)
{
    auto const& behind = page.explanation.wrapped_host;
    return behind.empty() ? std::string(page.target.host.text()) : behind;
}

AskToken token_of(BlockPage const& page)
{
    auto const& why = page.explanation;
    auto const& who = page.subject;
    AskToken token;
    token.at = page.now;
    token.host = site_of(page);
    auto const secure = page.target.scheme != policy::Scheme::http;
    auto const usual_port = page.target.port == (secure ? 443 : 80);
    token.url = (secure ? "https://" : "http://")
        + (why.wrapped_host.empty() ? page.target.host.authority_text() : why.wrapped_host)
        + (usual_port ? "" : ":" + std::to_string(page.target.port));
    // Nothing about a sealed list leaves the daemon, not even encrypted.
    if (!why.sealed) {
        token.rule = why.rule;
        token.clause = why.clause;
        token.category = why.category;
        token.service = why.service;
        token.allowed_from = why.allowed_from;
    }
    token.role = who.role;
    token.group = who.groups.empty() ? std::string() : who.groups.front();
    token.user = who.user;
    token.network = who.network;
    token.device = who.device;
    token.address = who.address.to_text();
    token.decision_id = page.decision_id;
    token.may_ask = why.may_ask && !why.sealed;
    return token;
}

/// "Instagram, micro-blogging"; whichever is known.
std::string kind_of(policy::Explanation const& why)
{
    if (why.service_title.empty() || why.category_title.empty())
        return why.service_title + why.category_title;
    return why.service_title + ", " + why.category_title;
}

bool wants_helpline(policy::Explanation const& why)
{
    auto const speaks = [](std::string const& id) {
        return id.find("self-harm") != std::string::npos || id.find("suicide") != std::string::npos;
    };
    return speaks(why.category) || speaks(why.term_list) || why.severity == policy::to_text(policy::Severity::urgent);
}

void add_reasons(View& view, BlockPage const& page)
{
    auto const& why = page.explanation;
    auto const in_line = [&](std::string text) { return within_line(page.language, std::move(text)); };
    view.text("site", in_line(shown_text(site_of(page)))).text("kind", in_line(shown_text(kind_of(why))));
    view.text("shown_by", in_line(shown_text(why.wrapped_host.empty() ? std::string() : why.wrapper)));
    auto const reason = why.reason.empty() ? std::string_view{"The school's rules do not allow this site."} : why.reason;
    auto const spoken_reason = say(page.language, reason);
    view.text("reason", shown_text(spoken_reason, 1000));
    view.flag("english_reason", page.language != Language::english && spoken_reason == reason);
    view.text("clause", why.clause).text("rule", why.rule);
    view.text("allowed_from", why.allowed_from);
    if (!why.period.empty() && why.period_kind != policy::PeriodKind::outside)
        view.text("period", in_line(spoken(why.period))).text("period_until", why.period_until);
    if (why.stage == policy::Stage::restriction)
        view.text("computer", page.subject.device.empty() ? page.subject.address.to_text() : page.subject.device);
    view.flag("search", why.by_search).flag("writing", why.by_search && why.by_writing);
    view.flag("words", !why.phrase_list.empty()).flag("test", why.is_test);
    view.flag("file", why.by_file).flag("virus", why.by_virus).flag("lasts", why.by_search || why.by_file);
    view.flag("helpline", wants_helpline(why));
}

/// Links to this page in the other languages. One for all where the page has to be small: each would carry the whole token.
void add_languages(View& view, BlockPage const& page, std::string const& token)
{
    auto const address = std::string(page.portal_url) + "/blocked?t=" + token;
    if (!page.is_on_portal) {
        view.text("others", address).text("names", other_names(page.language));
        return;
    }
    std::vector<View> each;
    for (auto const& info : all_languages())
        each.push_back(View()
                           .text("address", address + "&language=" + std::string(info.tag))
                           .text("tag", info.tag)
                           .text("name", info.name)
                           .flag("current", info.language == page.language));
    view.list("languages", each);
}

} // namespace

std::string render_block_page(BlockPage const& page)
{
    auto const& why = page.explanation;
    auto const token = token_of(page);
    auto const sealed_token = seal_token(token);
    auto const portal = std::string(page.portal_url);
    bool const is_supervised = why.stage == policy::Stage::restriction;
    bool const by_words = !why.phrase_list.empty();
    std::string const heading = why.sealed ? "This page is blocked"
        : why.by_virus                     ? "This file was stopped"
        : why.by_file                      ? "This file is blocked"
        : is_supervised                    ? "You need a member of staff beside you"
        : why.by_search && why.by_writing  ? "This message was not sent"
        : why.by_search                    ? "This search is blocked"
        : by_words                         ? "This page is blocked"
        : why.allowed_from.empty()         ? "This site is blocked"
                                           : "This site is not open yet";
    View view;
    view.text("decision", page.decision_id);
    view.flag("sealed", why.sealed).flag("may_ask", token.may_ask);
    if (!why.sealed)
        add_reasons(view, page);
    if (token.may_ask)
        view.text("ask", portal + "/ask?t=" + sealed_token);
    view.text("tell", portal + "/tell?t=" + sealed_token + (is_supervised ? "&about=pupil" : ""))
        .flag("supervised", is_supervised);
    add_languages(view, page, sealed_token);
    auto const said = say(page.language, heading);
    view.text("heading", said);
    return framed_page(said, page.school, render("block", view, page.language), page.language);
}

} // namespace gatehouse::portal
