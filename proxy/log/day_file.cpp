#include "proxy/log/day_file.hpp"

#include <algorithm>

namespace gatehouse::log {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view prefix = "access-";
constexpr std::size_t day_size = 10;

/// The day in a name "access-YYYY-MM-DD.anything".
std::optional<Day> day_in_name(std::string_view name)
{
    if (name.substr(0, prefix.size()) != prefix || name.size() <= prefix.size() + day_size
        || name[prefix.size() + day_size] != '.')
        return std::nullopt;
    return parse_day(name.substr(prefix.size(), day_size));
}

bool is_day_file(std::string_view name)
{
    return name.substr(std::min(name.size(), prefix.size() + day_size)) == ".db";
}

} // namespace

fs::path day_file_path(fs::path const& dir, Day day)
{
    return dir / (std::string{prefix} + to_text(day) + ".db");
}

result<std::vector<Day>> list_days(fs::path const& dir)
{
    std::vector<Day> days;
    std::error_code failure;
    for (fs::directory_iterator entry{dir, failure}, end; !failure && entry != end; entry.increment(failure)) {
        auto const name = entry->path().filename().string();
        if (auto const day = day_in_name(name); day && is_day_file(name))
            days.push_back(*day);
    }
    if (failure)
        return error_code{failure};
    std::sort(days.rbegin(), days.rend());
    return days;
}

unsigned delete_days_before(fs::path const& dir, Day oldest)
{
    std::vector<fs::path> old;
    std::error_code failure;
    for (fs::directory_iterator entry{dir, failure}, end; !failure && entry != end; entry.increment(failure))
        if (auto const day = day_in_name(entry->path().filename().string()); day && *day < oldest)
            old.push_back(entry->path());
    unsigned deleted = 0;
    for (auto const& path : old)
        if (fs::remove(path, failure) && is_day_file(path.filename().string()))
            ++deleted;
    return deleted;
}

} // namespace gatehouse::log
