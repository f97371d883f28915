#include "proxy/log/logging.hpp"

#include <boost/system/errc.hpp>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>

namespace gatehouse::log {
namespace {

/// "<4>" before the text: the priority that systemd's journal takes from a line of standard error (sd-daemon(3)).
class PriorityFlag : public spdlog::custom_flag_formatter {
public:
    void format(spdlog::details::log_msg const& message, std::tm const&, spdlog::memory_buf_t& out) override
    {
        out.push_back('<');
        out.push_back(digit(message.level));
        out.push_back('>');
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<PriorityFlag>(); }

private:
    static char digit(spdlog::level::level_enum level)
    {
        switch (level) {
        case spdlog::level::critical: return '2';
        case spdlog::level::err: return '3';
        case spdlog::level::warn: return '4';
        case spdlog::level::info: return '6';
        default: return '7';
        }
    }
};

std::unique_ptr<spdlog::formatter> make_formatter()
{
    auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
    if (std::getenv("JOURNAL_STREAM"))
        formatter->add_flag<PriorityFlag>('*').set_pattern("%*%v");
    else
        formatter->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v");
    return formatter;
}

} // namespace

result<std::shared_ptr<spdlog::logger>> make_logger(std::string_view level)
{
    auto const parsed = spdlog::level::from_str(std::string{level}); // gives `off` for what it does not know
    if (parsed == spdlog::level::off && level != "off")
        return make_error_code(boost::system::errc::invalid_argument);
    auto logger = std::make_shared<spdlog::logger>("gatehouse", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_formatter(make_formatter());
    logger->set_level(parsed);
    logger->flush_on(spdlog::level::warn);
    return logger;
}

std::optional<std::uint64_t> RateLimiter::pass(time_point now)
{
    if (!refilled_)
        refilled_ = now;
    auto const intervals = (now - *refilled_) / interval_;
    if (intervals > 0) {
        tokens_ = static_cast<unsigned>(std::min<long long>(burst_, static_cast<long long>(tokens_) + intervals));
        *refilled_ += intervals * interval_;
    }
    if (tokens_ == 0) {
        ++held_back_;
        return std::nullopt;
    }
    --tokens_;
    return std::exchange(held_back_, 0);
}

} // namespace gatehouse::log
