#pragma once
// Reading and writing the rows of unblock requests; the steps in unblock_steps.cpp are made of these. Private to this folder.

#include "proxy/store/acting.hpp"
#include "proxy/store/unblock_requests.hpp"

namespace gatehouse::store {

/// A request as its row states it, with the account that the three-people rule compares.
struct RequestRow {
    UnblockRequest request;
    AccountId reviewer_account = AccountId::none;
};

result<RequestRow> load_request(Ledger& ledger, RequestId id);
/// The row and everybody who asked for the same.
result<std::vector<RequestRow>> load_askers(Ledger& ledger, RequestId id);
result<void> add_request_event(
    Ledger& ledger, RequestId id, Instant at, std::string const& actor, std::string const& event, std::string const& text);
std::string request_object(RequestId id);

/// The officer who may take the next step: none of those who asked. Errors: `errc::not_permitted`, `same_person`, `role_changed_recently`.
result<Account> require_reviewer(Ledger& ledger, RequestId id, Actor const& actor, Instant now);
/// The one who decides (decider_of): neither the reviewer nor one of those who asked. Errors: as require_reviewer.
result<Account> require_approver(Ledger& ledger, RequestRow const& row, Actor const& actor, Instant now);
/// The reviewer has not asked for it since. Errors: `errc::same_person`; then it can only be sent back, for another officer.
result<void> check_reviewer_apart(Ledger& ledger, RequestRow const& row);

/// The SELECT over all columns, to be continued with WHERE, and its reader.
std::string_view select_request();
RequestRow read_request_row(Statement const& row);

} // namespace gatehouse::store
