#pragma once
// The columns of a day file and the form in which a block of rows keeps each of them: a cell. All numbers are little-endian.
//
//   numbers  width: 1 byte, one of 0 1 2 4 8; base: 8 bytes; then one value of `width` bytes for each row, to which base is added
//   texts    where each row's text ends, as numbers; then the texts without gaps
//
// Texts that repeat are numbers of entries in the tables `word` and `host`, zero for the empty text; only decision ids and paths are
// kept as texts. A column whose rows are all zero or empty has no cell. What is read back is checked: a day file may be damaged.

#include "policy/result.hpp"
#include "proxy/log/fields.hpp"

#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace gatehouse::log {

/// Stored: a change of the order changes `schema_version`; text_fields may grow at the end.
enum class Column : std::uint8_t {
    at, ///< microseconds since the day began
    elapsed,
    client,   ///< number of a word, as `upstream`
    upstream, ///< zero: none was contacted
    device_kind,
    confidence,
    port,
    status,
    sent,
    received,
    code,
    verdict,
    tls,
    signals,
    list_line,
    first_text, ///< the text fields follow, in their order
};
inline constexpr std::size_t column_count = static_cast<std::size_t>(Column::first_text) + text_fields.size();

constexpr std::size_t index_of(Column column)
{
    return static_cast<std::size_t>(column);
}
/// The column of the text field of that number.
constexpr Column column_of_field(std::size_t field)
{
    return static_cast<Column>(index_of(Column::first_text) + field);
}
constexpr Column column_of(std::string_view AccessRecord::*seen)
{
    std::size_t field = 0;
    while (text_fields[field].seen != seen)
        ++field;
    return column_of_field(field);
}
/// True for columns whose cells hold texts.
constexpr bool is_text(Column column)
{
    return column >= Column::first_text && text_fields[index_of(column) - index_of(Column::first_text)].kept == Kept::in_row;
}

/// Rows under construction.
class Columns {
public:
    std::size_t rows() const { return numbers_[0].size(); }
    void clear();

    /// Every row gets one number or text in every column.
    void add_number(Column column, std::uint64_t number) { numbers_[index_of(column)].push_back(number); }
    void add_text(Column column, std::string_view text);

    std::span<std::uint64_t const> numbers(Column column) const { return numbers_[index_of(column)]; }
    /// The cell of rows `from` to `to`; empty if it would hold nothing but zeros. Lifetime: until the next call.
    std::string_view cell(Column column, std::size_t from, std::size_t to);

private:
    std::array<std::vector<std::uint64_t>, column_count> numbers_; ///< for texts: where each ends
    std::array<std::string, column_count> texts_;
    std::string cell_;
};

/// Numbers of a cell, read in place. Default-constructed: all zero.
class NumberCell {
public:
    NumberCell() = default;
    /// Errors: `errc::bad_message` if the bytes do not hold that many rows.
    static result<NumberCell> parse(std::string_view bytes, std::size_t rows);

    std::uint64_t operator[](std::size_t row) const;
    /// Keeps those of `rows` whose number fits; the order stays.
    template <class Fits>
    void keep(std::vector<std::uint32_t>& rows, Fits const& fits) const;
    /// Bytes that the cell takes.
    std::size_t size(std::size_t rows) const { return header_size + rows * width_; }

    static constexpr std::size_t header_size = 1 + sizeof(std::uint64_t);

private:
    template <class Value>
    std::uint64_t value_of(std::size_t row) const
    {
        Value value;
        std::memcpy(&value, values_ + row * sizeof(value), sizeof(value));
        return base_ + value;
    }
    template <class Value, class Fits>
    void keep_as(std::vector<std::uint32_t>& rows, Fits const& fits) const
    {
        std::size_t kept = 0;
        for (auto const row : rows) {
            rows[kept] = row; // without a branch: whether a row fits cannot be foreseen
            kept += fits(value_of<Value>(row));
        }
        rows.resize(kept);
    }

    char const* values_ = "";
    std::size_t width_ = 0;
    std::uint64_t base_ = 0;
};

/// Texts of a cell, read in place. Default-constructed: all empty.
class TextCell {
public:
    TextCell() = default;
    /// Errors: `errc::bad_message` if the bytes do not hold that many rows.
    static result<TextCell> parse(std::string_view bytes, std::size_t rows);

    /// A damaged cell may give wrong texts, but none beyond its bytes.
    std::string_view operator[](std::size_t row) const;

private:
    NumberCell ends_;
    std::string_view texts_;
};

template <class Fits>
void NumberCell::keep(std::vector<std::uint32_t>& rows, Fits const& fits) const
{
    switch (width_) {
    case 1: return keep_as<std::uint8_t>(rows, fits);
    case 2: return keep_as<std::uint16_t>(rows, fits);
    case 4: return keep_as<std::uint32_t>(rows, fits);
    case 8: return keep_as<std::uint64_t>(rows, fits);
    default:
        if (!fits(base_))
            rows.clear();
    }
}

} // namespace gatehouse::log
