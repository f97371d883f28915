// The example school's phrase lists on whole pages: closed-LIST.html must be closed for the youngest, open-*.html must stay open for them,
// however close its words come.
#include "proxy/content/page_scan.hpp"
#include "tests/golden/school_fixture.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace gatehouse::policy {
namespace {

constexpr auto folder = "tests/golden/pages";

class Pages : public ::testing::Test {
protected:
    Pages()
    {
        auto parsed = parse_policy(testing::school_sources());
        EXPECT_TRUE(parsed.ok());
        policy_ = std::move(parsed.policy);
    }
    ContentFinding judge(std::string const& name)
    {
        ContentPlan plan;
        for (std::size_t i = 0; i < policy_.content_rules.size(); ++i)
            plan.set(i);
        PhraseScratch scratch;
        content::PageScan page{policy_, plan, scratch, content::TextKind::html, "text/html", ""};
        page.add(testing::read_source_file(std::string{folder} + '/' + name));
        EXPECT_EQ(page.finish(), content::PageScan::State::over);
        return page.judge();
    }

    Policy policy_;
};

TEST_F(Pages, AreClosedOrOpenAsTheirNamesSay)
{
    std::size_t closed = 0, open = 0;
    for (auto const& entry : std::filesystem::directory_iterator{std::string{GATEHOUSE_SOURCE_DIR "/"} + folder}) {
        auto const name = entry.path().filename().string();
        auto const finding = judge(name);
        if (name.starts_with("closed-")) {
            ++closed;
            EXPECT_TRUE(finding) << name;
        } else {
            ++open;
            EXPECT_FALSE(finding) << name << " weighs " << finding.score << ", most of it "
                                  << (finding ? policy_.phrase_lists[finding.list].id : "");
        }
    }
    EXPECT_GE(closed, 12U);
    EXPECT_GE(open, 13U);
}

} // namespace
} // namespace gatehouse::policy
