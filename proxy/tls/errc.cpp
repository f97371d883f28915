#include "proxy/tls/client_hello.hpp"

namespace gatehouse::tls {
namespace {

class Category final : public boost::system::error_category {
public:
    char const* name() const noexcept override { return "gatehouse.tls"; }

    std::string message(int code) const override
    {
        switch (static_cast<errc>(code)) {
        case errc::truncated: return "the ClientHello is not complete yet";
        case errc::not_a_handshake: return "this is no TLS handshake";
        case errc::malformed: return "the ClientHello contradicts itself";
        case errc::too_large: return "the ClientHello is larger than 64 KiB";
        case errc::ca_missing: return "there is no CA; create one with `gatehouse ca create`";
        case errc::ca_exists: return "there is a CA already, and it is never overwritten";
        case errc::ca_unreadable: return "the CA's files cannot be read, or others may read its key (mode must be 0600)";
        case errc::ca_mismatch: return "the CA's key and certificate do not belong together";
        case errc::ca_not_a_ca: return "the certificate is not one of a CA that may sign";
        case errc::crypto: return "OpenSSL refused";
        case errc::signer_missing:
            return "no signer answers; gatehouse-signer must lie beside gatehoused, or ca.signer name the socket of one";
        }
        return "unknown TLS error";
    }
};

} // namespace

error_code make_error_code(errc code)
{
    static Category const category;
    return {static_cast<int>(code), category};
}

} // namespace gatehouse::tls
