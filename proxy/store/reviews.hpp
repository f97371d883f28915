#pragma once
// The two clocks of clause 15: the policy is reviewed every two years, the filter at least once a year. The headteacher says when it was done.

#include "policy/local_time.hpp"
#include "proxy/store/accounts.hpp"

#include <array>

namespace gatehouse::store {

enum class ReviewKind : std::uint8_t { policy, filtering };
inline constexpr std::array<ReviewKind, 2> all_review_kinds{ReviewKind::policy, ReviewKind::filtering};
std::string_view to_text(ReviewKind kind); ///< "policy", "filtering"
std::optional<ReviewKind> parse_review_kind(std::string_view text);

struct Review {
    ReviewKind kind = ReviewKind::policy;
    policy::Date on;  ///< when it was done
    std::string note; ///< what came of it
    std::string by;   ///< login
    Instant at{};     ///< when it was written down
};

enum class ReviewState : std::uint8_t { done, due, overdue };

/// How one clock stands.
struct ReviewClock {
    ReviewKind kind = ReviewKind::policy;
    std::optional<Review> last;      ///< by the day on which it was done
    std::optional<policy::Date> due; ///< the day by which it has to be done again; nothing: it was never done
    ReviewState state = ReviewState::overdue;
};

/// Due in the last sixty days before; overdue after it, and if it was never done. Pure.
ReviewClock clock_of(ReviewKind kind, std::vector<Review> const& reviews, policy::Date const& today);

/// Headteacher, with an audit row. `by` and `at` are not read. Errors: `errc::invalid_value` without a note or for a day to come, `not_permitted`.
result<void> record_review(Ledger& ledger, Review const& review, policy::Date const& today, Actor const& actor, Instant now);
/// The newest day first.
result<std::vector<Review>> list_reviews(Ledger& ledger);

} // namespace gatehouse::store
