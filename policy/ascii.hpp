#pragma once
// Letters and digits, independent of the locale. Internal to policy/.

namespace gatehouse::policy {

inline char to_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Of a hexadecimal digit; -1 for anything else.
inline int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = to_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

} // namespace gatehouse::policy
