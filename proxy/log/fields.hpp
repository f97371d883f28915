#pragma once
// The text fields of an access record in one fixed order, shared by the ring, the day files and the rows read back, so that a new
// field is added in one place: at the end, since a block that was written before has no cell for it and reads as empty.

#include "proxy/log/stored_record.hpp"

#include <array>

namespace gatehouse::log {

/// How a day file keeps a text: beside the row, or once in a table of its own with its number in the row.
enum class Kept : std::uint8_t { in_row, as_word, as_host };

struct TextField {
    std::string_view AccessRecord::*seen;
    std::string StoredRecord::*stored;
    char const* column;
    Kept kept;
};

inline constexpr std::array<TextField, 28> text_fields{{
    {&AccessRecord::decision_id, &StoredRecord::decision_id, "decision", Kept::in_row},
    {&AccessRecord::user, &StoredRecord::user, "person", Kept::as_word},
    {&AccessRecord::role, &StoredRecord::role, "role", Kept::as_word},
    {&AccessRecord::group, &StoredRecord::group, "in_group", Kept::as_word},
    {&AccessRecord::network, &StoredRecord::network, "network", Kept::as_word},
    {&AccessRecord::device, &StoredRecord::device, "device", Kept::as_word},
    {&AccessRecord::method, &StoredRecord::method, "method", Kept::as_word},
    {&AccessRecord::scheme, &StoredRecord::scheme, "scheme", Kept::as_word},
    {&AccessRecord::host, &StoredRecord::host, "host", Kept::as_host},
    {&AccessRecord::path, &StoredRecord::path, "path", Kept::in_row},
    {&AccessRecord::sni, &StoredRecord::sni, "sni", Kept::as_word},
    {&AccessRecord::content_type, &StoredRecord::content_type, "content_type", Kept::as_word},
    {&AccessRecord::user_agent, &StoredRecord::user_agent, "user_agent", Kept::as_word},
    {&AccessRecord::stage, &StoredRecord::stage, "stage", Kept::as_word},
    {&AccessRecord::rule, &StoredRecord::rule, "rule", Kept::as_word},
    {&AccessRecord::clause, &StoredRecord::clause, "clause", Kept::as_word},
    {&AccessRecord::category, &StoredRecord::category, "category", Kept::as_word},
    {&AccessRecord::service, &StoredRecord::service, "service", Kept::as_word},
    {&AccessRecord::list, &StoredRecord::list, "list", Kept::as_word},
    {&AccessRecord::list_file, &StoredRecord::list_file, "list_file", Kept::as_word},
    {&AccessRecord::period, &StoredRecord::period, "period", Kept::as_word},
    {&AccessRecord::refusal, &StoredRecord::refusal, "refusal", Kept::as_word},
    {&AccessRecord::search, &StoredRecord::search, "search", Kept::in_row},
    {&AccessRecord::term_list, &StoredRecord::term_list, "term_list", Kept::as_word},
    {&AccessRecord::wrapped, &StoredRecord::wrapped, "wrapped", Kept::as_word},
    {&AccessRecord::prompt, &StoredRecord::prompt, "prompt", Kept::in_row},
    {&AccessRecord::file_kind, &StoredRecord::file_kind, "file_kind", Kept::as_word},
    {&AccessRecord::virus, &StoredRecord::virus, "virus", Kept::as_word},
}};

} // namespace gatehouse::log
