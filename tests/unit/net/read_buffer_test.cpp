#include "proxy/net/read_buffer.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>

namespace gatehouse::net {
namespace {

/// How often all that is held is copied while pieces come. After each piece `taken` bytes are read.
std::size_t copies_while(ReadBuffer& buffer, std::size_t pieces, std::string_view piece, std::size_t taken)
{
    std::size_t copies = 0;
    for (std::size_t i = 0; i < pieces; ++i) {
        auto const* const before = buffer.bytes().data();
        buffer.append(piece);
        copies += buffer.bytes().data() == before ? 0U : 1U;
        buffer.consume(taken);
    }
    return copies;
}

TEST(ReadBuffer, IsNotCopiedForEachSmallPieceThatNobodyReads)
{
    ReadBuffer buffer;
    EXPECT_LT(copies_while(buffer, 100'000, "1\r\nx\r\n", 0), 40U);
    EXPECT_EQ(buffer.bytes().size(), 600'000U);
}

TEST(ReadBuffer, IsNotCopiedForEachSmallPieceThatIsReadBehindManyOthers)
{
    ReadBuffer buffer;
    buffer.append(std::string(100'000, 'a'));
    EXPECT_LT(copies_while(buffer, 100'000, "abc", 3), 10U);
    EXPECT_EQ(buffer.bytes().size(), 100'000U);
}

TEST(ReadBuffer, KeepsTheirOrder)
{
    ReadBuffer buffer;
    std::string wanted;
    for (std::size_t i = 0; i < 2000; ++i) {
        auto const piece = std::to_string(i) + ",";
        buffer.append(piece);
        wanted += piece;
        auto const taken = std::min(wanted.size(), i % 7);
        buffer.consume(taken);
        wanted.erase(0, taken);
        ASSERT_EQ(buffer.bytes(), wanted) << i;
    }
}

} // namespace
} // namespace gatehouse::net
