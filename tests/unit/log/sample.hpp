#pragma once
// Records and temporary folders for the tests of the log.

#include "proxy/log/access_log.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace gatehouse::log {

/// 2026-11-24 10:40:00.123 UTC.
inline std::chrono::system_clock::time_point sample_time()
{
    using namespace std::chrono;
    return sys_days{2026y / November / 24} + 10h + 40min + 123ms;
}

inline policy::IpAddress address(std::string_view text)
{
    return policy::IpAddress::parse(text).value();
}

/// A page fetched by a member of staff.
inline AccessRecord sample_record()
{
    AccessRecord record;
    record.at = sample_time();
    record.elapsed = std::chrono::microseconds{42500};
    record.decision_id = "d-1";
    record.client = address("10.1.2.3");
    record.user = "j.smith";
    record.role = "staff";
    record.group = "teachers";
    record.network = "staff-wifi";
    record.device = "laptop-7";
    record.device_kind = policy::DeviceKind::school;
    record.confidence = policy::Confidence::password;
    record.method = "GET";
    record.scheme = "http";
    record.host = "www.example.org";
    record.port = 80;
    record.path = "/a/b";
    record.content_type = "text/html; charset=utf-8";
    record.user_agent = "Mozilla/5.0";
    record.status = 200;
    record.bytes_to_client = 5120;
    record.bytes_from_client = 300;
    record.code = ResultCode::tcp_miss;
    record.upstream = address("93.184.216.34");
    record.verdict = policy::Verdict::allow;
    record.stage = "rule";
    record.rule = "staff-web";
    record.clause = "8";
    record.period = "break";
    return record;
}

/// A tunnel refused to a pupil.
inline AccessRecord blocked_record()
{
    auto record = sample_record();
    record.decision_id = "d-2";
    record.user = "p.jones";
    record.role = "pupil";
    record.group = "year-9";
    record.method = "CONNECT";
    record.scheme = "";
    record.host = "www.instagram.com";
    record.port = 443;
    record.path = "";
    record.status = 403;
    record.code = ResultCode::tcp_denied;
    record.upstream = {};
    record.verdict = policy::Verdict::block;
    record.rule = "blocked-social-media";
    record.clause = "12";
    record.category = "social-media";
    record.service = "instagram";
    record.list = "services";
    record.list_file = "lists/services.txt";
    record.list_line = 17;
    record.period = "lesson-2";
    return record;
}

/// What a client sends to break a log: line ends, tab, terminal sequences, broken UTF-8, quotes, a formula, a zero byte.
inline constexpr std::string_view hostile_text{"=1+1\r\n\tx \x1b[31m\"\\%\xff\xc2\x9b,\0z", 24};

class TemporaryFolder {
public:
    TemporaryFolder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "gatehouse-log-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }
    TemporaryFolder(TemporaryFolder const&) = delete;
    TemporaryFolder& operator=(TemporaryFolder const&) = delete;

    std::filesystem::path const& path() const { return path_; }

private:
    std::filesystem::path path_;
};

inline std::string contents(std::filesystem::path const& path)
{
    std::ifstream file{path, std::ios::binary};
    std::ostringstream all;
    all << file.rdbuf();
    return all.str();
}

inline std::vector<std::string> lines_of(std::string const& text)
{
    std::vector<std::string> lines;
    std::istringstream all{text};
    for (std::string line; std::getline(all, line);)
        lines.push_back(line);
    return lines;
}

/// Options for a log in `folder` whose retention looks at the day of the samples, and which tries failed sinks again at once.
inline Options sample_options(TemporaryFolder const& folder)
{
    Options options;
    options.log_dir = folder.path();
    options.ring_size = 1 << 20;
    options.retry = std::chrono::milliseconds{0};
    options.now = [] { return sample_time(); };
    return options;
}

} // namespace gatehouse::log
