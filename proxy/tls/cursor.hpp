#pragma once
// Reading untrusted bytes from front to back: what does not fit is absent.

#include <cstdint>
#include <optional>
#include <string_view>

namespace gatehouse::tls {

/// Never reads past the end of what it was given. Lifetime: hands out views of that.
class Cursor {
public:
    explicit Cursor(std::string_view bytes)
        : all_{bytes}
    {
    }

    bool empty() const { return at_ == all_.size(); }
    /// Bytes taken so far.
    std::size_t at() const { return at_; }

    std::optional<std::string_view> take(std::uint64_t size)
    {
        if (size > all_.size() - at_)
            return std::nullopt;
        auto const taken = all_.substr(at_, size);
        at_ += size;
        return taken;
    }

    /// A big-endian number of 1 to 8 bytes.
    std::optional<std::uint64_t> number(std::size_t size)
    {
        auto const bytes = take(size);
        if (!bytes)
            return std::nullopt;
        std::uint64_t value = 0;
        for (auto const byte : *bytes)
            value = value << 8 | static_cast<std::uint8_t>(byte);
        return value;
    }

    /// Bytes behind a length of `length_size` bytes.
    std::optional<std::string_view> vector(std::size_t length_size)
    {
        auto const length = number(length_size);
        return length ? take(*length) : std::nullopt;
    }

private:
    std::string_view all_;
    std::size_t at_ = 0;
};

} // namespace gatehouse::tls
