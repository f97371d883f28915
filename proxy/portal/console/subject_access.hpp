#pragma once
// Everything about one person as a file: JSON, which other programs read too (UK GDPR, article 20). Names of others are taken out of what somebody wrote,
// and the data protection officer looks at it before.

#include "proxy/log/stored_record.hpp"
#include "proxy/portal/web.hpp"
#include "proxy/store/subject_access.hpp"

namespace gatehouse::portal::console {

/// Something that the person typed into a search, however often.
struct TypedSearch {
    std::string kept, text; ///< as it is kept; as it goes out
};

/// The person's rows of the access log, without what is sealed.
struct SubjectRows {
    std::vector<log::StoredRecord> rows; ///< newest first
    std::vector<TypedSearch> searches;   ///< each once, newest first
    bool whole = true;                   ///< false: there are more, or a day could not be read
    std::size_t addresses = 0;           ///< different ones of pages among the rows
    std::size_t addresses_changed = 0;   ///< of them, those that names were taken out of: nobody looks at them one by one
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
    store::Writing writing = store::Writing::text;
};
/// All that are not empty, in the order of the file; searches last.
std::vector<FreeText> free_texts(store::SubjectRecords& records, SubjectRows& log);

/// Every row of the person before then, newest first, without what a sealed list names. Blocks. Errors: those of log::search.
result<SubjectRows> rows_of(
    std::filesystem::path const& log_dir, policy::Policy const& policy, std::string const& person, store::Instant before);

/// The page with the form that begins it all (privacy.cpp).
task<Response> privacy_page(Visit const& visit, std::vector<Problem> problems);

} // namespace gatehouse::portal::console
