#pragma once
// What notices about the machine are about.

#include <string_view>

namespace gatehouse::store {

/// Rows `a` of the audit: not the first of an action, which is how it was found, and nothing from before anybody signed in.
inline constexpr std::string_view machine_rows
    = " FROM audit a WHERE a.sequence > (SELECT min(sequence) FROM audit WHERE action = 'sign-in')"
      " AND (a.action IN ('log.file-replaced', 'audit.disagrees')"
      " OR (a.action IN ('machine.ca', 'machine.inspection', 'machine.retention', 'machine.mail')"
      " AND EXISTS (SELECT 1 FROM audit b WHERE b.action = a.action AND b.sequence < a.sequence)))";

} // namespace gatehouse::store
