#pragma once
// Many questions for `gatehouse explain`: lines of JSON in, lines of JSON out. Not the answering itself, which explain.cpp does.

#include "policy/explanation.hpp"
#include "proxy/clock.hpp"
#include "proxy/settings.hpp"
#include "tools/ctl/verbs.hpp"

#include <functional>
#include <iosfwd>
#include <variant>

namespace gatehouse::ctl {

using Complaint = std::string; ///< for a person, without a full stop
using Question = ExplainOptions;

/// One question to a policy that is complete already (`with_store` and `batch` are not looked at).
std::variant<policy::Explanation, Complaint> answer_question(
    policy::Policy const& policy, Settings const& settings, Clock& clock, Question const& question);

/// One answer for each line that is not empty, in order; {"ok":false,"error":"line N: ..."} for one that has none.
/// Returns `failure` if there was such a line.
int explain_lines(std::istream& in, std::ostream& out,
    std::function<std::variant<policy::Explanation, Complaint>(Question const&)> const& answer);

} // namespace gatehouse::ctl
