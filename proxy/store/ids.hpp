#pragma once
// Row numbers as types, so that an account is never passed where a request is meant; and who acts.

#include <chrono>
#include <cstdint>
#include <string>

namespace gatehouse::store {

enum class AccountId : std::int64_t { none = 0 };
enum class SessionId : std::int64_t { none = 0 };
enum class RequestId : std::int64_t { none = 0 };
enum class OverrideId : std::int64_t { none = 0 };
enum class ListEntryId : std::int64_t { none = 0 };
enum class ReportId : std::int64_t { none = 0 };
enum class IncidentId : std::int64_t { none = 0 };
enum class RestrictionId : std::int64_t { none = 0 };
enum class SupervisionId : std::int64_t { none = 0 };
enum class PermissionId : std::int64_t { none = 0 };
enum class CheckRunId : std::int64_t { none = 0 };

template <class Id>
constexpr std::int64_t number(Id id)
{
    return static_cast<std::int64_t>(id);
}

/// Instants of the store: whole seconds, UTC. Always a parameter; the store reads no clock.
using Instant = std::chrono::sys_seconds;

/// Who acts. Roles are read from the account inside the transaction, never trusted from the caller.
struct Actor {
    AccountId account = AccountId::none; ///< none: the machine's owner or the program itself, named below
    std::string name;                    ///< used without an account: "system", "command-line:root"
    std::string address;                 ///< of the console's client; for the audit row
};

} // namespace gatehouse::store
