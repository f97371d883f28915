// parse_client_hello: whatever goes in, an answer comes out; what is accepted is not accepted any more when its last
// byte is missing.
#include "proxy/tls/client_hello.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace gatehouse::tls;
    std::string const bytes(data, data + size);
    auto const hello = parse_client_hello(bytes);
    if (!hello)
        return 0;
    if (hello->server_name.find('\0') != std::string::npos || hello->record_count == 0 || hello->ja4.size() != 36)
        std::abort();
    if (hello->has_server_name == hello->server_name.empty())
        std::abort();
    auto const before = parse_client_hello(bytes.substr(0, 10));
    if (before || before.error() != errc::truncated)
        std::abort();
    return 0;
}
