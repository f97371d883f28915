#include "proxy/portal/page_frame.hpp"
#include "proxy/digest.hpp"
#include "proxy/portal/block_page.hpp"

#include <sodium.h>

namespace gatehouse::portal {

namespace {

/// The style between its tags, exactly as the hash of the security policy covers it (CSP Level 3 §8.4).
Html const& style()
{
    static Html const text = render("page_style", View());
    return text;
}

std::string make_policy()
{
    auto const hash = sha256_of(style().text());
    std::string encoded(sodium_base64_ENCODED_LEN(hash.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(encoded.data(), encoded.size(), hash.data(), hash.size(), sodium_base64_VARIANT_ORIGINAL);
    encoded.pop_back(); // the terminating zero
    return "default-src 'none'; style-src 'sha256-" + encoded + "'; base-uri 'none'; form-action 'none'";
}

} // namespace

std::string_view page_security_policy()
{
    static std::string const policy = make_policy();
    return policy;
}

std::string framed_page(std::string_view title, std::string_view school, Html const& content, Language language)
{
    View view;
    view.text("title", title).text("school", school).text("csp", page_security_policy());
    view.text("lang", info_of(language).tag).flag("rtl", info_of(language).is_right_to_left);
    view.html("style", style()).html("content", content);
    return render("block_page", view).text();
}

std::string within_line(Language language, std::string text)
{
    bool const turns = info_of(language).is_right_to_left && !text.empty();
    return turns ? "\xe2\x81\xa8" + std::move(text) + "\xe2\x81\xa9" : text;
}

} // namespace gatehouse::portal
