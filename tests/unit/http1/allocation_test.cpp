// The request path of this folder takes no memory from the heap; neither does the response path for well-formed heads.
#include "hostile_case.hpp"

#include "proxy/http1/body.hpp"
#include "proxy/http1/forward.hpp"
#include "proxy/http1/target.hpp"

#include <cstdlib>
#include <new>

namespace {

std::size_t allocations = 0;

void* count_and_allocate(std::size_t size)
{
    ++allocations;
    if (void* const memory = std::malloc(size == 0 ? 1 : size))
        return memory;
    throw std::bad_alloc{};
}

} // namespace

void* operator new(std::size_t size)
{
    return count_and_allocate(size);
}

void* operator new[](std::size_t size)
{
    return count_and_allocate(size);
}

void operator delete(void* memory) noexcept
{
    std::free(memory);
}

void operator delete[](void* memory) noexcept
{
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept
{
    std::free(memory);
}

void operator delete[](void* memory, std::size_t) noexcept
{
    std::free(memory);
}

namespace gatehouse::http1 {
namespace {

TEST(Allocation, IsAbsentFromTheRequestPath)
{
    std::string fields
        = "Connection: keep-alive, X-Hop\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\nVia: 1.1 other\r\n";
    for (int i = 0; i < 40; ++i)
        fields += "X-Field-" + std::to_string(i) + ": some value that is longer than any small buffer would be\r\n";
    auto const bytes = post(fields);
    std::string out;
    out.reserve(2 * bytes.size());
    RequestHead head;
    auto const before = allocations;
    auto const status = read_request_head(bytes, head);
    auto const resolved = resolve_target(head);
    bool const loop = is_loop(head, "gatehouse");
    append_request_head(out, head, resolved.target, {});
    BodyReader reader{head.framing, 0, BodyReader::Side::request};
    auto const piece = reader.next("5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n");
    append_chunk_header(out, piece.data.size());
    auto const after = allocations;
    EXPECT_EQ(after - before, 0U);
    EXPECT_EQ(status.kind, HeadStatus::Kind::done);
    EXPECT_EQ(resolved.refusal, Refusal::none);
    EXPECT_FALSE(loop);
    EXPECT_TRUE(piece.done);
}

TEST(Allocation, IsAbsentFromRefusals)
{
    std::string const rows[]{
        post("Content-Length: 5, 5\r\n"), get("X : y\r\n"), get("X: a\r\n b\r\n"), "\x16\x03", get("Host: b\r\n")};
    for (auto const& row : rows) {
        RequestHead head;
        auto const before = allocations;
        auto const status = read_request_head(row, head);
        auto const after = allocations;
        EXPECT_EQ(after - before, 0U) << row;
        EXPECT_EQ(status.kind, HeadStatus::Kind::refused) << row;
    }
}

TEST(Allocation, IsAbsentFromWellFormedResponses)
{
    std::string_view const bytes = "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 123456\r\n\r\n";
    std::string out;
    out.reserve(1024);
    std::string scratch;
    unsigned deviations = 0;
    ResponseHead head;
    auto const before = allocations;
    auto const status = read_response_head(bytes, {}, head, scratch, deviations);
    append_response_head(out, head, {});
    append_own_response(out, {403, "text/html", "no", "id", "", true, false});
    auto const after = allocations;
    EXPECT_EQ(after - before, 0U);
    EXPECT_EQ(status.kind, HeadStatus::Kind::done);
}

} // namespace
} // namespace gatehouse::http1
