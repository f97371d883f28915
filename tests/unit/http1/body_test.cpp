// HOSTILE catalogue 2.2: the syntax of chunked bodies; and the other framings.
#include "hostile_case.hpp"

#include "proxy/http1/body.hpp"

namespace gatehouse::http1 {
namespace {

using namespace std::string_literals;
using Side = BodyReader::Side;

struct Outcome {
    std::string data;
    Refusal refusal = Refusal::none;
    bool done = false;
    std::size_t consumed = 0;
};

/// Feeds `bytes` as a network would, `step` more bytes at a time, keeping what was not consumed.
Outcome read_body(BodyReader reader, std::string_view bytes, std::size_t step)
{
    Outcome outcome;
    std::size_t seen = 0;
    while (!outcome.done && outcome.refusal == Refusal::none) {
        auto const piece = reader.next(bytes.substr(outcome.consumed, seen - outcome.consumed));
        outcome.data += piece.data;
        outcome.consumed += piece.consumed;
        outcome.refusal = piece.refusal;
        outcome.done = piece.done;
        if (piece.consumed != 0 || piece.done)
            continue;
        if (seen == bytes.size())
            break;
        seen = std::min(seen + step, bytes.size());
    }
    return outcome;
}

Outcome read_chunked(Side side, std::string_view bytes, std::size_t step)
{
    return read_body(BodyReader{Framing::chunked, 0, side}, bytes, step);
}

class ChunkedBody : public testing::TestWithParam<HostileCase> { };

TEST_P(ChunkedBody, IsDecidedHoweverItArrives)
{
    auto const& row = GetParam();
    for (std::size_t const step : {std::size_t{1}, std::size_t{7}, row.bytes.size() + 1}) {
        auto const outcome = read_chunked(Side::request, row.bytes, step);
        EXPECT_EQ(to_text(outcome.refusal), to_text(row.refusal)) << step;
        EXPECT_EQ(outcome.done, row.refusal == Refusal::none) << step;
    }
}

std::string repeated(std::size_t count, std::string const& text)
{
    std::string all;
    all.reserve(count * text.size());
    for (std::size_t i = 0; i < count; ++i)
        all += text;
    return all;
}

HostileCase const cases[]{
    {47, "size with 0x", "0x5\r\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {47, "size with plus", "+5\r\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {47, "size with minus", "-1\r\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {47, "size with underscore", "5_0\r\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {47, "size with letters behind", "5Z\r\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {47, "size empty", "\r\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {48, "leading space", " 5\r\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {49, "trailing space", "5 \r\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {49, "trailing tab", "5\t\r\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {50, "17 digits", "10000000000000005\r\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {50, "16 digits of f", "ffffffffffffffff\r\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {51, "200 leading zeros", std::string(200, '0') + "5\r\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {51, "16 digits with leading zeros", "0000000000000005\r\nhello\r\n0\r\n\r\n", Refusal::none},
    {52, "size line ended by LF", "5\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {52, "size line ended by CR", "5\rhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {53, "data ended by LF", "5\r\nhello\n0\r\n\r\n", Refusal::bad_chunk},
    {54, "data followed by other bytes", "5\r\nhelloXX0\r\n\r\n", Refusal::bad_chunk},
    {54, "data longer than its size", "3\r\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {55, "extension with LF", "5;a\nb\r\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {56, "extension with CR", "5;a\rb\r\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {56, "CR CR before the semicolon", "5\r\r;a\r\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {57, "extension with NUL", "5;a\0b\r\nhello\r\n0\r\n\r\n"s, Refusal::bad_chunk},
    {57, "quoted extension with NUL", "5;a=\"\0\"\r\nhello\r\n0\r\n\r\n"s, Refusal::bad_chunk},
    {58, "bare semicolon", "5;\r\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {58, "two semicolons", "5;;a\r\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {58, "value without name", "5;=a\r\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {58, "name with empty value", "5;a=\r\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {59, "unclosed quote", "5;a=\"b\r\n", Refusal::bad_chunk},
    {60, "quoted CR LF", "5;a=\"\r\n\"\r\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {61, "64 KiB extension", "5;a=" + std::string(65536, 'x') + "\r\nhello\r\n0\r\n\r\n", Refusal::bad_chunk},
    {61, "17 KiB of extensions in all", repeated(18, "5;a=" + std::string(960, 'x') + "\r\nhello\r\n") + "0\r\n\r\n",
        Refusal::bad_chunk},
    {61, "15 KiB of extensions in all", repeated(15, "5;a=" + std::string(960, 'x') + "\r\nhello\r\n") + "0\r\n\r\n",
        Refusal::none},
    {62, "one byte chunks with 100 bytes each", repeated(1000, "1;" + std::string(99, 'x') + "\r\nz\r\n") + "0\r\n\r\n",
        Refusal::bad_chunk},
    {64, "extensions of every kind", "5;a\r\nhello\r\n1;a=b;c=\"d \\\" e\"\r\nx\r\n0;z\r\n\r\n", Refusal::none},
    {65, "line without colon behind the last chunk", "0\r\nnonsense\r\n\r\n", Refusal::bad_trailer},
    {66, "trailer with a length", "0\r\nContent-Length: 5\r\n\r\n", Refusal::bad_trailer},
    {66, "trailer with a coding", "0\r\ntransfer-encoding: chunked\r\n\r\n", Refusal::bad_trailer},
    {67, "trailer with routing fields is dropped",
        "0\r\nHost: b.example\r\nAuthorization: x\r\nCookie: y\r\nProxy-Authorization: z\r\n\r\n", Refusal::none},
    {68, "unknown trailer is dropped", "5\r\nhello\r\n0\r\nX-Checksum: 1\r\n\r\n", Refusal::none},
    {69, "trailer of 1 MiB", "0\r\nX: " + std::string(1 << 20, 'a') + "\r\n\r\n", Refusal::bad_trailer},
    {69, "trailer of 10000 lines", "0\r\n" + repeated(10000, "a:b\r\n") + "\r\n", Refusal::bad_trailer},
    {69, "trailer of 32 lines", "0\r\n" + repeated(32, "a:b\r\n") + "\r\n", Refusal::none},
    {69, "trailer of 33 lines", "0\r\n" + repeated(33, "a:b\r\n") + "\r\n", Refusal::bad_trailer},
    {72, "zero chunk with three zeros", "5\r\nhello\r\n000\r\n\r\n", Refusal::none},
    {0, "folded trailer", "0\r\nX: a\r\n b\r\n\r\n", Refusal::bad_trailer},
    {0, "trailer with space before colon", "0\r\nX : a\r\n\r\n", Refusal::bad_trailer},
    {0, "trailer with LF", "0\r\nX: a\n\r\n", Refusal::bad_trailer},
    {0, "trailer with CR", "0\r\nX: a\rb\r\n\r\n", Refusal::bad_trailer},
    {0, "trailer with NUL", "0\r\nX: a\0b\r\n\r\n"s, Refusal::bad_trailer},
    {0, "body ended by LF", "0\r\n\n", Refusal::bad_trailer},
    {0, "upper and lower case sizes", "A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", Refusal::none},
};

INSTANTIATE_TEST_SUITE_P(Hostile, ChunkedBody, testing::ValuesIn(cases), case_name);

TEST(ChunkedBodyData, ComesWithoutTheSendersSyntax)
{
    std::string const bytes = "5;a=b\r\nhello\r\n01\r\n \r\n5\r\nworld\r\n00\r\nX: y\r\n\r\nGET /";
    for (std::size_t step = 1; step < bytes.size(); ++step) {
        auto const outcome = read_chunked(Side::request, bytes, step);
        EXPECT_EQ(outcome.data, "hello world") << step;
        EXPECT_TRUE(outcome.done) << step;
        EXPECT_EQ(bytes.substr(outcome.consumed), "GET /") << step; // catalogue line 71: the rest is the next request's
    }
}

TEST(ChunkedBodyData, OfAResponseMayHaveBlanksInTheSizeLine) // catalogue line 49
{
    for (std::string_view const bytes : {"5 \r\nhello\r\n0\t \r\n\r\n", "5 ; a = b \r\nhello\r\n0\r\n\r\n"}) {
        auto const outcome = read_chunked(Side::response, bytes, 3);
        EXPECT_EQ(to_text(outcome.refusal), "none") << bytes;
        EXPECT_EQ(outcome.data, "hello");
    }
    for (std::string_view const bytes : {" 5\r\nhello\r\n0\r\n\r\n", "5 5\r\n", "5;a b\r\n", "5;a=b c\r\n", "5 =a\r\n"})
        EXPECT_EQ(read_chunked(Side::response, bytes, 3).refusal, Refusal::bad_chunk) << bytes;
}

TEST(ChunkedBodyData, IsIncompleteWithoutItsLastChunk) // catalogue line 70
{
    BodyReader reader{Framing::chunked, 0, Side::request};
    EXPECT_EQ(reader.next("5\r\nhello\r\n").data, "hello");
    EXPECT_FALSE(reader.done());
    EXPECT_FALSE(reader.finish());
}

TEST(ChunkedBodyData, OfManyOneByteChunksIsReadFlat) // catalogue line 63
{
    constexpr std::size_t count = 1'000'000;
    auto const bytes = repeated(count, "1\r\nz\r\n") + "0\r\n\r\n";
    auto const outcome = read_chunked(Side::request, bytes, bytes.size());
    EXPECT_TRUE(outcome.done);
    EXPECT_EQ(outcome.data.size(), count);
}

TEST(ChunkedBodyData, MayNotBeDwarfedByItsSyntax) // catalogue line 62, by blanks that a response may hold
{
    auto const padded = repeated(10'000, "1" + std::string(98, ' ') + "\r\nz\r\n") + "0\r\n\r\n";
    EXPECT_EQ(read_chunked(Side::response, padded, padded.size()).refusal, Refusal::bad_chunk);
    auto const zeros = repeated(10'000, "0000000000000001\r\nz\r\n") + "0\r\n\r\n";
    EXPECT_TRUE(read_chunked(Side::response, zeros, zeros.size()).done);
}

TEST(BodyReader, CountsALength)
{
    BodyReader reader{Framing::length, 5, Side::request};
    EXPECT_EQ(reader.next("").consumed, 0U);
    auto piece = reader.next("hel");
    EXPECT_EQ(piece.data, "hel");
    EXPECT_FALSE(piece.done);
    EXPECT_FALSE(reader.finish());           // catalogue line 43
    piece = reader.next("loGET / HTTP/1.1"); // catalogue line 44
    EXPECT_EQ(piece.data, "lo");
    EXPECT_EQ(piece.consumed, 2U);
    EXPECT_TRUE(piece.done);
    EXPECT_TRUE(reader.finish());
    EXPECT_EQ(reader.size(), 5U);
    EXPECT_EQ(reader.next("more").consumed, 0U);
}

TEST(BodyReader, ReadsToTheClose)
{
    BodyReader reader{Framing::until_close, 0, Side::response};
    EXPECT_EQ(reader.next("hello").data, "hello");
    EXPECT_FALSE(reader.done());
    EXPECT_TRUE(reader.finish());
}

TEST(BodyReader, IsDoneAtOnceWithoutBody)
{
    EXPECT_TRUE((BodyReader{Framing::none, 0, Side::request}.done()));
    EXPECT_TRUE((BodyReader{Framing::length, 0, Side::request}.done()));
    EXPECT_FALSE((BodyReader{Framing::chunked, 0, Side::request}.done()));
}

TEST(ChunkHeader, IsCanonical)
{
    std::string out;
    for (std::size_t const size : {1UL, 15UL, 16UL, 65536UL, ~0UL})
        append_chunk_header(out, size);
    EXPECT_EQ(out, "1\r\nf\r\n10\r\n10000\r\nffffffffffffffff\r\n");
}

TEST(Trailers, AreKeptIfAskedForAndOnlyThoseThatMayBe)
{
    auto const text
        = "1\r\nx\r\n0\r\nGrpc-Status: 0\r\nSet-Cookie: a=b\r\ncontent_type: x\r\nAge: 1\r\nContent-MD5: z\r\nChecksum: 1\r\n\r\n"s;
    BodyReader keeping(Framing::chunked, 0, Side::response);
    keeping.keep_trailers();
    EXPECT_TRUE(keeping.next(text).done || keeping.next("").done);
    EXPECT_EQ(keeping.trailers(), "Grpc-Status: 0\r\nChecksum: 1\r\n");
    BodyReader dropping(Framing::chunked, 0, Side::response);
    EXPECT_TRUE(dropping.next(text).done || dropping.next("").done);
    EXPECT_EQ(dropping.trailers(), "");
}

} // namespace
} // namespace gatehouse::http1
