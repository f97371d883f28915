#include "proxy/store/kept_heads.hpp"

#include "proxy/store/acting.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/chrono.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace gatehouse::store {
namespace {

bool has_line_of(std::filesystem::path const& file, std::string const& day)
{
    std::ifstream stream{file};
    for (std::string line; std::getline(stream, line);)
        if (line.starts_with(day))
            return true;
    return false;
}

result<void> append_line(std::filesystem::path const& file, std::string const& line)
{
    int const descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
    if (descriptor < 0)
        return errno == ENOSPC ? errc::full : errc::io;
    auto const begin = ::lseek(descriptor, 0, SEEK_END);
    auto const written = ::write(descriptor, line.data(), line.size());
    bool const whole = written == static_cast<::ssize_t>(line.size()) && ::fsync(descriptor) == 0;
    bool const is_short = written >= 0 && written < static_cast<::ssize_t>(line.size());
    bool const is_full = is_short || errno == ENOSPC || errno == EDQUOT;
    if (!whole) // a part of a line would count as that day's
        (void)!::ftruncate(descriptor, begin);
    ::close(descriptor);
    if (!whole)
        return is_full ? errc::full : errc::io;
    return {};
}

} // namespace

result<HeadOfDay> keep_head_of_day(Ledger& ledger, std::filesystem::path const& dir, Instant now)
{
    auto const time = fmt::gmtime(std::chrono::system_clock::time_point{now});
    auto const file = dir / fmt::format("heads-{:%Y-%m}.txt", time);
    if (has_line_of(file, fmt::format("{:%Y-%m-%d}T", time)))
        return HeadOfDay::not_needed;
    if (!ledger.audit_agrees())
        return errc::corrupt;
    auto const rows = list_audit(ledger, {.limit = 1});
    if (!rows)
        return rows.error();
    if (rows->empty())
        return HeadOfDay::not_needed;
    std::error_code failure;
    if (std::filesystem::create_directories(dir, failure); failure)
        return errc::io;
    auto const line = fmt::format("{:%Y-%m-%dT%H:%M:%SZ} {} {}", time, rows->front().sequence, rows->front().digest);
    if (auto const written = append_line(file, line + "\n"); !written)
        return written.error();
    if (auto const noted = record_event(ledger, system_actor, "audit.head-kept", file.filename().string(), line, now); !noted)
        return noted.error();
    return HeadOfDay::kept;
}

} // namespace gatehouse::store
