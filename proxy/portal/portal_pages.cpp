#include "proxy/portal/portal_pages.hpp"
#include "proxy/portal/pac.hpp"
#include "proxy/settings.hpp"

namespace gatehouse::portal {

task<Response> show_welcome(Visit const& visit)
{
    auto const portal = visit.site.portal_url();
    bool const has_ca = !visit.site.services.ca_pem().empty();
    Page page;
    page.title = "The school's web filter";
    page.parts = {heading("The school's web filter"),
        paragraph("Some web sites are closed at school. When you meet one, a page tells you why, and you can ask for it."),
        subheading("What do you want to do?")};
    std::vector<Cell> items{{"Ask for a site that is blocked", "/ask", {}}, {"Tell someone about something you saw", "/tell", {}},
        {"See what became of your request", "/status/", {}}};
    page.parts.push_back(bullets(items));
    page.parts.push_back(subheading("Set up a device"));
    std::vector<SummaryRow> rows{{"Automatic settings", {portal + "/proxy.pac", "/proxy.pac"}}};
    if (has_ca)
        rows.push_back({"School certificate", {"Put the certificate on a device", "/device"}});
    page.parts.push_back(summary(rows));
    page.parts.push_back(
        paragraph(has_ca ? "Install the certificate on devices of the school only. With it, blocked pages can explain themselves."
                         : "This school does not use a certificate of its own."));
    co_return show(visit, page);
}

task<Response> show_pac(Visit const& visit)
{
    auto const device = policy::IpAddress::parse(visit.request.peer);
    auto script = pac_script(visit.site.services.settings, device ? *device : policy::IpAddress{}, visit.site.portal_url());
    co_return Response{200, "application/x-ns-proxy-autoconfig", std::move(script), {{"Cache-Control", "private, max-age=300"}}};
}

task<Response> show_ca(Visit const& visit)
{
    auto const pem = visit.site.services.ca_pem();
    if (pem.empty())
        co_return show_message(visit, 404, "There is no certificate", "This school does not use a certificate of its own.");
    co_return Response{
        200, "application/x-x509-ca-cert", pem, {{"Content-Disposition", "attachment; filename=\"school-ca.crt\""}}};
}

task<Response> show_accessibility(Visit const& visit)
{
    Page page;
    page.title = "Accessibility";
    page.parts = {heading("Accessibility"),
        paragraph("We want everybody to be able to use these pages. You can make the text bigger, use only the keyboard, or have "
                  "the page read aloud. "
                  "No page needs JavaScript."),
        subheading("How well it works"),
        paragraph("The pages are made and tested to meet level AA of the Web Content Accessibility Guidelines, version 2.2. A "
                  "program tests every page, on a "
                  "small and a large screen, each time the software changes. People have not tested all of them with every "
                  "screen reader yet."),
        subheading("If something does not work for you"),
        paragraph(
            "Tell a teacher or the ICT team what you wanted to do and what went wrong. They can also send a request for you.")};
    co_return show(visit, page);
}

task<Response> show_help(Visit const& visit)
{
    Page page;
    page.title = "Help";
    page.parts = {heading("Help")};
    if (visit.side == Side::portal) {
        page.parts.push_back(
            paragraph("Ask a teacher or the ICT team. They can see the number on the blocked page and find out what happened."));
        page.parts.push_back(subheading("If something on the web worries you"));
        page.parts.push_back(paragraph("Talk to a grown-up you trust, or call Childline on 0800 1111. It is free, day and night. "
                                       "In an emergency call 999."));
        co_return show(visit, page);
    }
    page.parts.push_back(subheading("How the gateway decides"));
    page.parts.push_back(paragraph("It always looks in this order, and the first that fits decides:"));
    page.parts.push_back(numbered({{"Sealed lists: illegal content. Nobody can open or see them."},
        {"Restrictions: people who use the web under supervision."},
        {"Grants: sites that were asked for and approved, until they end."},
        {"The school's rules, in the order they are written."}, {"What the role may do if no rule says anything."}}));
    page.parts.push_back(
        paragraph("A site that is allowed may still be closed on a device where the school would have to see what is inside "
                  "and cannot. The rules about inspection say where; a grant opens it."));
    page.parts.push_back(subheading("How a request goes"));
    page.parts.push_back(paragraph("A person asks. The online safety officer looks at it and recommends. The headteacher "
                                   "decides. These are always three different people. "
                                   "An approved site opens at once or on the day that was named, and closes by itself on its "
                                   "last day."));
    page.parts.push_back(subheading("Who can help"));
    page.parts.push_back(paragraph("The ICT lead sets up accounts and new passwords."));
    co_return show(visit, page);
}

task<Response> show_asset(Visit const& visit)
{
    auto const name = std::string_view(visit.request.path).substr(std::string_view("/assets/").size());
    bool const css = name == "console.css", icon = name == "favicon.svg", script = name == "live.js";
    if (!css && !icon && !script)
        co_return show_message(visit, 404, "We cannot find this page", "There is no file at this address.");
    co_return Response{200,
        css          ? "text/css; charset=utf-8"
            : script ? "text/javascript; charset=utf-8"
                     : "image/svg+xml",
        std::string(embedded_file(name)), {{"Cache-Control", "public, max-age=300"}}};
}

} // namespace gatehouse::portal
