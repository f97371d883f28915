#include "proxy/net/alpn.hpp"

#include <openssl/ssl.h>
#include <string_view>

namespace gatehouse::net {
namespace {

constexpr unsigned char both[] = {2, 'h', '2', 8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
constexpr unsigned char const* http1 = both + 3;
constexpr unsigned http1_size = sizeof both - 3;

} // namespace

bool offer_versions(SSL* connection, Versions versions)
{
    bool const two = versions == Versions::http1_and_2;
    return SSL_set_alpn_protos(connection, two ? both : http1, two ? sizeof both : http1_size) == 0;
}

void allow_versions(SSL* connection, Versions versions)
{
    static char allowed; // only its address means something
    SSL_set_app_data(connection, versions == Versions::http1_and_2 ? &allowed : nullptr);
}

int choose_version(
    SSL* connection, unsigned char const** out, unsigned char* out_size, unsigned char const* offered, unsigned size, void*)
{
    bool const two = SSL_get_app_data(connection) != nullptr;
    unsigned char* chosen = nullptr;
    auto const outcome
        = SSL_select_next_proto(&chosen, out_size, two ? both : http1, two ? sizeof both : http1_size, offered, size);
    if (outcome != OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_NOACK;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

bool speaks_http2(SSL const* connection)
{
    unsigned char const* name = nullptr;
    unsigned size = 0;
    if (connection != nullptr)
        SSL_get0_alpn_selected(connection, &name, &size);
    return std::string_view{reinterpret_cast<char const*>(name), size} == "h2";
}

} // namespace gatehouse::net
