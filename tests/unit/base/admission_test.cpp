#include "proxy/admission.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <unistd.h>

namespace gatehouse {
namespace {

using policy::IpAddress;

TEST(Admission, CountsEachClientByItself)
{
    Limits limits;
    limits.connections_per_client = 2;
    Admission admission(limits);
    auto const one = IpAddress::from_v4(0x0a000001);
    auto const other = IpAddress::from_v4(0x0a000002);
    EXPECT_TRUE(admission.enter(one));
    EXPECT_TRUE(admission.enter(one));
    EXPECT_FALSE(admission.enter(one));
    EXPECT_TRUE(admission.enter(other));
    admission.leave(one);
    EXPECT_TRUE(admission.enter(one));
    EXPECT_FALSE(admission.enter(one));
}

TEST(Admission, IsShortOfMemoryAboveTheBudgetOnly)
{
    Limits limits;
    limits.memory = std::size_t{1} << 40;
    Admission roomy(limits);
    roomy.look_at_memory();
    EXPECT_FALSE(roomy.is_short_of_memory());
    limits.memory = 1;
    Admission tight(limits);
    EXPECT_FALSE(tight.is_short_of_memory());
    tight.look_at_memory();
    EXPECT_TRUE(tight.is_short_of_memory());
}

class ControlGroup : public testing::Test {
protected:
    void SetUp() override
    {
        std::filesystem::create_directories(root_ / "memory" / "old"), std::filesystem::create_directories(root_ / "new");
    }
    void TearDown() override { std::filesystem::remove_all(root_); }
    void write(std::string const& name, std::string const& text) { std::ofstream(root_ / name) << text << '\n'; }
    std::size_t limit() const { return control_group_memory(root_, root_ / "own"); }

    std::filesystem::path root_ = std::filesystem::path(testing::TempDir()) / ("control-group-" + std::to_string(::getpid()));
};

TEST_F(ControlGroup, IsReadInBothVersions)
{
    EXPECT_EQ(limit(), 0U) << "nothing is known";
    write("own", "0::/new");
    write("new/memory.max", "268435456");
    EXPECT_EQ(limit(), 268435456U);
    write("new/memory.max", "max");
    EXPECT_EQ(limit(), 0U);
    write("own", "5:cpu,cpuacct:/old\n9:memory:/old");
    write("memory/old/memory.limit_in_bytes", "1000000");
    EXPECT_EQ(limit(), 1000000U);
    write("own", "nonsense\n:\n9:memory");
    EXPECT_EQ(limit(), 0U);
}

TEST(FitToDescriptors, LeavesSomeForTheRest)
{
    Settings settings;
    settings.workers = 2;
    settings.limits.connections = std::size_t{1} << 40;
    fit_to_descriptors(settings);
    EXPECT_LT(settings.limits.connections, std::size_t{1} << 40);
    auto const fitting = settings.limits.connections;
    fit_to_descriptors(settings);
    EXPECT_EQ(settings.limits.connections, fitting);
}

} // namespace
} // namespace gatehouse
