#include "proxy/log/columns.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace gatehouse::log {
namespace {

constexpr auto path = column_of(&AccessRecord::path);

std::vector<std::uint64_t> numbers_back(std::vector<std::uint64_t> const& numbers, std::size_t from)
{
    Columns columns;
    for (auto const number : numbers)
        columns.add_number(Column::sent, number);
    std::string const bytes{columns.cell(Column::sent, from, numbers.size())};
    auto const cell = NumberCell::parse(bytes, numbers.size() - from);
    EXPECT_TRUE(cell);
    std::vector<std::uint64_t> back;
    for (std::size_t row = 0; row < numbers.size() - from; ++row)
        back.push_back((*cell)[row]);
    return back;
}

TEST(Columns, GivesNumbersOfEveryWidthBack)
{
    constexpr std::uint64_t most = ~std::uint64_t{0};
    for (auto const& numbers : {std::vector<std::uint64_t>{0, 0, 0}, {7, 7, 7}, {5, 260, 6}, {5, 261, 6}, {0, 0xffff, 1},
             {1, 0x10000, 1}, {9, 9 + 0xffffffff, 9}, {0, 0x100000000, 1}, {0, most, most - 1}, {most, most, most}}) {
        EXPECT_EQ(numbers_back(numbers, 0), numbers);
        EXPECT_EQ(numbers_back(numbers, 1), (std::vector<std::uint64_t>{numbers.begin() + 1, numbers.end()}));
    }
}

TEST(Columns, GivesTextsOfAnyRangeBack)
{
    std::vector<std::string> const texts{"", "a", std::string("\0b", 2), "", std::string(70000, 'x'), "end", ""};
    Columns columns;
    for (auto const& text : texts)
        columns.add_text(path, text);
    for (std::size_t from = 0; from < texts.size(); ++from)
        for (auto to = from + 1; to <= texts.size(); ++to) {
            std::string const bytes{columns.cell(path, from, to)};
            auto const cell = TextCell::parse(bytes, to - from);
            ASSERT_TRUE(cell);
            for (auto row = from; row < to; ++row)
                EXPECT_EQ((*cell)[row - from], texts[row]) << from << ' ' << to << ' ' << row;
        }
}

TEST(Columns, KeepsNothingOfWhatIsZero)
{
    Columns columns;
    for (int i = 0; i < 10; ++i) {
        columns.add_number(Column::sent, 0);
        columns.add_text(path, "");
    }
    EXPECT_EQ(columns.cell(Column::sent, 0, 10), "");
    EXPECT_EQ(columns.cell(path, 0, 10), "");
    EXPECT_EQ((*NumberCell::parse("", 10))[9], 0U);
    EXPECT_EQ((*TextCell::parse("", 10))[9], "");
}

TEST(Columns, FindsRowsByNumber)
{
    Columns columns;
    for (std::uint64_t i = 0; i < 1000; ++i)
        columns.add_number(Column::client, 100 + i % 10);
    std::string const bytes{columns.cell(Column::client, 0, 1000)};
    std::vector<std::uint32_t> rows(1000);
    std::iota(rows.begin(), rows.end(), 0U);
    NumberCell::parse(bytes, 1000)->keep(rows, [](std::uint64_t number) { return number == 103; });
    ASSERT_EQ(rows.size(), 100U);
    EXPECT_EQ(rows.front(), 3U);
    EXPECT_EQ(rows.back(), 993U);
}

TEST(Columns, RefusesCellsThatDoNotHoldTheirRows)
{
    Columns columns;
    for (std::uint64_t i = 0; i < 4; ++i) {
        columns.add_number(Column::sent, i);
        columns.add_text(path, "abc");
    }
    std::string const numbers{columns.cell(Column::sent, 0, 4)};
    for (std::size_t size = 1; size < numbers.size(); ++size)
        EXPECT_FALSE(NumberCell::parse(std::string_view{numbers}.substr(0, size), 4)) << size;
    EXPECT_FALSE(NumberCell::parse(numbers, 5));
    for (auto const width : {3, 5, 16, 255}) {
        auto wrong = numbers + std::string(10000, 'x');
        wrong[0] = static_cast<char>(width);
        EXPECT_FALSE(NumberCell::parse(wrong, 4)) << width;
    }
}

TEST(Columns, ReadsNoTextBeyondADamagedCell)
{
    Columns columns;
    for (auto const* text : {"one", "two", "three"})
        columns.add_text(path, text);
    std::string const bytes{columns.cell(path, 0, 3)};
    for (std::size_t place = 0; place < bytes.size(); ++place)
        for (int bit = 0; bit < 8; ++bit) {
            auto damaged = bytes;
            damaged[place] = static_cast<char>(damaged[place] ^ (1 << bit));
            auto const cell = TextCell::parse(damaged, 3);
            for (std::size_t row = 0; cell && row < 3; ++row)
                EXPECT_LE((*cell)[row].size(), damaged.size());
        }
}

} // namespace
} // namespace gatehouse::log
