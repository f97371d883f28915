#include "proxy/portal/language_choice.hpp"

#include "proxy/portal/form_data.hpp"

#include <algorithm>

namespace gatehouse::portal {

namespace {

std::span<LanguageInfo const> languages_of(Side side)
{
    return side == Side::console ? console_languages() : all_languages();
}

LanguageInfo const* find_offered(Side side, std::string_view tag)
{
    auto const offered = languages_of(side);
    auto const found = std::find_if(offered.begin(), offered.end(), [tag](LanguageInfo const& info) { return info.tag == tag; });
    return found == offered.end() ? nullptr : &*found;
}

/// Only a page of this server: "//example.org" and "/\example.org" lead elsewhere (WHATWG URL §4.4).
bool is_own_page(std::string_view address)
{
    auto const is_plain = [](char c) { return c > ' ' && c < '\x7f' && c != '\\'; };
    return address.starts_with('/') && !address.starts_with("//") && address.size() < 8192
        && std::all_of(address.begin(), address.end(), is_plain);
}

/// Where this page can be read again; a page that answers a form cannot.
std::string address_of(Request const& request)
{
    return request.method == Method::post ? "/" : with_query(request.path, request.query);
}

} // namespace

Language language_for(Side side, Request const& request)
{
    if (request.as_data)
        return Language::english;
    if (auto const* const chosen = find_offered(side, value_of(request.cookies, language_cookie)))
        return chosen->language;
    return preferred_language(request.language, languages_of(side));
}

std::vector<View> language_links(Visit const& visit)
{
    std::vector<View> links;
    auto const back = address_of(visit.request);
    for (auto const& info : languages_of(visit.side)) {
        if (info.language == visit.language)
            continue;
        auto const address = with_query("/language", {{"to", std::string(info.tag)}, {"back", back}});
        links.push_back(View().text("href", address).text("tag", info.tag).text("name", info.name));
    }
    return links;
}

task<Response> choose_language(Visit const& visit)
{
    auto const back = visit.query("back");
    auto response = redirect_to(is_own_page(back) ? std::string(back) : "/");
    if (auto const* const chosen = find_offered(visit.side, visit.query("to")))
        response.headers.emplace_back("Set-Cookie", set_language_cookie(chosen->tag, visit.side));
    co_return response;
}

} // namespace gatehouse::portal
