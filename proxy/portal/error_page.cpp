#include "proxy/portal/block_page.hpp"
#include "proxy/portal/page_frame.hpp"

#include <algorithm>

namespace gatehouse::portal {

namespace {

struct CauseText {
    std::string_view cause, title, what, next;
};

constexpr std::string_view try_later
    = "Wait a minute, then load the page again. If it still fails, tell the ICT team the number below.";
constexpr std::string_view check_spelling = "Look at the address for spelling mistakes, then try again.";
constexpr std::string_view tell_ict = "Tell the ICT team the number below, and what you wanted to open.";

constexpr CauseText cause_texts[] = {
    {"no-such-name", "We cannot find this site", "There is no site with this name.", check_spelling},
    {"no-address", "We cannot find this site", "The name exists, but no address belongs to it.", check_spelling},
    {"resolve-timeout", "We cannot find this site yet", "The service that looks up names did not answer in time.", try_later},
    {"resolve-failed", "We cannot find this site yet", "The service that looks up names did not give an answer.", try_later},
    {"upstream-refused", "This site is not answering", "The site turned the connection away. It may be switched off.", try_later},
    {"upstream-unreachable", "This site cannot be reached", "There is no way to this site from here right now.", try_later},
    {"upstream-timeout", "This site is too slow", "The site did not answer in time.", try_later},
    {"upstream-closed", "This site hung up", "The site ended the connection before it had answered.", try_later},
    {"upstream-protocol", "This site's answer makes no sense", "The site sent an answer that is not safe to pass on.", tell_ict},
    {"upstream-tls", "This site is not safe to open", "The site could not prove that it is what it says it is.",
        "Do not type a password there. Tell the ICT team the number below."},
    {"private-address", "This address is not on the internet",
        "The name leads to a private address, and the gateway does not open those.", tell_ict},
    {"own-address", "This address is the gateway itself", "Web pages cannot be opened through the gateway at its own address.",
        tell_ict},
    {"port-not-allowed", "This kind of address is not allowed",
        "Web sites use certain doors, called ports. This address asks for another one.", tell_ict},
    {"loop", "This page goes round in circles", "The request came back to the gateway that had sent it.", tell_ict},
    {"framing-conflict", "We cannot pass this request on", "The request could be read in two ways, so it is not safe to pass on.",
        tell_ict},
    {"bad-request", "We cannot read this request", "Your browser or app sent something that is not correct.",
        "Close the app, open it again and try once more. If it still fails, tell the ICT team."},
    {"request-timeout", "Your device was too slow", "The request did not arrive in time.",
        "Check your connection, then try again."},
    {"too-large", "This request is too big", "The address or what came with it is longer than allowed.", tell_ict},
    {"too-many-connections", "Too many things at once", "Your device has a lot of pages and apps open at the same time.",
        "Close some of them, wait a minute, then try again."},
    {"busy", "The gateway is very busy", "A lot of people are online right now.", try_later},
    {"sign-in-needed", "Please sign in", "The gateway needs to know who you are before it can open this.",
        "Try again and type your school name and password when you are asked."},
    {"policy-unavailable", "Sites are closed for a moment",
        "The gateway cannot look at the school's rules right now, so it keeps sites closed.", try_later},
};
constexpr CauseText unknown_cause{"", "This page cannot be opened", "Something went wrong on the way to this site.", try_later};

} // namespace

std::string render_error_page(ErrorPage const& page)
{
    auto const* found = std::find_if(
        std::begin(cause_texts), std::end(cause_texts), [&](CauseText const& text) { return text.cause == page.cause; });
    auto const& text = found == std::end(cause_texts) ? unknown_cause : *found;
    View view;
    view.text("title", text.title).text("what", text.what).text("next", text.next);
    view.text("site", shown_text(page.host)).text("decision", page.decision_id);
    view.number("status", page.status).text("cause", shown_text(page.cause, 60));
    return framed_page(text.title, page.school, render("error", view));
}

} // namespace gatehouse::portal
