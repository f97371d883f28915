#include "proxy/store/reviews.hpp"

#include "proxy/store/acting.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr std::size_t longest_note = 500; ///< bytes
constexpr std::chrono::days told_before{60};

std::chrono::sys_days day_of(policy::Date const& date)
{
    return std::chrono::year{date.year} / std::chrono::month{date.month} / std::chrono::day{date.day};
}

int years_of(ReviewKind kind)
{
    return kind == ReviewKind::policy ? 2 : 1;
}

} // namespace

std::string_view to_text(ReviewKind kind)
{
    return kind == ReviewKind::policy ? "policy" : "filtering";
}

std::optional<ReviewKind> parse_review_kind(std::string_view text)
{
    for (auto const kind : all_review_kinds)
        if (text == to_text(kind))
            return kind;
    return std::nullopt;
}

ReviewClock clock_of(ReviewKind kind, std::vector<Review> const& reviews, policy::Date const& today)
{
    ReviewClock clock;
    clock.kind = kind;
    for (auto const& review : reviews)
        if (review.kind == kind && (!clock.last || clock.last->on < review.on))
            clock.last = review;
    if (!clock.last)
        return clock;
    clock.due = clock.last->on;
    for (int years = years_of(kind); years > 0; --years)
        clock.due = clock.due->next_year();
    clock.state = *clock.due < today                        ? ReviewState::overdue
        : day_of(*clock.due) - day_of(today) <= told_before ? ReviewState::due
                                                            : ReviewState::done;
    return clock;
}

result<void> record_review(Ledger& ledger, Review const& review, policy::Date const& today, Actor const& actor, Instant now)
{
    if (!is_plain_text(review.note, longest_note) || today < review.on)
        return errc::invalid_value;
    Deed const deed{"review.record", fmt::format("review:{}", to_text(review.kind)), actor, now};
    return carry_out(ledger, deed, [&]() -> result<void> {
        auto const account = require_role(ledger, actor, {ConsoleRole::headteacher});
        if (!account)
            return account.error();
        auto const added
            = ledger.database().execute("INSERT INTO reviews (kind, done_on, note, made_by, made_at) VALUES (?, ?, ?, ?, ?)",
                review.kind, review.on.to_text(), review.note, account->login, now);
        if (!added)
            return added;
        return audit(ledger, deed, fmt::format("{}: {}", review.on.to_text(), review.note));
    });
}

result<std::vector<Review>> list_reviews(Ledger& ledger)
{
    return ledger.database().collect(
        "SELECT kind, done_on, note, made_by, made_at FROM reviews ORDER BY done_on DESC, id DESC", [](Statement const& row) {
            auto const on = policy::Date::parse(row.text(1));
            return Review{row.id<ReviewKind>(0), on ? *on : policy::Date{}, row.text(2), row.text(3), row.instant(4)};
        });
}

} // namespace gatehouse::store
