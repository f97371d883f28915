#pragma once
// Lines that somebody pastes or uploads as sites for a list of the school: names and parts of sites as people write them, hosts files, and AdBlock
// rules of whole hosts. What each line means is said by policy/list_source; values only.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::portal::console {

struct ListLine {
    std::size_t number = 0; ///< counted from 1, with comments and empty lines
    std::string text;       ///< as it stands there
    std::string target;     ///< site or part of one; empty: the line says something else
};

/// Without comments and empty lines. A line of a hosts file with several names is there once for each.
std::vector<ListLine> read_list_lines(std::string_view text);

} // namespace gatehouse::portal::console
