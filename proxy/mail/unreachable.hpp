#pragma once
// Who gets no mail because there is no server or no address for their role. They learn nothing by mail, so what that would have been about the machine
// stands in the audit.

#include "proxy/settings.hpp"
#include "proxy/store/accounts.hpp"

#include <vector>

namespace gatehouse::store {
class Store;
}

namespace gatehouse::mail {

std::vector<store::ConsoleRole> roles_with_addresses(Mail const& settings);

/// A row in the audit for each change of the machine that a role without an address was not told of, once. Blocks; logs what fails.
void note_unreachable(Mail const& settings, store::Store& store, store::Instant now);

} // namespace gatehouse::mail
