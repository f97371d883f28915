#include "proxy/log/day_store.hpp"

#include "proxy/log/day_file.hpp"
#include "proxy/log/search.hpp"
#include "sample.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::log {
namespace {

using namespace std::chrono_literals;

TEST(ReversedLabels, PutsTheTopLevelFirst)
{
    EXPECT_EQ(reversed_labels("www.example.org"), "org.example.www.");
    EXPECT_EQ(reversed_labels("localhost"), "localhost.");
    EXPECT_EQ(reversed_labels("2001:db8::1"), "2001:db8::1.");
    EXPECT_EQ(reversed_labels(""), "");
}

class DayStoreTest : public testing::Test {
protected:
    void write(std::vector<std::chrono::microseconds> const& offsets)
    {
        bool replaced = false;
        auto store = DayStore::open(folder_.path(), day_of(sample_time()), replaced);
        ASSERT_TRUE(store);
        EXPECT_FALSE(replaced);
        std::vector<AccessRecord> records;
        for (auto const offset : offsets) {
            records.push_back(sample_record());
            records.back().at += offset;
        }
        std::vector<AccessRecord const*> rows;
        for (auto const& record : records)
            rows.push_back(&record);
        EXPECT_FALSE((*store)->write(rows));
        EXPECT_TRUE((*store)->is_intact());
        (*store)->sync();
    }
    /// Milliseconds after the sample time, newest first.
    std::vector<std::int64_t> times() const
    {
        std::vector<std::int64_t> times;
        auto const page = search(folder_.path(), {}); // named: a temporary would be gone before the loop begins
        for (auto const& row : page->rows)
            times.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(row.at - sample_time()).count());
        return times;
    }

    TemporaryFolder folder_;
};

TEST_F(DayStoreTest, KeepsRowsOfTheSameMicrosecondApart)
{
    write({0us, 0us, 0us});
    write({0us});
    EXPECT_THAT(times(), testing::ElementsAre(0, 0, 0, 0));
}

TEST_F(DayStoreTest, KeepsTheTrueTimeWhenTheClockIsSetBack)
{
    write({3600s, 0us, 1us, 3600s});
    write({0us, 3600s});
    EXPECT_THAT(times(), testing::ElementsAre(3600000, 3600000, 3600000, 0, 0, 0));
}

TEST_F(DayStoreTest, GoesOnWhereAnEarlierRunStopped)
{
    write({1000us});
    write({2000us});
    EXPECT_THAT(times(), testing::ElementsAre(2, 1));
}

} // namespace
} // namespace gatehouse::log
