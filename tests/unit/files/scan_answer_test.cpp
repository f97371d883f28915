#include "proxy/files/virus_scan.hpp"

#include <gtest/gtest.h>

namespace gatehouse::files {
namespace {

using namespace std::string_view_literals;
using Kind = ScanAnswer::Kind;

TEST(ScanAnswer, TwoAnswersAndNoOther)
{
    EXPECT_EQ(read_scan_answer("stream: OK\0"sv).kind, Kind::clean);
    auto const found = read_scan_answer("stream: Win.Test.EICAR_HDB-1 FOUND\0"sv);
    EXPECT_EQ(found.kind, Kind::found);
    EXPECT_EQ(found.name, "Win.Test.EICAR_HDB-1");
    for (auto const bad : {""sv, "\0"sv, "stream: "sv, "stream:  FOUND"sv, "OK"sv, "INSTREAM size limit exceeded. ERROR"sv,
             "stream: OKAY"sv, "stream: x FOUND?"sv})
        EXPECT_EQ(read_scan_answer(bad).kind, Kind::failed) << bad;
}

} // namespace
} // namespace gatehouse::files
