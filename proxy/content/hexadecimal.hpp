#pragma once
// Digits of base 16. Internal to this folder.

namespace gatehouse::content {

/// Below zero if it is none.
constexpr int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

} // namespace gatehouse::content
