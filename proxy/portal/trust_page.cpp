#include "proxy/portal/trust_page.hpp"

#include "proxy/portal/page_frame.hpp"

namespace gatehouse::portal {

std::string render_trust_page(std::string_view school, std::string_view portal_url, Language language)
{
    auto const title = say(language, "This device trusts the school's certificate");
    View view;
    view.text("title", title).text("back", std::string{portal_url} + "/device");
    return framed_page(title, school, render("trust", view, language), language);
}

std::string render_trust_picture(Language language)
{
    View view;
    view.text("lang", info_of(language).tag).flag("rtl", info_of(language).is_right_to_left);
    return render("trust_picture", view, language).text();
}

} // namespace gatehouse::portal
