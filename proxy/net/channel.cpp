#include "proxy/net/channel.hpp"

#include "proxy/net/stream.hpp"

#include <algorithm>

namespace gatehouse::net {
namespace {

void append(ReadBuffer& buffer, std::string_view bytes)
{
    if (!bytes.empty())
        buffer.append(bytes);
}

} // namespace

Channel::Signal::Signal(Executor const& executor)
    : timer(executor, std::chrono::steady_clock::time_point::max())
{
}

task<bool> Channel::Signal::wait()
{
    given = false;
    co_await timer.async_wait(use_tuple);
    co_return given;
}

void Channel::Signal::give()
{
    given = true;
    timer.cancel();
}

Channel::Channel(Executor executor, Carrier& carrier)
    : carrier_(&carrier)
    , readable_(executor)
    , writable_(executor)
{
}

std::size_t Channel::take(std::span<char> into)
{
    auto const size = std::min(into.size(), incoming_.bytes().size());
    if (size == 0)
        return 0;
    std::memcpy(into.data(), incoming_.bytes().data(), size);
    incoming_.consume(size);
    incoming_.release();
    if (carrier_ != nullptr)
        carrier_->channel_read(*this);
    return size;
}

void Channel::put(std::string_view bytes)
{
    append(outgoing_, bytes);
    if (carrier_ != nullptr && !bytes.empty())
        carrier_->channel_written(*this);
}

task<bool> Channel::wait_readable()
{
    return readable_.wait();
}

task<bool> Channel::wait_writable()
{
    return writable_.wait();
}

void Channel::cancel()
{
    readable_.timer.cancel();
    writable_.timer.cancel();
}

void Channel::close()
{
    if (std::exchange(closed_, true))
        return;
    if (carrier_ != nullptr)
        carrier_->channel_written(*this);
}

void Channel::arrive(std::string_view bytes)
{
    append(incoming_, bytes);
    readable_.give();
}

void Channel::end()
{
    ended_ = true;
    readable_.give();
}

void Channel::fail()
{
    failed_ = true;
    readable_.give();
    writable_.give();
    if (companion_ != nullptr)
        companion_->abort();
}

void Channel::sent(std::size_t size)
{
    outgoing_.consume(size);
    outgoing_.release();
    if (size > 0 && is_drained())
        writable_.give();
}

} // namespace gatehouse::net
