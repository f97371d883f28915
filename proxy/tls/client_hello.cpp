#include "proxy/tls/client_hello.hpp"

#include "proxy/tls/cursor.hpp"
#include "proxy/tls/extensions.hpp"
#include "proxy/tls/ja4.hpp"

#include <algorithm>
#include <optional>

namespace gatehouse::tls {
namespace {

constexpr std::size_t record_header_size = 5;
constexpr std::size_t max_record_size = 1U << 14; // RFC 8446 §5.1
constexpr std::size_t message_header_size = 4;
constexpr std::uint8_t handshake_record = 22;
constexpr std::uint8_t client_hello_message = 1;

std::uint8_t byte_at(std::string_view bytes, std::size_t index)
{
    return static_cast<std::uint8_t>(bytes[index]);
}

/// Puts the first handshake message together from its records. Absent error: `message` is the ClientHello's body.
error_code join_records(std::string_view bytes, std::string& message, std::size_t& record_count)
{
    std::string joined;
    std::size_t at = 0;
    std::optional<std::size_t> wanted;
    while (!wanted || joined.size() < *wanted) {
        if (at < bytes.size() && byte_at(bytes, at) != handshake_record)
            return at == 0 ? errc::not_a_handshake : errc::malformed;
        if (at + 1 < bytes.size() && byte_at(bytes, at + 1) != 3)
            return at == 0 ? errc::not_a_handshake : errc::malformed;
        if (bytes.size() >= max_hello_size && bytes.size() < at + record_header_size)
            return errc::too_large;
        if (bytes.size() < at + record_header_size)
            return errc::truncated;
        std::size_t const size = static_cast<std::size_t>(byte_at(bytes, at + 3)) << 8 | byte_at(bytes, at + 4);
        if (size == 0 || size > max_record_size)
            return errc::malformed;
        at += record_header_size;
        if (at + size > max_hello_size)
            return errc::too_large;
        joined += bytes.substr(at, size);
        if (joined.size() >= 1 && byte_at(joined, 0) != client_hello_message)
            return errc::malformed;
        if (!wanted && joined.size() >= message_header_size) {
            wanted = message_header_size
                + (static_cast<std::size_t>(byte_at(joined, 1)) << 16 | static_cast<std::size_t>(byte_at(joined, 2)) << 8
                    | byte_at(joined, 3));
            if (*wanted > max_hello_size)
                return errc::too_large;
        }
        if (bytes.size() < at + size)
            return errc::truncated;
        at += size;
        ++record_count;
    }
    if (joined.size() != *wanted)
        return errc::malformed; // a second message in the record: RFC 8446 §5.1 keeps the ClientHello alone before a
                                // key change
    message = joined.substr(message_header_size);
    return {};
}

/// A list of 16-bit values without GREASE; absent if it is empty or odd.
std::optional<std::vector<std::uint16_t>> values_of(std::string_view bytes)
{
    if (bytes.empty() || bytes.size() % 2 != 0)
        return std::nullopt;
    std::vector<std::uint16_t> values;
    values.reserve(bytes.size() / 2);
    for (std::size_t i = 0; i < bytes.size(); i += 2)
        if (auto const value = static_cast<std::uint16_t>(byte_at(bytes, i) << 8 | byte_at(bytes, i + 1)); !is_grease(value))
            values.push_back(value);
    return values;
}

/// RFC 6066 §3: exactly one entry, of type host_name, not empty. A NUL would let two readers see two names.
bool read_server_name(std::string_view data, ClientHello& hello)
{
    Cursor outer{data};
    auto const list = outer.vector(2);
    if (!list || !outer.empty())
        return false;
    Cursor inner{*list};
    auto const type = inner.number(1);
    auto const name = inner.vector(2);
    if (!type || *type != 0 || !name || name->empty() || !inner.empty() || name->find('\0') != std::string_view::npos)
        return false;
    hello.has_server_name = true;
    hello.server_name = *name;
    return true;
}

bool is_grease_name(std::string_view name)
{
    return name.size() == 2 && is_grease(static_cast<std::uint16_t>(byte_at(name, 0) << 8 | byte_at(name, 1)));
}

bool read_alpn(std::string_view data, ClientHello& hello, Ja4Fields& fields)
{
    Cursor outer{data};
    auto const list = outer.vector(2);
    if (!list || list->empty() || !outer.empty())
        return false;
    Cursor inner{*list};
    while (!inner.empty()) {
        auto const name = inner.vector(1);
        if (!name || name->empty())
            return false;
        if (fields.first_alpn.empty())
            fields.first_alpn = *name;
        if (!is_grease_name(*name))
            hello.alpn.emplace_back(*name);
    }
    return true;
}

bool read_supported_versions(std::string_view data, ClientHello& hello)
{
    Cursor outer{data};
    auto const list = outer.vector(1);
    auto const versions = list ? values_of(*list) : std::nullopt;
    if (!versions || !outer.empty())
        return false;
    hello.max_version = versions->empty() ? 0 : *std::max_element(versions->begin(), versions->end());
    return true;
}

bool read_signature_algorithms(std::string_view data, Ja4Fields& fields)
{
    Cursor outer{data};
    auto const list = outer.vector(2);
    auto values = list ? values_of(*list) : std::nullopt;
    if (!values || !outer.empty())
        return false;
    fields.signature_algorithms = std::move(*values);
    return true;
}

bool read_extension(std::uint16_t type, std::string_view data, ClientHello& hello, Ja4Fields& fields)
{
    switch (type) {
    case server_name_extension: return read_server_name(data, hello);
    case alpn_extension: return read_alpn(data, hello, fields);
    case supported_versions_extension: return read_supported_versions(data, hello);
    case signature_algorithms_extension: return read_signature_algorithms(data, fields);
    case ech_extension: hello.offers_ech = true; return true;
    default: return true;
    }
}

bool read_extensions(std::string_view bytes, ClientHello& hello, Ja4Fields& fields)
{
    constexpr std::size_t usual_count = 24;
    fields.extensions.reserve(usual_count);
    Cursor cursor{bytes};
    while (!cursor.empty()) {
        auto const type = cursor.number(2);
        auto const data = cursor.vector(2);
        if (!type || !data)
            return false;
        auto const known = static_cast<std::uint16_t>(*type);
        if (is_grease(known))
            continue;
        fields.extensions.push_back(known);
        if (!read_extension(known, *data, hello, fields))
            return false;
    }
    auto sorted = fields.extensions;
    std::sort(sorted.begin(), sorted.end());
    return std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end(); // RFC 8446 §4.2: none twice
}

/// The body behind the message header (RFC 8446 §4.1.2; RFC 5246 §7.4.1.2 for hellos without extensions).
bool read_body(std::string_view body, ClientHello& hello, Ja4Fields& fields)
{
    Cursor cursor{body};
    auto const version = cursor.number(2);
    auto const random = cursor.take(32);
    auto const session_id = cursor.vector(1);
    auto const ciphers = cursor.vector(2);
    auto const compression = cursor.vector(1);
    if (!version || (*version >> 8) != 3 || !random || !session_id || session_id->size() > 32 || !ciphers || !compression
        || compression->empty())
        return false;
    hello.legacy_version = static_cast<std::uint16_t>(*version);
    hello.max_version = hello.legacy_version;
    auto cipher_values = values_of(*ciphers);
    if (!cipher_values)
        return false;
    fields.ciphers = std::move(*cipher_values);
    if (cursor.empty())
        return true;
    auto const extensions = cursor.vector(2);
    return extensions && cursor.empty() && read_extensions(*extensions, hello, fields);
}

result<ClientHello> read_hello(std::string_view body, Fingerprint fingerprint)
{
    ClientHello hello;
    Ja4Fields fields;
    if (!read_body(body, hello, fields))
        return errc::malformed;
    fields.max_version = hello.max_version;
    fields.has_server_name = hello.has_server_name;
    if (fingerprint == Fingerprint::compute)
        hello.ja4 = ja4_of(std::move(fields));
    return hello;
}

} // namespace

result<ClientHello> parse_client_hello(std::string_view bytes, Fingerprint fingerprint)
{
    std::string body;
    std::size_t record_count = 0;
    if (auto const ec = join_records(bytes, body, record_count))
        return ec;
    auto hello = read_hello(body, fingerprint);
    if (hello)
        hello->record_count = record_count;
    return hello;
}

result<ClientHello> parse_hello_message(std::string_view bytes, Fingerprint fingerprint)
{
    if (!bytes.empty() && byte_at(bytes, 0) != client_hello_message)
        return errc::not_a_handshake;
    Cursor cursor{bytes.substr(std::min<std::size_t>(1, bytes.size()))};
    auto const size = cursor.number(3);
    if (!size)
        return errc::truncated;
    if (*size > max_hello_size)
        return errc::too_large;
    auto const body = cursor.take(*size);
    if (!body)
        return errc::truncated;
    return cursor.empty() ? read_hello(*body, fingerprint) : errc::malformed;
}

} // namespace gatehouse::tls
