// parse_basic: whatever goes in, a login without colon and control characters comes out, or none.
#include "proxy/identity/basic.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::string const text(data, data + size);
    auto const read = gatehouse::identity::parse_basic(text);
    if (!read)
        return 0;
    auto const is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    auto const& [login, password] = *read;
    if (size > gatehouse::identity::max_basic_size || login.empty() || login.find(':') != std::string::npos
        || std::any_of(login.begin(), login.end(), is_control) || std::any_of(password.begin(), password.end(), is_control))
        std::abort();
    return 0;
}
