#pragma once
// Rows of the tables of hostile messages. A case's name begins with the number of its line in the catalogue of hostile inputs.

#include "proxy/http1/head.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <ostream>
#include <string>

namespace gatehouse::http1 {

struct HostileCase {
    int line; ///< of the catalogue; 0 for cases of our own
    char const* name;
    std::string bytes;
    Refusal refusal; ///< Refusal::none: must be accepted
};

inline void PrintTo(HostileCase const& row, std::ostream* out)
{
    *out << row.line << ' ' << row.name;
}

/// "line005_two_identical_lengths".
inline std::string case_name(testing::TestParamInfo<HostileCase> const& info)
{
    std::string number = std::to_string(info.param.line);
    std::string name = "line" + std::string(number.size() < 3 ? 3 - number.size() : 0, '0') + number + "_" + info.param.name;
    for (char& c : name)
        c = std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    return name;
}

/// A request head with a good request line and Host, these field lines and what follows the head.
inline std::string post(std::string const& field_lines, std::string const& body = {})
{
    return "POST http://a.example/ HTTP/1.1\r\nHost: a.example\r\n" + field_lines + "\r\n" + body;
}

inline std::string get(std::string const& field_lines)
{
    return "GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n" + field_lines + "\r\n";
}

} // namespace gatehouse::http1
