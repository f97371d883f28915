#include "proxy/identity/basic.hpp"

#include <gtest/gtest.h>

namespace gatehouse::identity {
namespace {

struct Good {
    std::string_view value, login, password;
};

constexpr Good good[] = {
    {"Basic dXNlcjpwYXNz", "user", "pass"}, {"bAsIc dXNlcjpwYXNz", "user", "pass"}, {"Basic   dXNlcjpwYXNz", "user", "pass"},
    {"Basic dXNlcjo=", "user", ""}, {"Basic dXNlcjphOmI6Yw==", "user", "a:b:c"},
    {"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Aladdin", "open sesame"}, // RFC 7617 §2
    {"Basic dGVzdDoxMjPCow==", "test", "123\xc2\xa3"},                // RFC 7617 §2.1
};

struct Bad {
    std::string_view value;
    errc why;
};

constexpr Bad bad[] = {
    {"", errc::not_basic}, {"Basic", errc::not_basic}, {"Basicdddd", errc::not_basic}, {"Bearer dXNlcjpwYXNz", errc::not_basic},
    {"Basic ", errc::bad_base64}, {"Basic dXNlcjpwYXN", errc::bad_base64},     // padding missing
    {"Basic dXNlcjo", errc::bad_base64}, {"Basic dXNlcjp=", errc::bad_base64}, // bits left over
    {"Basic dXNlcj==o", errc::bad_base64}, {"Basic ====", errc::bad_base64}, {"Basic d===", errc::bad_base64},
    {"Basic dXNl cjpwYXNz", errc::bad_base64}, {"Basic dXNlcjpwYXNz ", errc::bad_base64}, {"Basic dXNl\tcjpw", errc::bad_base64},
    {"Basic dXNlcjpw_-Nz", errc::bad_base64}, // the URL alphabet
    {"Basic dXNlcg==", errc::no_colon}, {"Basic OnBhc3M=", errc::empty_login},
    {"Basic dXNlAHI6cGFzcw==", errc::bad_character},                    // NUL
    {"Basic dXNlcjpwYQpzcw==", errc::bad_character},                    // line feed
    {"Basic dTr/", errc::bad_utf8}, {"Basic dTrtoIA=", errc::bad_utf8}, // surrogate
    {"Basic dTrAgA==", errc::bad_utf8},                                 // overlong
    {"Basic dTrC", errc::bad_utf8},                                     // cut
};

TEST(ParseBasic, ReadsLoginAndPassword)
{
    for (auto const& [value, login, password] : good) {
        auto const read = parse_basic(value);
        ASSERT_TRUE(read) << value << ": " << read.error().message();
        EXPECT_EQ(read->login, login);
        EXPECT_EQ(read->password, password);
    }
}

TEST(ParseBasic, RefusesEverythingElse)
{
    for (auto const& [value, why] : bad) {
        auto const read = parse_basic(value);
        ASSERT_FALSE(read) << value;
        EXPECT_EQ(read.error(), why) << value << ": " << read.error().message();
    }
}

TEST(ParseBasic, RefusesSixtyFourKibibytesWithoutLookingAtThem)
{
    auto const read = parse_basic("Basic " + std::string(65536, 'A'));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error(), errc::too_long);
}

} // namespace
} // namespace gatehouse::identity
