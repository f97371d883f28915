#include "proxy/log/columns.hpp"

#include <boost/system/errc.hpp>

#include <algorithm>
#include <bit>

namespace gatehouse::log {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are copied as they lie in memory");

error_code bad_cell()
{
    return make_error_code(boost::system::errc::bad_message);
}

std::size_t width_for(std::uint64_t greatest)
{
    if (greatest == 0)
        return 0;
    if (greatest <= 0xff)
        return 1;
    if (greatest <= 0xffff)
        return 2;
    return greatest <= 0xffffffff ? 4 : 8;
}

template <class Value>
void pack(char* to, std::span<std::uint64_t const> numbers, std::uint64_t base)
{
    for (auto const number : numbers) {
        auto const value = static_cast<Value>(number - base);
        std::memcpy(to, &value, sizeof(value));
        to += sizeof(value);
    }
}

/// Replaces `cell`; leaves it empty if all numbers are zero. `before` is taken from every number.
void write_numbers(std::string& cell, std::span<std::uint64_t const> numbers, std::uint64_t before = 0)
{
    cell.clear();
    auto const [least, greatest] = std::minmax_element(numbers.begin(), numbers.end());
    if (numbers.empty() || *greatest == before)
        return;
    auto const width = width_for(*greatest - *least);
    auto const base = *least - before;
    cell.resize(NumberCell::header_size + numbers.size() * width);
    cell[0] = static_cast<char>(width);
    std::memcpy(cell.data() + 1, &base, sizeof(base));
    auto* const values = cell.data() + NumberCell::header_size;
    switch (width) {
    case 1: return pack<std::uint8_t>(values, numbers, *least);
    case 2: return pack<std::uint16_t>(values, numbers, *least);
    case 4: return pack<std::uint32_t>(values, numbers, *least);
    case 8: return pack<std::uint64_t>(values, numbers, *least);
    default: return;
    }
}

} // namespace

void Columns::clear()
{
    for (auto& column : numbers_)
        column.clear();
    for (auto& column : texts_)
        column.clear();
}

void Columns::add_text(Column column, std::string_view text)
{
    texts_[index_of(column)] += text;
    numbers_[index_of(column)].push_back(texts_[index_of(column)].size());
}

std::string_view Columns::cell(Column column, std::size_t from, std::size_t to)
{
    auto const numbers = std::span{numbers_[index_of(column)]}.subspan(from, to - from);
    if (!is_text(column)) {
        write_numbers(cell_, numbers);
        return cell_;
    }
    auto const start = from == 0 ? 0 : numbers_[index_of(column)][from - 1];
    write_numbers(cell_, numbers, start);
    if (!cell_.empty())
        cell_.append(texts_[index_of(column)], start, numbers.back() - start);
    return cell_;
}

result<NumberCell> NumberCell::parse(std::string_view bytes, std::size_t rows)
{
    NumberCell cell;
    if (bytes.empty())
        return cell;
    if (bytes.size() < header_size)
        return bad_cell();
    auto const width = static_cast<unsigned char>(bytes.front());
    if (width > 8 || (width != 0 && !std::has_single_bit(width)) || (bytes.size() - header_size) < rows * width)
        return bad_cell();
    cell.width_ = width;
    std::memcpy(&cell.base_, bytes.data() + 1, sizeof(cell.base_));
    cell.values_ = bytes.data() + header_size;
    return cell;
}

std::uint64_t NumberCell::operator[](std::size_t row) const
{
    switch (width_) {
    case 1: return value_of<std::uint8_t>(row);
    case 2: return value_of<std::uint16_t>(row);
    case 4: return value_of<std::uint32_t>(row);
    case 8: return value_of<std::uint64_t>(row);
    default: return base_;
    }
}

result<TextCell> TextCell::parse(std::string_view bytes, std::size_t rows)
{
    auto const ends = NumberCell::parse(bytes, rows);
    if (!ends)
        return ends.error();
    TextCell cell;
    if (bytes.empty())
        return cell;
    cell.ends_ = *ends;
    cell.texts_ = bytes.substr(ends->size(rows));
    return cell;
}

std::string_view TextCell::operator[](std::size_t row) const
{
    auto const end = std::min<std::uint64_t>(ends_[row], texts_.size());
    auto const start = std::min<std::uint64_t>(row == 0 ? 0 : ends_[row - 1], end);
    return texts_.substr(start, end - start);
}

} // namespace gatehouse::log
