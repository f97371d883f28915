#pragma once
// Everybody whose name the store knows, from accounts, forgotten ones among them, and from records: whose names are taken out of what goes to one of them.

#include "proxy/store/accounts.hpp"
#include "proxy/store/redaction.hpp"

namespace gatehouse::store {

struct KnownPeople {
    NamesOf own, others;
};

/// `user`: canonical; with the names of all accounts of that human being, if there are any.
result<KnownPeople> known_people(Ledger& ledger, std::string const& user);

} // namespace gatehouse::store
