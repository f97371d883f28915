#pragma once
// The first word of every line of the diagnostic log, in one place, so that people can alert on them. Never renamed, only added to.

namespace gatehouse::log::event {

inline constexpr char log_sink_failed[] = "log.sink_failed"; ///< a sink of the access log cannot be written
inline constexpr char log_sink_recovered[] = "log.sink_recovered";
inline constexpr char log_rows_dropped[] = "log.rows_dropped";     ///< a ring was full
inline constexpr char log_file_replaced[] = "log.file_replaced";   ///< a day file was gone or damaged, a new one was begun
inline constexpr char log_file_converted[] = "log.file_converted"; ///< a day file of an earlier version, to the one of today
inline constexpr char log_file_not_converted[] = "log.file_not_converted";
inline constexpr char log_days_deleted[] = "log.days_deleted"; ///< retention

} // namespace gatehouse::log::event
