#pragma once
// Which open requests may be the same as another one: what an officer chooses from who merges them.

#include "proxy/store/unblock_requests.hpp"

namespace gatehouse::store {

struct SameSearch {
    RequestId than = RequestId::none; ///< the one that is to follow another; not among them
    std::string part{};               ///< of site or reference, small and large letters as one (ASCII); empty: all
};
/// Those of the same site first, then the oldest first. Errors: `errc::not_found` without that request.
result<std::vector<UnblockRequest>> list_same(Ledger& ledger, SameSearch const& search, std::size_t limit, std::size_t skipped);
result<std::size_t> count_same(Ledger& ledger, SameSearch const& search);

} // namespace gatehouse::store
