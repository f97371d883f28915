#include "proxy/portal/console/log_view.hpp"

#include "proxy/portal/console/publication_view.hpp"

#include <fmt/format.h>

namespace gatehouse::portal::console {

namespace {

template <class Table>
Words title_in(Table const& table, std::string const& id)
{
    for (auto const& each : table)
        if (each.id == id && !each.title.empty())
            return each.title;
    return id;
}

} // namespace

Words row_time(Site const& site, log::StoredRecord const& row)
{
    auto const at = std::chrono::floor<std::chrono::seconds>(row.at);
    return words("{}:{}", shown_time(site, at), fmt::format("{:02}", at.time_since_epoch().count() % 60));
}

Words site_text(log::StoredRecord const& row)
{
    if (log::is_sealed(row))
        return "sealed";
    bool const usual = row.port == 443 || row.port == 80 || row.port == 0;
    auto const cut = [](std::string_view text) { return shown_text(text, 120); };
    Words text = cut(row.host + (usual ? "" : ":" + std::to_string(row.port)) + row.path);
    if (!row.search.empty())
        text = words("{}, search: {}", text, cut(row.search));
    if (!row.wrapped.empty())
        text = words("{}, showing {}", text, cut(row.wrapped));
    if (!row.prompt.empty())
        text = words("{}, message on: {}", text, cut(row.term_list));
    if (!row.file_kind.empty())
        text = words("{}, file: {}", text, Words::perhaps_ours(cut(row.file_kind)));
    if (!row.virus.empty())
        text = words("{}, virus: {}", text, cut(row.virus));
    return text;
}

Words row_person(log::StoredRecord const& row, Names names, policy::Policy const* policy)
{
    Words person = row.user;
    if (names == Names::hidden && !row.user.empty())
        person = words("Person {}", row.user);
    if (policy == nullptr)
        return joined({row.role, person, row.network, row.device});
    return joined({title_in(policy->roles, row.role), person, title_in(policy->networks, row.network), row.device});
}

Words category_title(policy::Policy const& policy, std::string const& id)
{
    return title_in(policy.categories, id);
}

Words service_title(policy::Policy const& policy, std::string const& id)
{
    return title_in(policy.services, id);
}

Words group_title(policy::Policy const& policy, std::string const& id)
{
    return title_in(policy.groups, id);
}

Words list_title(policy::Policy const& policy, std::string const& id)
{
    if (auto const list = store::parse_school_list(id))
        return list_title(*list);
    return title_in(policy.lists, id);
}

} // namespace gatehouse::portal::console
