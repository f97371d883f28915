// Every limit at its value, one above and far above.
#include "hostile_case.hpp"

#include "proxy/http1/body.hpp"

namespace gatehouse::http1 {
namespace {

Refusal request_refusal(std::string_view bytes)
{
    RequestHead head;
    return read_request_head(bytes, head).refusal;
}

Refusal response_refusal(std::string_view bytes)
{
    ResponseHead head;
    std::string scratch;
    unsigned deviations = 0;
    return read_response_head(bytes, {}, head, scratch, deviations).refusal;
}

Refusal body_refusal(std::string_view bytes)
{
    BodyReader reader{Framing::chunked, 0, BodyReader::Side::request};
    for (;;) {
        auto const piece = reader.next(bytes);
        if (piece.refusal != Refusal::none || piece.done || piece.consumed == 0)
            return piece.refusal;
        bytes.remove_prefix(piece.consumed);
    }
}

std::string repeated(std::size_t count, std::string const& text)
{
    std::string all;
    for (std::size_t i = 0; i < count; ++i)
        all += text;
    return all;
}

std::string with_method(std::size_t size)
{
    return std::string(size, 'A') + " http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n";
}

std::string with_target(std::size_t size)
{
    std::string const start = "http://a.example/";
    return "GET " + start + std::string(size - start.size(), 'a') + " HTTP/1.1\r\nHost: a.example\r\n\r\n";
}

std::string with_size(std::size_t size)
{
    auto const rest = get("X: \r\n").size();
    return get("X: " + std::string(size - rest, 'a') + "\r\n");
}

std::string with_fields(std::size_t count)
{
    return get(repeated(count - 1, "a:b\r\n")); // and Host
}

std::string response_with_size(std::size_t size)
{
    std::string const start = "HTTP/1.1 200 OK\r\nX: ";
    return start + std::string(size - start.size() - 4, 'a') + "\r\n\r\n";
}

std::string response_with_fields(std::size_t count)
{
    return "HTTP/1.1 200 OK\r\n" + repeated(count, "a:b\r\n") + "\r\n";
}

std::string with_empty_lines(std::size_t count)
{
    return repeated(count, "\r\n") + get("");
}

std::string with_chunk_line(std::size_t size)
{
    return "1;" + std::string(size - 2, 'a') + "\r\nz\r\n0\r\n\r\n";
}

std::string with_chunk_digits(std::size_t count)
{
    return std::string(count - 1, '0') + "1\r\nz\r\n0\r\n\r\n";
}

std::string with_extensions(std::size_t total)
{
    constexpr std::size_t each = 512;
    std::string body;
    for (std::size_t left = total; left != 0; left -= std::min(left, each))
        body += "1;" + std::string(std::min(left, each) - 1, 'a') + "\r\nz\r\n";
    return body + "0\r\n\r\n";
}

std::string with_trailer_size(std::size_t size)
{
    return "0\r\nX:" + std::string(size - 4, 'a') + "\r\n\r\n";
}

std::string with_trailers(std::size_t count)
{
    return "0\r\n" + repeated(count, "a:b\r\n") + "\r\n";
}

TEST(Limits, HoldAtTheLimitOneAboveAndFarAbove)
{
    struct {
        char const* name;
        std::string (*make)(std::size_t);
        Refusal (*refusal)(std::string_view);
        std::size_t limit;
        Refusal at, above;
    } const rows[]{
        {"method_size", with_method, request_refusal, limits::method_size, Refusal::method_not_implemented,
            Refusal::method_too_long},
        {"target_size", with_target, request_refusal, limits::target_size, Refusal::none, Refusal::target_too_long},
        {"head_size", with_size, request_refusal, limits::head_size, Refusal::none, Refusal::head_too_large},
        {"field_count", with_fields, request_refusal, limits::field_count, Refusal::none, Refusal::too_many_fields},
        {"empty_lines", with_empty_lines, request_refusal, limits::empty_lines_before_request, Refusal::none, Refusal::syntax},
        {"response_head_size", response_with_size, response_refusal, limits::response_head_size, Refusal::none,
            Refusal::bad_response},
        {"response_field_count", response_with_fields, response_refusal, limits::response_field_count, Refusal::none,
            Refusal::bad_response},
        {"chunk_line_size", with_chunk_line, body_refusal, limits::chunk_line_size, Refusal::none, Refusal::bad_chunk},
        {"chunk_size_digits", with_chunk_digits, body_refusal, limits::chunk_size_digits, Refusal::none, Refusal::bad_chunk},
        {"chunk_extension_total", with_extensions, body_refusal, limits::chunk_extension_total, Refusal::none,
            Refusal::bad_chunk},
        {"trailer_size", with_trailer_size, body_refusal, limits::trailer_size, Refusal::none, Refusal::bad_trailer},
        {"trailer_count", with_trailers, body_refusal, limits::trailer_count, Refusal::none, Refusal::bad_trailer},
    };
    for (auto const& row : rows) {
        EXPECT_EQ(to_text(row.refusal(row.make(row.limit))), to_text(row.at)) << row.name;
        EXPECT_EQ(to_text(row.refusal(row.make(row.limit + 1))), to_text(row.above)) << row.name;
        EXPECT_EQ(to_text(row.refusal(row.make(row.limit * 100))), to_text(row.above)) << row.name;
    }
}

TEST(Limits, HoldForADeclaredBodySize)
{
    auto const with_length = [](std::uint64_t length) { return post("Content-Length: " + std::to_string(length) + "\r\n"); };
    EXPECT_EQ(request_refusal(with_length(limits::body_size)), Refusal::none);
    EXPECT_EQ(request_refusal(with_length(limits::body_size + 1)), Refusal::body_too_large);
}

} // namespace
} // namespace gatehouse::http1
