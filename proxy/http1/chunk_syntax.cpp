#include "proxy/http1/chunk_syntax.hpp"

#include "proxy/http1/ascii.hpp"
#include "proxy/http1/field_name.hpp"
#include "proxy/http1/limits.hpp"

#include <algorithm>

namespace gatehouse::http1 {
namespace {

int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    auto const lower = to_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// Where in the line a byte stands: chunk-size [ chunk-ext ] CRLF, chunk-ext = *( ";" token [ "=" ( token / quoted-string ) ] ).
enum class Place : std::uint8_t {
    digits,
    after_size, ///< blanks behind the digits, a name or a value
    name_start,
    name,
    after_name, ///< blanks where "=" may still follow
    value_start,
    value,
    quoted,
    quoted_pair,
    cr,
    end,
    bad,
};

class LineReader {
public:
    explicit LineReader(ChunkBlanks blanks)
        : blanks_(blanks)
    {
    }

    Place place() const { return place_; }
    std::uint64_t size() const { return size_; }
    std::size_t digits() const { return digits_; }
    void read(char c) { place_ = next(c); }

private:
    Place next(char c)
    {
        switch (place_) {
        case Place::digits: return in_digits(c);
        case Place::after_size: return between(c, Place::after_size, Place::bad);
        case Place::name_start: return start(c, Place::name_start, Place::name);
        case Place::name: return is_token_char(c) ? Place::name : between(c, Place::after_name, Place::value_start);
        case Place::after_name: return between(c, Place::after_name, Place::value_start);
        case Place::value_start: return c == '"' ? Place::quoted : start(c, Place::value_start, Place::value);
        case Place::value: return is_token_char(c) ? Place::value : between(c, Place::after_size, Place::bad);
        case Place::quoted:
            return c == '"' ? Place::after_size
                : c == '\\' ? Place::quoted_pair
                            : (is_value_char(c) ? Place::quoted : Place::bad);
        case Place::quoted_pair: return is_value_char(c) ? Place::quoted : Place::bad;
        case Place::cr: return c == '\n' ? Place::end : Place::bad;
        case Place::end:
        case Place::bad: break;
        }
        return Place::bad;
    }

    Place in_digits(char c)
    {
        auto const value = hex_value(c);
        if (value < 0)
            return digits_ == 0 ? Place::bad : between(c, Place::after_size, Place::bad);
        if (++digits_ > limits::chunk_size_digits)
            return Place::bad;
        size_ = size_ << 4 | static_cast<std::uint64_t>(value);
        return Place::digits;
    }

    /// Behind a complete part: the next extension, "=" where `on_equals` allows it, or the line end.
    Place between(char c, Place on_blank, Place on_equals) const
    {
        if (c == ';')
            return Place::name_start;
        if (c == '\r')
            return Place::cr;
        if (c == '=')
            return on_equals;
        return is_blank(c) && blanks_ == ChunkBlanks::tolerated ? on_blank : Place::bad;
    }

    Place start(char c, Place on_blank, Place on_token) const
    {
        if (is_token_char(c))
            return on_token;
        return is_blank(c) && blanks_ == ChunkBlanks::tolerated ? on_blank : Place::bad;
    }

    ChunkBlanks blanks_;
    Place place_ = Place::digits;
    std::uint64_t size_ = 0;
    std::size_t digits_ = 0;
};

} // namespace

ChunkLine read_chunk_line(std::string_view input, ChunkBlanks blanks)
{
    constexpr std::size_t line_end = 2;
    LineReader reader{blanks};
    for (std::size_t i = 0; i < input.size(); ++i) {
        reader.read(input[i]);
        if (reader.place() == Place::bad || i >= limits::chunk_line_size + line_end)
            return {ChunkLine::Kind::bad};
        if (reader.place() == Place::end)
            return {ChunkLine::Kind::done, reader.size(), i + 1, i + 1 - line_end - reader.digits()};
    }
    return {};
}

bool is_trailer_line(std::string_view line)
{
    auto const colon = line.find(':');
    if (colon == line.npos || !is_token(line.substr(0, colon)))
        return false;
    auto const name = field_name(line.substr(0, colon));
    if (name == FieldName::content_length || name == FieldName::transfer_encoding)
        return false;
    auto const value = line.substr(colon + 1);
    return std::all_of(value.begin(), value.end(), is_value_char);
}

} // namespace gatehouse::http1
