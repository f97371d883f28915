#pragma once
// Bytes of log lines under construction: a plain growing buffer whose appends the compiler can inline, since a row of the access log is
// a hundred small pieces. Not a string: it is never copied and keeps its room when cleared.

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

namespace gatehouse::log {

class LineBuffer {
public:
    /// Lifetime: valid until the next change.
    std::string_view view() const { return {bytes_.get(), size()}; }
    std::size_t size() const { return static_cast<std::size_t>(end_ - bytes_.get()); }
    void clear() { end_ = bytes_.get(); }

    void append(std::string_view text)
    {
        if (text.empty()) // may be null, which memcpy must not be given
            return;
        std::memcpy(room_for(text.size()), text.data(), text.size());
        end_ += text.size();
    }
    void append(char character)
    {
        *room_for(1) = character;
        ++end_;
    }
    void append_number(std::uint64_t number)
    {
        fmt::format_int const digits{number};
        append(std::string_view{digits.data(), digits.size()});
    }
    /// With zeros in front up to `width` digits, of which there may be at most four.
    void append_padded(unsigned number, int width)
    {
        auto* const to = room_for(4);
        for (int i = width; i-- > 0; number /= 10)
            to[i] = static_cast<char>('0' + number % 10);
        end_ += width;
    }

private:
    char* room_for(std::size_t size)
    {
        if (static_cast<std::size_t>(limit_ - end_) < size)
            grow(size);
        return end_;
    }
    void grow(std::size_t size)
    {
        constexpr std::size_t least = 4096;
        auto const used = this->size();
        auto const capacity = std::max({least, used + size, 2 * static_cast<std::size_t>(limit_ - bytes_.get())});
        std::unique_ptr<char[]> larger{new char[capacity]};
        if (used != 0)
            std::memcpy(larger.get(), bytes_.get(), used);
        bytes_ = std::move(larger);
        end_ = bytes_.get() + used;
        limit_ = bytes_.get() + capacity;
    }

    std::unique_ptr<char[]> bytes_;
    char* end_ = nullptr;
    char* limit_ = nullptr;
};

} // namespace gatehouse::log
