#pragma once
// Reading and writing the rows of unblock requests; the steps in unblock_steps.cpp are made of these. Private to this folder.

#include "proxy/store/acting.hpp"
#include "proxy/store/unblock_requests.hpp"

namespace gatehouse::store {

/// A request as its row states it, with the accounts that the three-people rule compares.
struct RequestRow {
    UnblockRequest request;
    AccountId requester_account = AccountId::none;
    AccountId reviewer_account = AccountId::none;
};

result<RequestRow> load_request(Ledger& ledger, RequestId id);
/// The row and everybody who asked for the same.
result<std::vector<RequestRow>> load_askers(Ledger& ledger, RequestId id);
result<void> add_request_event(
    Ledger& ledger, RequestId id, Instant at, std::string const& actor, std::string const& event, std::string const& text);
std::string request_object(RequestId id);

/// The SELECT over all columns, to be continued with WHERE, and its reader.
std::string_view select_request();
RequestRow read_request_row(Statement const& row);

} // namespace gatehouse::store
