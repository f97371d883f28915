#pragma once
// Everything about one person as a file: JSON, which other programs read too (UK GDPR, article 20). Names of others are taken out of what somebody wrote,
// and the data protection officer looks at it before.

#include "proxy/log/stored_record.hpp"
#include "proxy/portal/web.hpp"
#include "proxy/store/subject_access.hpp"

namespace gatehouse::portal::console {

/// The person's rows of the access log.
struct SubjectRows {
    std::vector<log::StoredRecord> rows; ///< newest first
    bool whole = true;                   ///< false: there are more, or a day could not be read
};

/// What the data protection officer kept back.
struct LeftOut {
    std::string what, why;
};

std::string subject_json(
    store::SubjectRecords const& records, SubjectRows const& log, std::vector<LeftOut> const& left_out, store::Instant made_at);

/// Something that a person wrote, which goes out with the records. Lifetime: `text` points into them.
struct FreeText {
    std::string key;
    Words where;
    std::string* text;
};
/// All that are not empty, in the order of the file.
std::vector<FreeText> free_texts(store::SubjectRecords& records);

/// The page with the form that begins it all (privacy.cpp).
task<Response> privacy_page(Visit const& visit, std::vector<Problem> problems);

} // namespace gatehouse::portal::console
