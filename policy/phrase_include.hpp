#pragma once
// Phrase files that name other phrase files, as those of e2guardian and DansGuardian do.

#include "policy/parse.hpp"

namespace gatehouse::policy {

/// A line ".Include</etc/e2guardian/lists/phraselists/gambling/weighted>".
struct PhraseInclude {
    std::uint32_t line = 0;
    std::string path;
};

/// Takes such lines out of the text; empty ones stay in their places, so that the numbers of the others do not change.
std::vector<PhraseInclude> take_includes(std::string& text);

/// The file that the path means here: of those whose names below "phrases/" end the path, the longest. Null if there is none.
SourceText const* find_included(std::vector<SourceText> const& sources, std::string_view path);

} // namespace gatehouse::policy
