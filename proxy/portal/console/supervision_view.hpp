#pragma once
// What the pages about supervised use share.

#include "proxy/portal/web.hpp"
#include "proxy/store/supervisions.hpp"

namespace gatehouse::portal::console {

/// One case with everything its page shows to this reader.
struct SupervisionCase {
    store::RestrictionRow restriction;
    std::vector<store::SupervisionRow> supervisions;
};

/// "Waits for a decision", with its colour.
Cell restriction_state(store::RestrictionRow const& row, store::Instant now);
bool is_in_force(store::RestrictionRow const& row, store::Instant now);
/// Members of staff who only sit beside see whom and until when, not why.
bool sees_reasons(Visit const& visit);

/// The page of one case with the forms of the reader's role. `problems` are shown above them.
task<Response> supervision_page(Visit const& visit, store::RestrictionId id, std::vector<Problem> problems);

store::RestrictionId restriction_id_of(Fields const& fields);

} // namespace gatehouse::portal::console
