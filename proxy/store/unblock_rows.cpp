#include "proxy/store/unblock_rows.hpp"

#include <array>
#include <fmt/format.h>

namespace gatehouse::store {
namespace {

constexpr std::array<std::string_view, 8> request_states{
    "submitted", "recommended", "approved", "refused", "closed", "withdrawn", "expired", "merged"};
constexpr std::array<std::string_view, 5> scope_names{"person", "group", "role", "everyone", "network"};

template <class Enum, std::size_t Size>
std::string_view name_of(std::array<std::string_view, Size> const& names, Enum value)
{
    auto const index = static_cast<std::size_t>(value);
    return index < Size ? names[index] : "unknown";
}

template <class Enum, std::size_t Size>
std::optional<Enum> value_of(std::array<std::string_view, Size> const& names, std::string_view text)
{
    for (std::size_t i = 0; i < Size; ++i)
        if (names[i] == text)
            return static_cast<Enum>(i);
    return std::nullopt;
}

Recommendation read_terms(Statement const& row, int column)
{
    Recommendation terms;
    terms.allow = row.flag(column);
    terms.text = row.text(column + 1);
    terms.scope = row.id<Scope>(column + 2);
    terms.scope_value = row.text(column + 3);
    terms.host = row.text(column + 4);
    terms.path = row.text(column + 5);
    terms.when = split_lines(row.text(column + 6));
    terms.from = row.instant(column + 7);
    terms.until = row.instant(column + 8);
    terms.clause = row.text(column + 9);
    return terms;
}

} // namespace

std::string_view to_text(RequestState state)
{
    return name_of(request_states, state);
}
std::optional<RequestState> parse_request_state(std::string_view text)
{
    return value_of<RequestState>(request_states, text);
}
std::string_view to_text(Scope scope)
{
    return name_of(scope_names, scope);
}
std::optional<Scope> parse_scope(std::string_view text)
{
    return value_of<Scope>(scope_names, text);
}

std::string request_object(RequestId id)
{
    return fmt::format("unblock-request:{}", number(id));
}

std::string_view select_request()
{
    return "SELECT r.id, r.reference, r.state, r.version, r.submitted_at,"                                    // 0
           " r.user, r.role, r.user_group, r.device, r.network, r.address, r.claimed_name,"                   // 5
           " r.url, r.host, r.path, r.why, r.decision, r.category, r.list, r.rule, r.clause, r.merged_into,"  // 12
           " (SELECT count(*) FROM unblock_requests m WHERE m.merged_into = r.id),"                           // 22
           " r.terms_allow, r.terms_text, r.terms_scope, r.terms_scope_value, r.terms_host, r.terms_path,"    // 23
           " r.terms_when, r.terms_from, r.terms_until, r.terms_clause,"                                      // 29
           " coalesce(reviewer.login, ''), coalesce(approver.login, ''), r.answer, r.decided_at, r.override," // 33
           " coalesce(r.reviewer, 0), r.terms_also, r.from_pupils"                                            // 38
           " FROM unblock_requests r LEFT JOIN accounts reviewer ON reviewer.id = r.reviewer"
           " LEFT JOIN accounts approver ON approver.id = r.approver ";
}

RequestRow read_request_row(Statement const& row)
{
    RequestRow read;
    auto& request = read.request;
    request.id = row.id<RequestId>(0);
    request.reference = row.text(1);
    request.state = row.id<RequestState>(2);
    request.version = row.integer(3);
    request.submitted_at = row.instant(4);
    request.requester
        = {row.text(5), row.text(6), row.text(7), row.text(8), row.text(9), row.text(10), row.text(11), row.flag(40)};
    request.url = row.text(12);
    request.host = row.text(13);
    request.path = row.text(14);
    request.why = row.text(15);
    request.decision_id = row.text(16);
    request.category = row.text(17);
    request.list = row.text(18);
    request.rule = row.text(19);
    request.clause = row.text(20);
    if (!row.is_null(21))
        request.merged_into = row.id<RequestId>(21);
    request.merged_count = row.integer(22);
    if (!row.is_null(23))
        request.recommendation = read_terms(row, 23);
    if (request.recommendation)
        request.recommendation->also = split_lines(row.text(39));
    request.reviewer = row.text(33);
    request.approver = row.text(34);
    request.answer = row.text(35);
    request.decided_at = row.optional_instant(36);
    if (!row.is_null(37))
        request.override_id = row.id<OverrideId>(37);
    read.reviewer_account = row.id<AccountId>(38);
    return read;
}

result<RequestRow> load_request(Ledger& ledger, RequestId id)
{
    static std::string const sql = fmt::format("{}WHERE r.id = ?", select_request());
    auto found = ledger.database().first(sql, read_request_row, id);
    if (!found)
        return found.error();
    if (!*found)
        return errc::not_found;
    return std::move(**found);
}

result<std::vector<RequestRow>> load_askers(Ledger& ledger, RequestId id)
{
    static std::string const sql = fmt::format("{}WHERE r.id = ?1 OR r.merged_into = ?1 ORDER BY r.id", select_request());
    return ledger.database().collect(sql, read_request_row, id);
}

result<void> add_request_event(
    Ledger& ledger, RequestId id, Instant at, std::string const& actor, std::string const& event, std::string const& text)
{
    return ledger.database().execute(
        "INSERT INTO unblock_events (request, at, actor, event, text) VALUES (?, ?, ?, ?, ?)", id, at, actor, event, text);
}

} // namespace gatehouse::store
