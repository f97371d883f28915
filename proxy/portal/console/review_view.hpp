#pragma once
// The two clocks of clause 15 as the start page, their own page and the governors' report show them.

#include "proxy/portal/web.hpp"
#include "proxy/store/reviews.hpp"

namespace gatehouse::portal::console {

Words review_title(store::ReviewKind kind);
/// What is reviewed, when it was, by when it has to be again, and how that stands.
Table review_table(std::vector<store::Review> const& reviews, policy::Date const& today);

} // namespace gatehouse::portal::console
