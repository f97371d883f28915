#include "proxy/log/sink.hpp"

#include "proxy/log/event_names.hpp"

#include <spdlog/spdlog.h>

namespace gatehouse::log {
namespace {

constexpr std::chrono::minutes sink_alarm_interval{1};

} // namespace

Sink::Sink(char const* name, std::chrono::milliseconds retry, std::shared_ptr<spdlog::logger> logger)
    : name_{name}
    , retry_{retry}
    , logger_{std::move(logger)}
    , alarms_{1, sink_alarm_interval}
{
}

bool Sink::accepts(std::uint64_t rows)
{
    if (!failing_ || clock::now() >= rests_until_)
        return true;
    lost_ += rows;
    return false;
}

void Sink::succeeded()
{
    if (alarmed_ && logger_)
        logger_->info("{} sink={} lost={}", event::log_sink_recovered, name_, lost_);
    failing_ = false;
    alarmed_ = false;
}

void Sink::failed(error_code const& error, std::uint64_t rows)
{
    auto const now = clock::now();
    lost_ += rows;
    ++errors_;
    failing_ = true;
    rests_until_ = now + retry_;
    if (!logger_ || !alarms_.pass(now))
        return;
    alarmed_ = true;
    logger_->error("{} sink={} error=\"{}\" lost={}", event::log_sink_failed, name_, error.message(), lost_);
}

} // namespace gatehouse::log
