#include "policy/list_source.hpp"
#include "policy/readers.hpp"
#include "policy/suggest.hpp"

#include <fmt/format.h>

namespace gatehouse::policy {
namespace {

constexpr std::array<std::string_view, 8> formats{
    "domains", "hosts", "urls", "expressions", "adblock", "dnsmasq", "rpz", "squidguard"};

void read_list(TableReader& reader, Policy& policy)
{
    ListInfo list;
    list.id = reader.id();
    list.title = reader.text("title", Need::required);
    auto const category = reader.word("category");
    auto const service = reader.word("service");
    if (!category.text.empty() && reader.must_be_one_of(category, "category", ids_of(policy.categories)))
        list.category = category.text;
    if (!service.text.empty() && reader.must_be_one_of(service, "service", ids_of(policy.services)))
        list.service = service.text;
    list.sealed = reader.flag("sealed");
    list.aliases = reader.flag("aliases", true);
    if (category.text.empty() && service.text.empty() && !list.sealed)
        reader.complain("the list belongs to no category and no service", "write category = \"...\" or service = \"...\"");
    list.path = reader.text("path");
    list.member = reader.text("member");
    auto const format = reader.word("format", list.path.empty() ? Need::optional : Need::required);
    if (!format.text.empty())
        reader.must_be_one_of(format, "list format", formats);
    list.format = format.text;
    list.owner = reader.text("owner");
    list.reason = reader.text("reason");
    list.review_by = reader.date("review_by");
    policy.lists.push_back(std::move(list));
    must_be_new(reader, policy.lists, "list");
}

} // namespace

void read_lists(TableReader& file, std::string const& name, Draft draft)
{
    for (auto const* table : file.tables("list")) {
        TableReader reader{*table, name, draft.problems};
        read_list(reader, draft.policy);
        reader.finish();
    }
    if (draft.policy.lists.size() > max_lists)
        file.complain(fmt::format("there are more than {} lists", max_lists));
}

} // namespace gatehouse::policy
