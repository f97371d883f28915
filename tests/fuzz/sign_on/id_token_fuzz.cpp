// name_in: whatever a provider answers, it is refused or names somebody; nothing here is signed, so it never may.
#include "proxy/sign_on/id_token.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace gatehouse::sign_on;
    std::string const text(data, data + size);
    auto const line = text.find('\n');
    auto const token = text.substr(0, line);
    auto const keys = line == std::string::npos ? std::string{} : text.substr(line + 1);
    Expected const expected{
        "https://id.example", "gatehouse", "nonce", "email", std::chrono::sys_seconds{std::chrono::seconds{1795521600}}};
    if (auto const named = name_in(token, keys, expected);
        std::holds_alternative<Fault>(named) && std::get<Fault>(named).text.empty())
        std::abort();
    return 0;
}
