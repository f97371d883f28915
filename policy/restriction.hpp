#pragma once
// The outcome of a confirmed circumvention case: this person uses school equipment only under supervision (clause 12).

#include <chrono>
#include <optional>
#include <string>

namespace gatehouse::policy {

/// A supervision is live at `supervised_device` until `supervised_until`; without one the person is blocked.
struct Restriction {
    std::string id; ///< "restriction-3"
    std::string user;
    std::string clause = "12";
    std::string reason;
    std::chrono::sys_seconds from{}, until{};
    std::string supervised_device; ///< device id or address text; empty: no supervision
    std::optional<std::chrono::sys_seconds> supervised_until;
};

} // namespace gatehouse::policy
