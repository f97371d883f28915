#include "policy/readers.hpp"
#include "policy/suggest.hpp"

#include <fmt/format.h>

namespace gatehouse::policy {
namespace {

/// A category's parent may stand further down, so parents are checked when all are read.
void read_category(TableReader& reader, Policy& policy, std::vector<Word>& parents)
{
    Category category;
    category.id = reader.id();
    category.title = reader.text("title", Need::required);
    parents.push_back(reader.word("parent"));
    category.parent = parents.back().text;
    category.never_inspect = reader.flag("never_inspect");
    if (reader.has("alert"))
        category.alert = read_severity(reader, "alert");
    policy.categories.push_back(std::move(category));
    must_be_new(reader, policy.categories, "category");
}

bool is_its_own_ancestor(Policy const& policy, std::size_t start)
{
    Category const* at = &policy.categories[start];
    for (std::size_t steps = 0; at && steps <= policy.categories.size(); ++steps) {
        at = policy.category(at->parent);
        if (at == &policy.categories[start])
            return true;
    }
    return false;
}

void check_parents(TableReader const& file, Policy& policy, std::vector<Word> const& parents)
{
    auto const names = ids_of(policy.categories);
    for (std::size_t i = 0; i < parents.size(); ++i) {
        if (parents[i].text.empty())
            continue;
        if (!file.must_be_one_of(parents[i], "category", names))
            policy.categories[i].parent.clear();
        else if (is_its_own_ancestor(policy, i))
            file.complain_at(parents[i], fmt::format("category \"{}\" lies within itself", policy.categories[i].id));
    }
}

void read_service(TableReader& reader, Policy& policy)
{
    Service service;
    service.id = reader.id();
    service.title = reader.text("title", Need::required);
    auto const category = reader.word("category", Need::required);
    if (!category.text.empty() && reader.must_be_one_of(category, "category", ids_of(policy.categories)))
        service.category = category.text;
    service.minimum_age = reader.number("minimum_age", greatest_age);
    policy.services.push_back(std::move(service));
    must_be_new(reader, policy.services, "service");
}

} // namespace

void read_topics(TableReader& file, std::string const& name, Draft draft)
{
    std::vector<Word> parents;
    for (auto const* table : file.tables("category")) {
        TableReader reader{*table, name, draft.problems};
        read_category(reader, draft.policy, parents);
        reader.finish();
    }
    check_parents(file, draft.policy, parents);
    for (auto const* table : file.tables("service")) {
        TableReader reader{*table, name, draft.problems};
        read_service(reader, draft.policy);
        reader.finish();
    }
    if (draft.policy.categories.size() > max_categories)
        file.complain(fmt::format("there are more than {} categories", max_categories));
    if (draft.policy.services.size() > max_services)
        file.complain(fmt::format("there are more than {} services", max_services));
}

} // namespace gatehouse::policy
