#pragma once
// Bytes read from a connection and not yet used. Heads and bodies are parsed in place; what was read too far stays for the next message.

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace gatehouse::net {

class ReadBuffer {
public:
    std::string_view bytes() const { return {storage_.get() + begin_, end_ - begin_}; }
    bool empty() const { return begin_ == end_; }

    void consume(std::size_t size)
    {
        begin_ += size;
        if (begin_ == end_)
            begin_ = end_ = 0;
    }

    /// Room for at least `size` more bytes. Invalidates views of bytes().
    std::span<char> prepare(std::size_t size)
    {
        if (capacity_ - end_ < size) {
            if (capacity_ - (end_ - begin_) < size)
                grow(end_ - begin_ + size);
            else
                move_to_front();
        }
        return {storage_.get() + end_, capacity_ - end_};
    }

    /// Puts bytes behind the others. Unlike `prepare` for those that come piece by piece while nobody reads: all that is held is copied only once as
    /// much again has come or gone, and the memory is at most the double of what is held, or was.
    void append(std::string_view bytes)
    {
        auto const held = end_ - begin_;
        if (capacity_ - end_ < bytes.size()) {
            if (held == 0)
                grow(bytes.size());
            else if (begin_ < held || capacity_ - held < bytes.size())
                grow(2 * (held + bytes.size()));
            else
                move_to_front();
        }
        std::memcpy(storage_.get() + end_, bytes.data(), bytes.size());
        commit(bytes.size());
    }

    void commit(std::size_t size) { end_ += size; }

    /// Gives a large memory back if the buffer is empty. One of usual size stays for the next message.
    void release()
    {
        if (empty() && capacity_ > keep)
            *this = {};
    }

private:
    static constexpr std::size_t keep = 16 * 1024;

    /// The new memory is not cleared: the next read overwrites it.
    void grow(std::size_t capacity)
    {
        auto larger = std::make_unique_for_overwrite<char[]>(capacity);
        if (!empty())
            std::memcpy(larger.get(), storage_.get() + begin_, end_ - begin_);
        storage_ = std::move(larger);
        capacity_ = capacity;
        end_ -= std::exchange(begin_, 0);
    }

    void move_to_front()
    {
        std::memmove(storage_.get(), storage_.get() + begin_, end_ - begin_);
        end_ -= std::exchange(begin_, 0);
    }

    std::unique_ptr<char[]> storage_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

} // namespace gatehouse::net
