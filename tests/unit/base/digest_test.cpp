#include "proxy/digest.hpp"

#include <gtest/gtest.h>

namespace gatehouse {
namespace {

TEST(Digest, IsThatOfTheStandard)
{
    EXPECT_EQ(hex_of(sha256_of("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        << "FIPS 180-4, the first example";
    EXPECT_EQ(hex_of(sha256_of("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Digest, HasTwoLettersAByte)
{
    EXPECT_EQ(hex_of(std::array<unsigned char, 3>{0, 0x0f, 0xf0}), "000ff0");
    EXPECT_EQ(hex_of({}), "");
}

} // namespace
} // namespace gatehouse
