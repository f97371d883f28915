#pragma once
// Terms in a text of any length: a window of words after the other.

#include "policy/term_list.hpp"

namespace gatehouse::policy {

/// What `TermIndex::find` finds, in the whole text. Of a text that is longer than `Words` keep, a term whose parts or excuses stand far from
/// each other (some 20 words) may not be seen as a whole. Never allocates.
void find_terms(TermIndex const& index, std::string_view text, TermHits& hits);

} // namespace gatehouse::policy
