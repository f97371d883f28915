#pragma once
// Everything about one person as a file: JSON, which other programs read too (UK GDPR, article 20).

#include "proxy/log/stored_record.hpp"
#include "proxy/store/subject_access.hpp"

namespace gatehouse::portal::console {

std::string subject_json(
    store::SubjectRecords const& records, std::vector<log::StoredRecord> const& rows, store::Instant made_at);

} // namespace gatehouse::portal::console
