// The grammar of heads against Beast's: the same verdict and the same views for heads that were changed at random.
#include "proxy/http1/syntax.hpp"

#include "beast_syntax.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <random>

namespace gatehouse::http1 {
namespace {

constexpr int rounds = 60'000;

std::string_view const request_heads[]{
    "GET http://a.example/path?q=1 HTTP/1.1\r\nHost: a.example\r\nAccept: text/html;q=0.9, */*\r\nConnection: keep-alive, "
    "te\r\n\r\n",
    "POST / HTTP/1.0\r\nContent-Length: 5, 5\r\nContent-Length: 5\r\nX-Long-Value: 0123456789abcdefghijklmnopqrstuvwxyz\r\n\r\n",
    "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\nProxy-Connection: close\r\nUpgrade: websocket\r\n\r\n",
    "CONNECT a.example:443 HTTP/1.1\r\nhOsT:\ta.example:443 \t\r\ncontent-length: 18446744073709551615\r\nEmpty:\r\n\r\n",
};
std::string_view const response_heads[]{
    "HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 1024, 1024\r\nETag: \"0123456789abcdef\"\r\nConnection: "
    "keep-alive\r\n\r\n",
    "HTTP/1.0 404 \r\nContent-Type: text/html; charset=\xc3\xa9\r\nConnection: close\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nTransfer-Encoding: chunked\r\n\r\n",
};
/// What is put in somewhere.
std::string_view const pieces[]{" ", "\t", ",", ":", ";", "=", "\"", "0", "5", "+5", "-1", "a", "Z", "_", "(", "/", "\r", "\n",
    "\r\n", std::string_view{"\0", 1}, "\x01", "\x1f", "\x7f", "\x80", "\xff", "HTTP/1.1", "HTTP/2.0", "close", "keep-alive",
    "chunked", "\r\nContent-Length: 5", "\r\nContent-Length: 05", "\r\nContent-Length: 6",
    "\r\nContent-Length:", "\r\nTransfer-Encoding: chunked", "\r\nTransfer-Encoding: identity", "\r\nConnection: a b",
    "\r\nConnection: ,a,,b ,", "\r\nX: y"};

class Mutator {
public:
    std::string changed(std::string_view head)
    {
        std::string text{head};
        for (std::size_t times = below(4); times > 0; --times) {
            auto const at = below(text.size());
            if (below(3) == 0)
                text.erase(at, 1 + below(3));
            else
                text.insert(at, pieces[below(std::size(pieces))]);
        }
        return text;
    }
    std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>{0, limit - 1}(random_); }

private:
    std::mt19937 random_{20261129};
};

/// One head and nothing behind it, without folded lines: what the callers of the grammar hand in.
bool is_one_head(std::string_view text)
{
    auto const end = text.find("\r\n\r\n");
    return end + 4 == text.size() && text.find("\n ") == text.npos && text.find("\n\t") == text.npos && !text.starts_with("\r\n");
}

/// The text that a view covers, and where.
std::string place(std::string_view view, std::string_view whole)
{
    return view.empty() ? std::string{} : std::to_string(view.data() - whole.data()) + ":" + std::string{view};
}

std::size_t framing_fields(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    std::size_t count = 0;
    for (std::string_view const name : {"\r\ncontent-length:", "\r\ntransfer-encoding:"})
        for (auto at = text.find(name); at != text.npos; at = text.find(name, at + 1))
            ++count;
    return count;
}

/// Beast leaves some pairs of framing fields to the gate behind it, which refuses them; we say so at once.
Refusal expected(Refusal ours, Refusal theirs, std::string const& text)
{
    return ours == Refusal::framing_conflict && framing_fields(text) > 1 ? Refusal::framing_conflict : theirs;
}

std::string fields_of(auto const& head, std::string_view whole)
{
    std::string text;
    for (auto const& field : head.fields())
        text += place(field.name, whole) + "=" + place(field.value, whole) + "\n";
    return text;
}

TEST(RequestSyntax, IsWhatBeastReads)
{
    Mutator mutator;
    int accepted = 0;
    for (int round = 0; round < rounds; ++round) {
        auto const text = mutator.changed(request_heads[mutator.below(std::size(request_heads))]);
        if (!is_one_head(text))
            continue;
        RequestHead ours, theirs;
        auto const refusal = parse_request_syntax(text, ours);
        auto const reference = BeastSyntax<true, RequestHead>{theirs}.parse(text);
        ASSERT_EQ(to_text(refusal), to_text(expected(refusal, reference, text))) << testing::PrintToString(text);
        if (refusal != Refusal::none)
            continue;
        ++accepted;
        ASSERT_EQ(place(ours.method, text), place(theirs.method, text));
        ASSERT_EQ(place(ours.target, text), place(theirs.target, text));
        ASSERT_EQ(ours.minor_version, theirs.minor_version);
        ASSERT_EQ(fields_of(ours, text), fields_of(theirs, text));
    }
    EXPECT_GT(accepted, rounds / 5);
}

TEST(ResponseSyntax, IsWhatBeastReads)
{
    Mutator mutator;
    int accepted = 0;
    for (int round = 0; round < rounds; ++round) {
        auto const text = mutator.changed(response_heads[mutator.below(std::size(response_heads))]);
        if (!is_one_head(text))
            continue;
        ResponseHead ours, theirs;
        auto const refusal = parse_response_syntax(text, ours);
        auto const reference = BeastSyntax<false, ResponseHead>{theirs}.parse(text);
        ASSERT_EQ(to_text(refusal), to_text(expected(refusal, reference, text))) << testing::PrintToString(text);
        if (refusal != Refusal::none)
            continue;
        ++accepted;
        ASSERT_EQ(ours.status, theirs.status);
        ASSERT_EQ(place(ours.reason, text), place(theirs.reason, text));
        ASSERT_EQ(ours.minor_version, theirs.minor_version);
        ASSERT_EQ(fields_of(ours, text), fields_of(theirs, text));
    }
    EXPECT_GT(accepted, rounds / 5);
}

TEST(Fields, KnowTheirMeaningOnceRead)
{
    RequestHead head;
    ASSERT_EQ(parse_request_syntax("GET / HTTP/1.1\r\nhOST: a\r\nVia: 1.1 b\r\nX-Other: c\r\n\r\n", head), Refusal::none);
    EXPECT_EQ(head.fields()[0].meaning, FieldName::host);
    EXPECT_EQ(head.fields()[1].meaning, FieldName::via);
    EXPECT_EQ(head.fields()[2].meaning, FieldName::other);
}

} // namespace
} // namespace gatehouse::http1
