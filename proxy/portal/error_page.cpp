#include "proxy/portal/block_page.hpp"
#include "proxy/portal/page_frame.hpp"

#include <algorithm>

namespace gatehouse::portal {

namespace {

/// In English, as the catalogues have it.
struct PageText {
    std::string_view title, what, next;
};

constexpr std::string_view try_later
    = "Wait a minute, then load the page again. If it still fails, tell the ICT team the number below.";
constexpr std::string_view check_spelling = "Look at the address for spelling mistakes, then try again.";
constexpr std::string_view no_password = "Do not type a password there. Tell the ICT team the number below.";
constexpr std::string_view tell_ict = "Tell the ICT team the number below, and what you wanted to open.";

constexpr PageText no_name{"We cannot find this site", "There is no site with this name.", check_spelling};
constexpr PageText no_lookup{
    "We cannot find this site yet", "The service that looks up names did not give an answer.", try_later};
constexpr PageText not_answering{
    "This site is not answering", "The site turned the connection away. It may be switched off.", try_later};
constexpr PageText unreachable{"This site cannot be reached", "There is no way to this site from here right now.", try_later};
constexpr PageText slow_site{"This site is too slow", "The site did not answer in time.", try_later};
constexpr PageText hung_up{"This site hung up", "The site ended the connection before it had answered.", try_later};
constexpr PageText bad_answer{
    "This site's answer makes no sense", "The site sent an answer that is not safe to pass on.", tell_ict};
constexpr PageText unsafe_site{
    "This site is not safe to open", "The site could not prove that it is what it says it is.", no_password};
constexpr PageText run_out{"This site is not safe to open",
    "The site's certificate is out of date, so nobody can be sure whose site it is.", no_password};
constexpr PageText wrong_name{"This site is not safe to open",
    "The site showed the certificate of another site. Somebody may be pretending to be it.", no_password};
constexpr PageText taken_back{
    "This site is not safe to open", "The site's certificate was taken back by those who gave it.", no_password};
constexpr PageText weak_site{"This site is not safe to open", "The site's certificate is too weak to be trusted.", no_password};
constexpr PageText no_agreement{"We cannot open this site safely",
    "The site and the gateway could not agree on a safe way to talk. The site may be too old.", tell_ict};
constexpr PageText wants_certificate{"We cannot open this site for you",
    "The site wants to talk to your device alone, without the school's gateway in between.", tell_ict};
constexpr PageText private_place{
    "This address is not on the internet", "The name leads to a private address, and the gateway does not open those.", tell_ict};
constexpr PageText odd_door{"This kind of address is not allowed",
    "Web sites use certain doors, called ports. This address asks for another one.", tell_ict};
constexpr PageText circle{"This page goes round in circles", "The request came back to the gateway that had sent it.", tell_ict};
constexpr PageText two_ways{
    "We cannot pass this request on", "The request could be read in two ways, so it is not safe to pass on.", tell_ict};
constexpr PageText unreadable{"We cannot read this request", "Your browser or app sent something that is not correct.",
    "Close the app, open it again and try once more. If it still fails, tell the ICT team."};
constexpr PageText not_taken{
    "We cannot do this", "Your browser or app asked for something that this gateway does not do.", tell_ict};
constexpr PageText slow_device{
    "Your device was too slow", "The request did not arrive in time.", "Check your connection, then try again."};
constexpr PageText closed_book{"This page cannot be checked",
    "The site sent the page in a form that the school's filter cannot read, so it stays closed.", tell_ict};
constexpr PageText unknown_file{"This file cannot be checked",
    "The site sent the file in a form that the school's filter cannot read, so it stays closed.", tell_ict};
constexpr PageText no_virus_check{
    "This file cannot be checked yet", "The school's check for viruses is not answering, so the file stays closed.", try_later};
constexpr PageText too_big{"This request is too big", "The address or what came with it is longer than allowed.", tell_ict};
constexpr PageText busy{"The gateway is very busy", "A lot of people are online right now.", try_later};
constexpr PageText sign_in{"Please sign in", "The gateway needs to know who you are before it can open this.",
    "Try again and type your school name and password when you are asked."};
constexpr PageText sign_in_later{
    "You cannot sign in yet", "The gateway cannot look at names and passwords right now.", try_later};
constexpr PageText open_test{"This test page is open", "The filter leaves this kind of site open for you here and now.",
    "If it should be closed, tell the ICT team the number below."};
constexpr PageText test_in_the_open{"This test page is open",
    "It was asked for with https://, which is not looked into here, so it cannot be shown that way.",
    "To see it, write its address with http:// in front."};
constexpr PageText unknown{"This page cannot be opened", "Something went wrong on the way to this site.", try_later};

constexpr std::string_view blocked_part = "Blocked by the school's web filter.";

struct Cause {
    std::string_view code;
    PageText const* text;
};

constexpr Cause causes[] = {
    {"no-such-name", &no_name},
    {"no-address", &no_name},
    {"dns-timeout", &no_lookup},
    {"dns-failure", &no_lookup},
    {"upstream-refused", &not_answering},
    {"upstream-unreachable", &unreachable},
    {"upstream-failed", &unreachable},
    {"upstream-timeout", &slow_site},
    {"upstream-closed", &hung_up},
    {"upstream-truncated", &hung_up},
    {"bad-response", &bad_answer},
    {"origin-expired", &run_out},
    {"origin-not-yet-valid", &run_out},
    {"origin-wrong-name", &wrong_name},
    {"origin-untrusted", &unsafe_site},
    {"origin-revoked", &taken_back},
    {"origin-weak", &weak_site},
    {"origin-tls-failed", &no_agreement},
    {"origin-wants-certificate", &wants_certificate},
    {"private-address", &private_place},
    {"private-by-name", &private_place},
    {"port-not-allowed", &odd_door},
    {"loop", &circle},
    {"too-many-hops", &circle},
    {"framing-conflict", &two_ways},
    {"host-mismatch", &two_ways},
    {"bad-content-length", &two_ways},
    {"bad-transfer-encoding", &two_ways},
    {"obsolete-folding", &two_ways},
    {"bad-connection-option", &two_ways},
    {"bad-chunk", &unreadable},
    {"bad-trailer", &unreadable},
    {"bad-host", &unreadable},
    {"missing-host", &unreadable},
    {"bad-target", &unreadable},
    {"not-http", &unreadable},
    {"version-not-supported", &unreadable},
    {"body-not-allowed", &unreadable},
    {"origin-form", &not_taken},
    {"unsupported-scheme", &not_taken},
    {"method-not-allowed", &not_taken},
    {"method-not-implemented", &not_taken},
    {"expectation-failed", &not_taken},
    {"unsupported-transfer-coding", &not_taken},
    {"request-timeout", &slow_device},
    {"content-unreadable", &closed_book},
    {"file-unreadable", &unknown_file},
    {"virus-check-failed", &no_virus_check},
    {"body-too-large", &too_big},
    {"head-too-large", &too_big},
    {"target-too-long", &too_big},
    {"method-too-long", &too_big},
    {"too-many-fields", &too_big},
    {"gateway-busy", &busy},
    {"sign-in-needed", &sign_in},
    {"sign-in-unavailable", &sign_in_later},
    {"test-page-open", &open_test},
    {"test-page-needs-http", &test_in_the_open},
};

PageText const& text_of(std::string_view code)
{
    auto const* found
        = std::find_if(std::begin(causes), std::end(causes), [&](Cause const& cause) { return cause.code == code; });
    return found == std::end(causes) ? unknown : *found->text;
}

} // namespace

std::string refusal_line(unsigned status, std::string_view cause, Language language)
{
    if (cause.empty())
        return std::string(say(language, blocked_part)) + "\n";
    auto const code = std::to_string(status) + " " + shown_text(cause, 60);
    return std::string(say(language, text_of(cause).what)) + " (" + within_line(language, code) + ")\n";
}

std::string render_error_page(ErrorPage const& page)
{
    auto const& text = text_of(page.cause);
    auto const language = page.language;
    auto const title = say(language, text.title);
    auto const code = std::to_string(page.status) + " " + shown_text(page.cause, 60);
    View view;
    view.text("title", title).text("what", say(language, text.what)).text("next", say(language, text.next));
    view.text("site", within_line(language, shown_text(page.host))).text("decision", page.decision_id);
    view.text("code", within_line(language, code));
    return framed_page(title, page.school, render("error", view, language), language);
}

} // namespace gatehouse::portal
