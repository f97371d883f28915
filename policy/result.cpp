#include "policy/result.hpp"

#include <string>

namespace gatehouse::policy {
namespace {

class ErrorCategory final : public boost::system::error_category {
public:
    char const* name() const noexcept override { return "gatehouse.policy"; }

    std::string message(int code) const override
    {
        switch (static_cast<errc>(code)) {
        case errc::empty_host: return "the host is empty";
        case errc::host_too_long: return "the host is longer than 253 bytes";
        case errc::label_too_long: return "a label of the host is longer than 63 bytes";
        case errc::empty_label: return "the host has an empty label";
        case errc::bad_host_character: return "the host has a character that no host may have";
        case errc::bad_idn: return "the host is not a valid internationalised name";
        case errc::bad_address: return "this is not an IP address";
        case errc::bad_port: return "the port is not a number from 1 to 65535";
        case errc::bad_url: return "this is not a URL";
        case errc::unsupported_scheme: return "only http and https URLs are understood";
        case errc::userinfo_in_url: return "a URL with a user name in it is refused";
        case errc::bad_local_time: return "write the time as 2026-11-24T10:40";
        case errc::bad_network: return "write the network as 10.1.0.0/16, with no bits set beyond the prefix";
        case errc::image_truncated: return "the list image is cut short";
        case errc::image_bad_magic: return "this file is not a list image";
        case errc::image_bad_version: return "the list image is of another version; compile the lists again";
        case errc::image_bad_checksum: return "the list image is damaged (checksum)";
        case errc::image_corrupt: return "the list image contradicts itself";
        }
        return "unknown policy error";
    }
};

} // namespace

error_code make_error_code(errc code)
{
    static ErrorCategory const category;
    return {static_cast<int>(code), category};
}

} // namespace gatehouse::policy
