#pragma once
// What is said over a WebSocket: the text messages of one direction (RFC 6455 §5), without frames and masks.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::content {

/// Streaming; a line end behind each message. Pieces of messages that are not text, and frames for the connection itself, are left out.
class WebsocketText {
public:
    /// False from the first frame on that no peer without extensions sends (RSV bits, unknown opcodes, long or split control frames): what
    /// follows cannot be read.
    bool add(std::string_view bytes, std::string& text);

private:
    bool begin_frame();
    bool is_sound() const;
    void in_payload(std::string_view& bytes, std::string& text);

    std::array<unsigned char, 14> head_{}; ///< of the frame, as far as it has come
    std::size_t head_size_ = 0;
    std::size_t head_wanted_ = 2;
    std::uint64_t left_ = 0; ///< of the payload
    std::size_t masked_ = 0; ///< bytes of it seen
    bool in_payload_ = false;
    bool message_is_text_ = false; ///< the message that frames of opcode 0 go on with
    bool in_message_ = false;
    bool broken_ = false;
};

} // namespace gatehouse::content
