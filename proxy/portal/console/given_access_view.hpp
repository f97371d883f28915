#pragma once
// What the pages say of an account to which somebody else gave another way in (store/given_access.hpp).

#include "proxy/portal/web.hpp"

namespace gatehouse::portal::console {

/// Of the page about it.
std::string address_of_hold(store::AccountId account);

/// To whom it happened: why their account decides nothing, until when, and who could confirm sooner that it is them. Precondition: `visit.hold`.
Words own_hold_text(Visit const& visit);
/// "i.white gave it a new password"
Words given_text(store::GivenAccess const& given);
Words all_given(std::vector<store::GivenAccess> const& given);
/// Who could confirm it, or what else there is to do.
Words names_of_hold_confirmers(store::AccessHold const& hold);
/// Until when, or that it does not end by itself.
Words end_of_hold(Visit const& visit, store::AccessHold const& hold);

/// To whom `errc::way_in_unsaid` stands in the way, and until when.
Words unsaid_text(Visit const& visit, store::Instant until);

/// All that are held now, each with a link to its page.
Part hold_table(Visit const& visit, std::vector<store::AccessHold> const& holds);
/// Those whose 24 hours are over and that nobody has said a word of, each with a link to its page.
Part late_table(Visit const& visit, std::vector<store::AccessHold> const& late);
/// Those that a second person closed.
Part refused_table(std::vector<store::Account> const& accounts);

/// A page of a person tells them of all that they could confirm: the 24 hours begin with that, if nobody was told before. Where it cannot be written
/// down the page is shown all the same, a warning is logged, and they do not begin.
task<void> note_holds_seen(Visit const& visit);

} // namespace gatehouse::portal::console
