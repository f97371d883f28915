#include "proxy/checks/parts.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace gatehouse::checks {
namespace {

std::vector<Finding> look_at(char const* status)
{
    return look_at_parts(boost::json::parse(status).as_object());
}

TEST(LookAtParts, HasNothingToSayOfPartsThatTurn)
{
    EXPECT_TRUE(look_at(R"({"parts": {"store": "turns", "workers": "turns"}})").empty());
    EXPECT_TRUE(look_at(R"({"workers": 2})").empty()) << "a gateway of an earlier version says nothing of them";
    EXPECT_TRUE(look_at(R"({"parts": ["store"]})").empty());
}

TEST(LookAtParts, NamesThePartThatHangsAndTheOneThatWorksLong)
{
    auto const findings = look_at(R"({"parts": {"store": "hangs", "main": "turns", "log": "works"}})");
    ASSERT_EQ(findings.size(), 2U);
    EXPECT_EQ(findings[0].id, "store");
    EXPECT_EQ(findings[0].state, Finding::State::failed);
    EXPECT_NE(findings[0].advice.text().find("gatehouse restart"), std::string::npos);
    EXPECT_EQ(findings[1].id, "log");
    EXPECT_EQ(findings[1].state, Finding::State::warning);
}

} // namespace
} // namespace gatehouse::checks
