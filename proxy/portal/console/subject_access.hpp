#pragma once
// Everything about one person as a file: JSON, which other programs read too (UK GDPR, article 20).

#include "proxy/log/stored_record.hpp"
#include "proxy/store/subject_access.hpp"

namespace gatehouse::portal::console {

/// The person's rows of the access log.
struct SubjectRows {
    std::vector<log::StoredRecord> rows; ///< newest first
    bool whole = true;                   ///< false: there are more, or a day could not be read
};

std::string subject_json(store::SubjectRecords const& records, SubjectRows const& log, store::Instant made_at);

} // namespace gatehouse::portal::console
