#include "policy/sealed.hpp"

#include <algorithm>

namespace gatehouse::policy {

bool is_on_sealed_list(Policy const& policy, std::string_view host, std::string_view path)
{
    auto const parsed = Host::parse(host);
    if (!parsed)
        return false;
    for (auto const& attached : policy.attached) {
        ListHits hits;
        attached.set.find(*parsed, path, hits);
        auto const is_sealed = [&](ListHit const& hit) {
            auto const list = attached.info[hit.list];
            return list != none && policy.lists[list].sealed;
        };
        if (auto const all = hits.all(); std::any_of(all.begin(), all.end(), is_sealed))
            return true;
    }
    return false;
}

} // namespace gatehouse::policy
