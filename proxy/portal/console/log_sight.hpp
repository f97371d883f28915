#pragma once
// What somebody sees of the rows of the access log. Whatever shows or sends rows passes them through here: the reader's own are left out, nothing sealed is
// named, and without a purpose people have pseudonyms, no address and no device of their own.

#include "proxy/log/stored_record.hpp"
#include "proxy/portal/web.hpp"
#include "proxy/store/log_looks.hpp"

#include <variant>

namespace gatehouse::portal::console {

enum class Names : std::uint8_t { hidden, shown };

class LogSight {
public:
    LogSight(store::LogReader reader, std::shared_ptr<policy::Policy const> policy, Names names)
        : reader_{std::move(reader)}
        , policy_{std::move(policy)}
        , personal_devices_{log::personal_devices(*policy_)}
        , names_{names}
    {
    }
    bool is_own(log::StoredRecord const& row) const { return reader_.is_own(row.user); }
    /// The row as it may be read. Where names are hidden, its user is a pseudonym: "3F7A2C".
    log::StoredRecord shown(log::StoredRecord row) const;
    std::vector<log::StoredRecord> shown(std::vector<log::StoredRecord> rows) const;
    Names names() const { return names_; }

private:
    store::LogReader reader_;
    std::shared_ptr<policy::Policy const> policy_; ///< that says what is sealed today
    std::vector<std::string> personal_devices_;
    Names names_;
};

/// Puts the look on record before it is made; the actor and the time are the visit's. Or what is to be answered: it could not be recorded, or somebody asks
/// for themselves.
task<std::variant<LogSight, Response>> begin_look(Visit const& visit, store::LogLook look, Names names);
Response own_rows_refused(Visit const& visit);

} // namespace gatehouse::portal::console
