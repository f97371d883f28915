#include "proxy/content/websocket_text.hpp"

#include <algorithm>

namespace gatehouse::content {
namespace {

constexpr unsigned final_bit = 0x80;
constexpr unsigned reserved_bits = 0x70;
constexpr unsigned opcode_bits = 0x0f;
constexpr unsigned mask_bit = 0x80;
constexpr unsigned length_bits = 0x7f;
constexpr unsigned length_in_2 = 126;
constexpr unsigned length_in_8 = 127;
constexpr unsigned mask_size = 4;

enum Opcode : unsigned { more = 0, text_message = 1, binary_message = 2, close = 8, ping = 9, pong = 10 };

bool is_control(unsigned opcode)
{
    return opcode >= close;
}

std::size_t length_size(unsigned char second)
{
    auto const length = second & length_bits;
    return length == length_in_2 ? 2 : length == length_in_8 ? 8 : 0;
}

} // namespace

bool WebsocketText::add(std::string_view bytes, std::string& text)
{
    while (!bytes.empty() && !broken_) {
        if (in_payload_) {
            in_payload(bytes, text);
            continue;
        }
        head_[head_size_++] = static_cast<unsigned char>(bytes.front());
        bytes.remove_prefix(1);
        if (head_size_ == 2)
            head_wanted_ = 2 + length_size(head_[1]) + ((head_[1] & mask_bit) != 0 ? mask_size : 0);
        if (head_size_ == head_wanted_ && !begin_frame())
            broken_ = true;
        if (in_payload_ && left_ == 0)
            in_payload(bytes, text);
    }
    return !broken_;
}

bool WebsocketText::is_sound() const
{
    unsigned const opcode = head_[0] & opcode_bits;
    bool const is_known = opcode <= binary_message || (opcode >= close && opcode <= pong);
    bool const is_final = (head_[0] & final_bit) != 0;
    if ((head_[0] & reserved_bits) != 0 || !is_known)
        return false;
    if (is_control(opcode))
        return is_final && (head_[1] & length_bits) < length_in_2;
    return (opcode == more) == in_message_;
}

bool WebsocketText::begin_frame()
{
    if (!is_sound())
        return false;
    unsigned const opcode = head_[0] & opcode_bits;
    auto const size = length_size(head_[1]);
    left_ = size == 0 ? head_[1] & length_bits : 0;
    for (std::size_t i = 0; i < size; ++i)
        left_ = left_ << 8 | head_[2 + i];
    if (left_ >> 63 != 0)
        return false;
    if (!is_control(opcode)) {
        message_is_text_ = opcode == more ? message_is_text_ : opcode == text_message;
        in_message_ = true;
    }
    masked_ = 0;
    in_payload_ = true;
    return true;
}

void WebsocketText::in_payload(std::string_view& bytes, std::string& text)
{
    auto const part = bytes.substr(0, std::min<std::uint64_t>(left_, bytes.size()));
    unsigned const opcode = head_[0] & opcode_bits;
    if (!is_control(opcode) && message_is_text_) {
        bool const masked = (head_[1] & mask_bit) != 0;
        auto const* const mask = head_.data() + head_wanted_ - mask_size;
        for (auto const c : part)
            text += masked ? static_cast<char>(static_cast<unsigned char>(c) ^ mask[masked_++ % mask_size]) : c;
    }
    bytes.remove_prefix(part.size());
    left_ -= part.size();
    if (left_ > 0)
        return;
    in_payload_ = false;
    head_size_ = 0;
    head_wanted_ = 2;
    if (is_control(opcode) || (head_[0] & final_bit) == 0)
        return;
    in_message_ = false;
    if (message_is_text_)
        text += '\n';
}

} // namespace gatehouse::content
