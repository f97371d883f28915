#pragma once
// Bytes read from a connection and not yet used. Heads and bodies are parsed in place; what was read too far stays for the next message.

#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace gatehouse::net {

class ReadBuffer {
public:
    std::string_view bytes() const { return {storage_.data() + begin_, end_ - begin_}; }
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
        if (storage_.size() - end_ < size) {
            if (begin_ > 0) {
                std::memmove(storage_.data(), storage_.data() + begin_, end_ - begin_);
                end_ -= begin_;
                begin_ = 0;
            }
            if (storage_.size() - end_ < size)
                storage_.resize(end_ + size);
        }
        return {storage_.data() + end_, storage_.size() - end_};
    }

    void commit(std::size_t size) { end_ += size; }

    /// Gives the memory back if the buffer is empty (an idle connection need not hold it).
    void release()
    {
        if (empty() && storage_.size() > keep) {
            storage_.resize(keep);
            storage_.shrink_to_fit();
        }
    }

private:
    static constexpr std::size_t keep = 4096;
    std::vector<char> storage_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

} // namespace gatehouse::net
