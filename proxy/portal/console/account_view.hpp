#pragma once
// What the pages about one account of somebody else share.

#include "proxy/portal/web.hpp"
#include "proxy/store/role_grants.hpp"
#include "proxy/store/sign_in.hpp"

namespace gatehouse::portal::console {

/// "/accounts/one?id=17&done=role"
std::string address_of(store::AccountId id, std::string_view done = {});
store::AccountId account_id_of(Fields const& fields);

/// Every role of the console, and none.
std::vector<Option> role_options();
/// Open, closed, or waiting for its first password to be changed.
Cell state_cell(store::Account const& account);

/// "Carla Chief (carla)", or the user name alone where there is no other.
Words shown_person(store::Account const& account);
Words shown_person(std::string const& display_name, std::string const& login);
Words names_of(std::vector<store::Account> const& accounts);
/// Its name at the school's sign-on.
Words shown_sign_on(store::Account const& account);

/// A form about the account, without fields but its number.
Form change_form(Visit const& visit, store::Account const& account, std::string action, Words button);

/// The page with every form. `problems` are shown above them.
task<Response> account_page(Visit const& visit, store::AccountId id, std::vector<Problem> problems);

/// Ending a session or a key takes a proof as well where it is somebody else's: nothing if it is there, or not this person's to end anyway. `field`: of the
/// form that is on the page of the account, whose number the request has as `account`.
task<std::optional<Response>> refuse_unproved_end(Visit const& visit, bool is_own, std::string field);

/// accounts.cpp: the one time that a password is shown. `wanted`: the role that the account was to have.
Response issued_password_page(
    Visit const& visit, store::IssuedAccount const& issued, store::ConsoleRole wanted, std::string back);

/// account_end.cpp: the form that takes the person out of a closed account.
void add_forget_form(Page& page, Visit const& visit, store::Account const& account, std::vector<Problem> const& problems);
/// The page of an account without a person.
Page forgotten_page(Visit const& visit, store::Account const& account);
/// role_grants.cpp: what somebody reads who signs in before a second person has said yes to their first role.
Response show_own_wait(Visit const& visit, store::RoleWait const& wait);
/// role_grants.cpp: who could be the second person.
Words names_of_confirmers(std::vector<store::Account> const& accounts);
/// The same of a role; where nobody could now, who will and from when, or what the machine's owner can do.
Words names_of_role_confirmers(Visit const& visit, store::RoleGrant const& grant, store::ComingConfirmers const& coming);

/// "amy.year9", or of an account without a person "A closed account (17)".
Words shown_login(store::Account const& account);

} // namespace gatehouse::portal::console
