// At any computer: links to the filter's own test sites, so that whoever looks after the school's web can see there what is closed.
#include "policy/self_check.hpp"
#include "proxy/checks/self_checks.hpp"
#include "proxy/portal/portal_pages.hpp"

namespace gatehouse::portal {

task<Response> show_try(Visit const& visit)
{
    auto const policy = visit.site.services.current_policy();
    std::vector<Cell> sites;
    for (auto const& theme : checks::themes())
        for (auto const id : theme.categories)
            if (auto const* const category = policy->category(id))
                sites.push_back({category->title, "http://" + policy::self_check_name(id) + "/"});
    Page page;
    page.title = "Try the filter";
    page.parts = {heading(page.title),
        paragraph("Each link opens a test page for one kind of site. It says whether that kind is closed or open here and now."),
        paragraph("There is nothing bad behind these links, and nobody is told that you opened them."),
        bullets(std::move(sites))};
    co_return show(visit, page);
}

} // namespace gatehouse::portal
