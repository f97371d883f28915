#pragma once
// Other programs of the machine, run to their end.

#include "policy/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::gateway {

struct Ran {
    int status = 0;     ///< exit status; 128 and the signal where one ended it
    std::string output; ///< what it said on both its outputs
};

/// Runs `words[0]`, found in PATH or beside the administrator's programs, with the rest as arguments and `input` to read.
/// Errors: it cannot be started (system category).
result<Ran> run(std::vector<std::string> words, std::string_view input = {});

} // namespace gatehouse::gateway
