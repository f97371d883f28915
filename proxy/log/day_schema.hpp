#pragma once
// The tables of a day file, for the writer and the reader. A change of them changes `schema_version`.

#include <string>

namespace gatehouse::log {

inline constexpr int schema_version = 1;
/// Enumerator values are stored: Verdict::block as it stands in the partial indexes.
inline constexpr char is_blocked[] = "verdict = 1";

/// Columns that hold plain numbers, in the order in which they are bound and read. `id` is microseconds of the day, `shift` what must be
/// added to it for the true time, `client` and `upstream` are numbers of words.
inline constexpr char number_columns[]
    = "id, shift, elapsed, client, upstream, device_kind, confidence, port, status, sent, received, "
      "code, verdict, tls, signals, list_line";
inline constexpr int number_column_count = 16;
inline constexpr int client_column = 3; ///< counted from zero
inline constexpr int upstream_column = 4;

/// Statements that create everything.
std::string schema_sql();
/// "INSERT INTO access(...) VALUES (?, ...)": the numbers, then the texts in the order of text_fields.
std::string insert_sql();
/// "SELECT ... FROM access WHERE id = ?" with every text spelt out, in the same order.
std::string select_sql();

} // namespace gatehouse::log
