#include "proxy/net/channel.hpp"

#include "proxy/net/stream.hpp"

#include <array>
#include <charconv>

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
    std::size_t size = 0;
    while (size < into.size()) {
        auto const part = next_part().substr(0, into.size() - size);
        if (part.empty())
            break;
        std::memcpy(into.data() + size, part.data(), part.size());
        size += part.size();
        part_taken(part.size());
    }
    if (size == 0)
        return 0;
    incoming_.release();
    if (carrier_ != nullptr)
        carrier_->channel_read(*this);
    return size;
}

/// What the user gets next, as far as it lies in one piece.
std::string_view Channel::next_part()
{
    if (in_chunks_ > 0 && before_body_ == 0 && chunk_left_ == 0 && syntax_.empty())
        begin_chunk();
    if (!syntax_.empty())
        return syntax_;
    auto const all = incoming_.bytes();
    return in_chunks_ == 0 ? all : all.substr(0, before_body_ > 0 ? before_body_ : chunk_left_);
}

void Channel::part_taken(std::size_t size)
{
    if (!syntax_.empty()) {
        syntax_.erase(0, size);
        return;
    }
    incoming_.consume(size);
    if (in_chunks_ == 0)
        return;
    if (before_body_ > 0) {
        before_body_ -= size;
        return;
    }
    in_chunks_ -= size;
    chunk_left_ -= size;
    if (chunk_left_ == 0)
        syntax_ = "\r\n";
}

/// All that is promised lies here already: nobody has to wait for the rest of a chunk.
void Channel::begin_chunk()
{
    chunk_left_ = in_chunks_;
    std::array<char, 2 * sizeof chunk_left_> digits{};
    auto const written = std::to_chars(digits.data(), digits.data() + digits.size(), chunk_left_, 16);
    syntax_.assign(digits.data(), written.ptr).append("\r\n");
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

void Channel::arrive_in_chunks(std::string_view body)
{
    if (in_chunks_ == 0)
        before_body_ = incoming_.bytes().size();
    in_chunks_ += body.size();
    arrive(body);
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
