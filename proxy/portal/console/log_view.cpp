#include "proxy/portal/console/log_view.hpp"

#include <fmt/format.h>

namespace gatehouse::portal::console {

std::string row_time(Site const& site, log::StoredRecord const& row)
{
    auto const at = std::chrono::floor<std::chrono::seconds>(row.at);
    return fmt::format("{}:{:02}", shown_time(site, at), at.time_since_epoch().count() % 60);
}

std::string site_text(log::StoredRecord const& row)
{
    bool const usual = row.port == 443 || row.port == 80 || row.port == 0;
    return row.host + (usual ? "" : ":" + std::to_string(row.port)) + row.path
        + (row.search.empty() ? "" : ", search: " + row.search) + (row.wrapped.empty() ? "" : ", showing " + row.wrapped)
        + (row.prompt.empty() ? "" : ", message on: " + row.term_list) + (row.file_kind.empty() ? "" : ", file: " + row.file_kind)
        + (row.virus.empty() ? "" : ", virus: " + row.virus);
}

std::string row_person(log::StoredRecord const& row, bool names)
{
    auto who = row.role;
    if (!row.user.empty())
        who += names ? ", " + row.user : ", signed in";
    who += row.network.empty() ? "" : ", " + row.network;
    who += row.device.empty() ? "" : ", " + row.device;
    return who;
}

} // namespace gatehouse::portal::console
