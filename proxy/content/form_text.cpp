#include "proxy/content/form_text.hpp"

#include "proxy/content/hexadecimal.hpp"

namespace gatehouse::content {

void FormText::add(std::string_view form, std::string& text)
{
    for (auto const c : form) {
        auto const digit = hex_value(c);
        if (awaited_ == 2 && digit >= 0) {
            first_ = c;
            awaited_ = 1;
        } else if (awaited_ == 1 && digit >= 0) {
            text += static_cast<char>(hex_value(first_) << 4 | digit);
            awaited_ = 0;
        } else {
            if (awaited_ > 0)
                text += '%';
            if (awaited_ == 1)
                text += first_;
            awaited_ = c == '%' ? 2 : 0;
            if (c != '%')
                text += c == '+' || c == '&' || c == '=' ? ' ' : c;
        }
    }
}

} // namespace gatehouse::content
