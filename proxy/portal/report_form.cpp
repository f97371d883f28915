// "Tell someone about this": a worry about a site or a person.
#include "proxy/portal/ask_token.hpp"
#include "proxy/portal/portal_pages.hpp"
#include "proxy/store/reports.hpp"
#include "proxy/store/unblock_requests.hpp"

namespace gatehouse::portal {

namespace {

using store::Ledger;

struct Origin {
    std::string sealed;
    AskToken token; ///< empty if no block page led here
};

/// The facts of the block page if its link is good; a worry is taken without them too.
Origin origin_of(Visit const& visit, std::string_view sealed)
{
    Origin origin;
    auto const token = open_token(sealed, visit.instant().time_since_epoch().count());
    if (token) {
        origin.token = *token;
        origin.sealed = sealed;
    }
    return origin;
}

Page tell_page(Visit const& visit, Origin const& origin, std::vector<Problem> const& problems)
{
    auto const error_of = [&](std::string_view name) { return problem_with(problems, name); };
    Form form;
    form.action = "/tell";
    form.button = "Send";
    auto const about = !visit.form("about").empty() ? std::string(visit.form("about"))
        : visit.query("about").empty()              ? std::string("site")
                                                    : std::string(visit.query("about"));
    if (!origin.sealed.empty())
        form.fields.push_back({Field::Kind::hidden, "t", "", "", origin.sealed});
    form.fields.push_back({Field::Kind::radios, "about", "What is it about?", "", about,
        {{"site", "A web site or a picture", "It goes to the online safety officer"},
            {"pupil", "A pupil", "It goes to the member of staff who keeps children safe"},
            {"staff", "A member of staff", "It goes to the headteacher"},
            {"headteacher", "The headteacher", "It goes to the chief executive"}}});
    if (origin.token.host.empty())
        form.fields.push_back({Field::Kind::text, "site", "Which site?", "You can leave this empty.",
            std::string(visit.form("site")), {}, error_of("site"), "off", 253});
    form.fields.push_back({Field::Kind::text, "person", "Who is it about?", "Only if it is about a person.",
        std::string(visit.form("person")), {}, error_of("person"), "off", 100});
    form.fields.push_back({Field::Kind::area, "text", "What happened?", "Write it in your own words.",
        std::string(visit.form("text")), {}, error_of("text"), "off", 2000});
    Page page;
    page.title = "Tell someone";
    add_problems(page, problems);
    page.parts.push_back(heading("Tell someone"));
    page.parts.push_back(paragraph("You did the right thing by coming here. You are not in trouble for telling."));
    if (!origin.token.host.empty())
        page.parts.push_back(paragraph(words("This is about {}.", origin.token.host)));
    page.parts.push_back(portal::form(form));
    page.parts.push_back(inset("If someone is in danger now, tell a grown-up near you or call 999. You can also call Childline "
                               "on 0800 1111, free, day and night."));
    return page;
}

} // namespace

task<Response> show_tell(Visit const& visit)
{
    co_return show(visit, tell_page(visit, origin_of(visit, visit.query("t")), {}));
}

task<Response> take_tell(Visit const& visit)
{
    auto const origin = origin_of(visit, visit.form("t"));
    auto const about = store::parse_report_about(visit.form("about"));
    store::NewReport report;
    report.about = about.value_or(store::ReportAbout::site);
    report.about_person = trimmed_value(visit.request.form, "person");
    report.url = origin.token.host.empty() ? trimmed_value(visit.request.form, "site") : origin.token.url;
    report.text = trimmed_value(visit.request.form, "text");
    report.user = origin.token.user;
    report.device = origin.token.device;
    report.network = origin.token.network;
    report.address = origin.token.address.empty() ? visit.request.peer : origin.token.address;
    report.decision_id = origin.token.decision_id;
    std::vector<Problem> problems;
    if (report.text.empty() || !about)
        problems.push_back({"text", "Write what happened"});
    add_unreadable(problems, visit.request.form, {"text", "person", "site"});
    if (!problems.empty())
        co_return show(visit, tell_page(visit, origin, problems));
    if (!visit.site.forms.admit(visit.request.peer, visit.instant()))
        co_return show_message(
            visit, 429, "That was a lot", "Many messages came from here in a short time. Please talk to a teacher now.");
    auto const work = [report, now = visit.instant()](Ledger& ledger) { return store::submit_report(ledger, report, now); };
    auto const sent = co_await visit.site.services.store.call(work);
    if (!sent && sent.error() == store::errc::invalid_value)
        co_return show(visit, tell_page(visit, origin, {{"text", "Use fewer words, and the name of one site only"}}));
    if (!sent)
        co_return show_failure(visit, sent.error());
    co_return redirect_to("/told?reference=" + sent->reference);
}

task<Response> show_told(Visit const& visit)
{
    auto const reference = store::canonical_reference(visit.query("reference"));
    Page page;
    page.title = "Thank you for telling us";
    page.parts = {heading(page.title), paragraph("Somebody will read it soon."),
        paragraph(reference ? words("If you want to talk about it later, this is its number: {}", *reference)
                            : Words("You can close this page.")),
        inset("If someone is in danger now, tell a grown-up near you or call 999. You can also call Childline on 0800 1111, "
              "free, day and night.")};
    co_return show(visit, page);
}

} // namespace gatehouse::portal
