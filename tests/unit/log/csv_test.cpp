#include "proxy/log/csv.hpp"

#include "sample.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace gatehouse::log {
namespace {

TEST(Csv, NeverStartsACellWithAFormula)
{
    for (auto const* text : {"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "|x", "%x"})
        EXPECT_EQ(csv_cell(text).substr(0, 2), "\"'") << text;
    EXPECT_EQ(csv_cell("plain"), "\"plain\"");
    EXPECT_EQ(csv_cell(""), "\"\"");
}

TEST(Csv, DoublesQuotesAndShowsControlCharacters)
{
    EXPECT_EQ(csv_cell("a\"b\r\nc\x1b"), "\"a\"\"b\\x0d\\x0ac\\x1b\"");
}

TEST(Csv, WritesOneLineWithAsManyCellsAsTheHeader)
{
    StoredRecord row;
    row.at = sample_time();
    row.client = address("10.1.2.3");
    row.host = "www.example.org";
    row.scheme = "http";
    row.path = "/a,b";
    row.user = std::string{hostile_text};
    row.user_agent = std::string{hostile_text};
    row.signals.add(policy::Signal::not_tls);
    auto const line = csv_row(row);
    EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1);
    bool is_quoted = false;
    std::ptrdiff_t commas = 0;
    for (auto const character : line) {
        is_quoted ^= character == '"';
        commas += character == ',' && !is_quoted;
    }
    auto const header = csv_header();
    EXPECT_EQ(commas, std::count(header.begin(), header.end(), ','));
    EXPECT_NE(line.find("2026-11-24T10:40:00.123Z"), std::string::npos);
    EXPECT_NE(line.find("\"http://www.example.org/a,b\""), std::string::npos);
}

TEST(Csv, HasNoAddressWhereNoneIsTold)
{
    StoredRecord row;
    row.at = sample_time();
    EXPECT_EQ(csv_row(row).substr(0, 29), "2026-11-24T10:40:00.123Z,0,\"\"");
}

} // namespace
} // namespace gatehouse::log
