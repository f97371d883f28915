#pragma once
// Takes the content codings of a body away, for reading only: what goes on to the client is never touched (RFC 9110 §8.4.1).

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse::content {

/// Text may not be larger than this many times its coded size, beyond a start of `free_size` bytes: a bomb is told by its growth.
inline constexpr std::size_t most_growth = 100;
inline constexpr std::size_t free_size = 1 << 20;

/// One coding.
class Coding {
public:
    virtual ~Coding() = default;
    /// Appends what the bytes hold until `out` has `most` bytes. False if they are no such coding.
    virtual bool add(std::string_view coded, std::string& out, std::size_t most) = 0;
};

enum class DecodeResult : std::uint8_t {
    ok,
    full,     ///< the room is used up: what follows is not decoded
    broken,   ///< the bytes are not in the coding that they are said to be in
    too_much, ///< it grows beyond measure
};

/// Streaming. Memory: the coding's own window (32 KiB to 8 MiB at most) and what one call appends.
class BodyDecoder {
public:
    /// For the value of Content-Encoding; an empty one and "identity" pass everything. Null if a coding is unknown or there are more than two.
    static std::unique_ptr<BodyDecoder> make(std::string_view content_encoding);

    /// Appends the decoded bytes, little more than `room` of them. After anything but `ok` the decoder must not be used again.
    DecodeResult add(std::string_view coded, std::string& decoded, std::size_t room);

private:
    DecodeResult add_slice(std::string_view coded, std::string& decoded);

    std::vector<std::unique_ptr<Coding>> layers_; ///< in the order in which they are taken away
    std::string between_;
    std::size_t read_ = 0;
    std::size_t written_ = 0;
};

} // namespace gatehouse::content
