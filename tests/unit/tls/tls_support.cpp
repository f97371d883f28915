#include "tests/unit/tls/tls_support.hpp"

#include <memory>
#include <openssl/ssl.h>
#include <stdexcept>

namespace gatehouse::tls::test {

std::string openssl_hello(std::string const& name, int version, std::string const& alpn_wire)
{
    std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> const context{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
    SSL_CTX_set_max_proto_version(context.get(), version);
    std::unique_ptr<SSL, decltype(&SSL_free)> const ssl{SSL_new(context.get()), SSL_free};
    auto* const out = BIO_new(BIO_s_mem());
    SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), out);
    if (!name.empty())
        SSL_ctrl(ssl.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, const_cast<char*>(name.c_str()));
    if (!alpn_wire.empty())
        SSL_set_alpn_protos(
            ssl.get(), reinterpret_cast<unsigned char const*>(alpn_wire.data()), static_cast<unsigned>(alpn_wire.size()));
    SSL_connect(ssl.get());
    char* data = nullptr;
    auto const size = BIO_get_mem_data(out, &data);
    if (size <= 0)
        throw std::runtime_error{"OpenSSL sent no ClientHello"};
    return {data, static_cast<std::size_t>(size)};
}

std::string split_records(std::string_view hello, std::size_t size)
{
    auto rest = hello.substr(5);
    std::string records;
    while (!rest.empty()) {
        auto const part = rest.substr(0, size);
        records += "\x16\x03\x01" + with_length16(part);
        rest.remove_prefix(part.size());
    }
    return records;
}

std::string u8(std::size_t value)
{
    return {static_cast<char>(value)};
}

std::string u16(std::size_t value)
{
    return {static_cast<char>(value >> 8), static_cast<char>(value)};
}

std::string u24(std::size_t value)
{
    return u8(value >> 16) + u16(value & 0xffff);
}

std::string with_length16(std::string_view bytes)
{
    return u16(bytes.size()) + std::string{bytes};
}

std::string extension(std::uint16_t type, std::string_view data)
{
    return u16(type) + with_length16(data);
}

std::string server_name(std::string_view name)
{
    return extension(0, with_length16(u8(0) + with_length16(name)));
}

std::string HelloParts::body() const
{
    return version + std::string(32, 'r') + session_id + ciphers + compression + with_length16(extensions);
}

std::string HelloParts::bytes() const
{
    return as_record(body());
}

std::string as_record(std::string_view body)
{
    return "\x16\x03\x01" + with_length16(u8(1) + u24(body.size()) + std::string{body});
}

} // namespace gatehouse::tls::test
