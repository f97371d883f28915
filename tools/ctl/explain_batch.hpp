#pragma once
// Many questions for `gatehouse explain`: lines of JSON in, lines of JSON out. Not the answering itself, which proxy/question does.

#include "tools/ctl/verbs.hpp"

#include <functional>
#include <iosfwd>
#include <variant>

namespace gatehouse::ctl {

using Complaint = std::string; ///< for a person, without a full stop

/// One answer for each line that is not empty, in order; {"ok":false,"error":"line N: ..."} for one that has none.
/// Returns `failure` if there was such a line.
int explain_lines(std::istream& in, std::ostream& out,
    std::function<std::variant<question::Answer, question::Complaint>(question::Question const&)> const& answer);

} // namespace gatehouse::ctl
