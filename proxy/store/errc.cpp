#include "proxy/store/errc.hpp"

#include <string>

namespace gatehouse::store {
namespace {

class Category final : public boost::system::error_category {
public:
    char const* name() const noexcept override { return "gatehouse.store"; }

    std::string message(int code) const override
    {
        switch (static_cast<errc>(code)) {
        case errc::busy: return "the store has too much to do; nothing was changed, try again";
        case errc::closed: return "the store is closed";
        case errc::locked: return "another program holds the database";
        case errc::full: return "the disk is full; nothing was changed";
        case errc::io: return "the disk reports an error";
        case errc::corrupt: return "the database is damaged";
        case errc::newer_schema: return "the database was written by a newer version of Gatehouse";
        case errc::bad_statement: return "the database refuses the statement";
        case errc::constraint: return "the database refuses these values";
        case errc::audit_key_missing: return "the audit key is missing, but there are audit rows";
        case errc::no_transaction: return "an audit row needs a transaction";
        case errc::not_found: return "there is no such record";
        case errc::already_exists: return "this exists already";
        case errc::invalid_value: return "a field is empty, too long or malformed";
        case errc::stale: return "somebody else acted first";
        case errc::wrong_state: return "this step is not possible in the present state";
        case errc::not_permitted: return "this role may not do that";
        case errc::same_person: return "requester, reviewer and approver must be three different people";
        case errc::role_changed_recently: return "the role of this account changed in the last 24 hours";
        case errc::access_given_recently: return "somebody else gave this account a new way to sign in, and it waits";
        case errc::conflict_of_interest: return "nobody sees or judges a record about themselves";
        case errc::password_too_short: return "the password is too short";
        case errc::password_too_common: return "the password is too common";
        case errc::password_too_long: return "the password is too long";
        case errc::wrong_password: return "the name or the password is wrong";
        case errc::throttled: return "too many tries; wait a little";
        case errc::password_change_needed: return "the initial password must be changed first";
        case errc::no_session: return "the session has ended";
        case errc::last_confirmer: return "nobody else would be left to confirm what an ICT lead does with accounts";
        case errc::draft_in_doubt:
            return "the draft has changes of an account of which nobody has said yet that it is really them";
        case errc::way_in_unsaid:
            return "somebody with a part in this gave the account a way in, and nobody has said yet that it is really them";
        case errc::wrong_code: return "the code is wrong or was used before";
        }
        return "unknown failure of the store";
    }
};

} // namespace

error_code make_error_code(errc code)
{
    static Category const category;
    return {static_cast<int>(code), category};
}

} // namespace gatehouse::store
