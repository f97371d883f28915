#pragma once
// What the console says while its records do not answer: calmly, at once, and without them. It names nobody.

#include "proxy/portal/web.hpp"

namespace gatehouse::portal {

/// How long somebody waits for the store's first word: a page less than what somebody typed.
inline constexpr std::chrono::seconds patience_for_pages{2}, patience_for_forms{10};

/// 503, with what goes on without the records, how the parts of the gateway are, and what to do.
Response show_no_records(Visit const& visit);

} // namespace gatehouse::portal
