#include "proxy/portal/trust_page.hpp"

#include "proxy/portal/page_frame.hpp"

namespace gatehouse::portal {

std::string render_trust_page(std::string_view school, std::string_view portal_url)
{
    View view;
    view.text("back", std::string{portal_url} + "/device");
    return framed_page("This device trusts the school's certificate", school, render("trust", view));
}

std::string_view trust_picture()
{
    return R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 56" role="img" aria-label="This device trusts the certificate.">)"
           R"(<rect width="320" height="56" rx="6" fill="#00703c"/><path d="M16 28l9 9 17-19" fill="none" stroke="#fff" stroke-width="5"/>)"
           R"(<text x="56" y="34" font-family="sans-serif" font-size="17" font-weight="bold" fill="#fff">This device trusts it.</text></svg>)";
}

} // namespace gatehouse::portal
