#pragma once
// What a form says: names and values of application/x-www-form-urlencoded (URL Standard §5.1), blanks between them.

#include <cstdint>
#include <string>
#include <string_view>

namespace gatehouse::content {

/// Streaming. A percent sign that begins no byte is left as it is.
class FormText {
public:
    void add(std::string_view form, std::string& text);

private:
    std::uint8_t awaited_ = 0; ///< digits of an encoded byte still to come
    char first_ = 0;
};

} // namespace gatehouse::content
