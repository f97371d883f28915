#pragma once
// The project's way to return a value or an expected failure, and the failures of this folder. No exceptions for untrusted input.

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <cerrno>

namespace gatehouse {

template <class T>
using result = boost::system::result<T>;
using boost::system::error_code;

/// What errno says of the system call that has just failed. For the code around policy/, which calls none.
inline error_code last_error()
{
    return {errno, boost::system::generic_category()};
}

namespace policy {

enum class errc {
    empty_host = 1,
    host_too_long,
    label_too_long,
    empty_label,
    bad_host_character,
    bad_idn,
    bad_address,
    bad_port,
    bad_url,
    unsupported_scheme,
    userinfo_in_url,
    bad_local_time,
    bad_network,
    image_truncated,
    image_bad_magic,
    image_bad_version,
    image_bad_checksum,
    image_corrupt,
};

error_code make_error_code(errc code);

} // namespace policy
} // namespace gatehouse

template <>
struct boost::system::is_error_code_enum<gatehouse::policy::errc> : std::true_type {
};
