#pragma once
// What waits for whom and has not been told them yet, for notices by e-mail. A notice says that something waits, never about whom or which site.

#include "proxy/store/accounts.hpp"

#include <span>

namespace gatehouse::store {

/// One kind of notice: the same words each time.
struct NoticeKind {
    std::string_view id; ///< "requests"
    ConsoleRole role;
    std::string_view subject; ///< of the mail, ASCII
    std::string_view text;    ///< a sentence or two, ASCII
    std::string_view page;    ///< of the console: "/requests"
};
std::span<NoticeKind const> notice_kinds();

/// Something waits that is newer than what was told, or a report that this role was not told of.
struct DueNotice {
    NoticeKind const* kind = nullptr;
    std::int64_t newest = 0;            ///< what to hand to mark_told
    std::string more = {};              ///< a line behind the text: the audit's head; of most kinds empty
    std::vector<ReportId> reports = {}; ///< of those kinds: which, since an older one may have come to this role only now
};

/// For these roles. Errors: those of the database.
result<std::vector<DueNotice>> due_notices(Ledger& ledger, std::span<ConsoleRole const> roles, Instant now);
/// Once the mail server has taken it: the next notice of the kind is about something else. What it says of another way in counts from then
/// (given_access.hpp).
result<void> mark_told(Ledger& ledger, DueNotice const& notice, Instant now);
/// Why it could not be sent: a row in the audit, once for the same notice, if it is about what the machine's owner changed.
result<void> note_untold(Ledger& ledger, DueNotice const& notice, std::string const& why, Instant now);

} // namespace gatehouse::store
