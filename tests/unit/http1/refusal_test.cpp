#include "proxy/http1/head.hpp"

#include <gtest/gtest.h>

#include <set>

namespace gatehouse::http1 {
namespace {

TEST(Refusal, HasItsOwnTextAndStatus)
{
    struct {
        Refusal refusal;
        std::string_view text;
        unsigned status;
    } const rows[]{
        {Refusal::syntax, "syntax", 400},
        {Refusal::not_http, "not-http", 400},
        {Refusal::version_not_supported, "version-not-supported", 505},
        {Refusal::target_too_long, "target-too-long", 414},
        {Refusal::head_too_large, "head-too-large", 431},
        {Refusal::too_many_fields, "too-many-fields", 431},
        {Refusal::framing_conflict, "framing-conflict", 400},
        {Refusal::unsupported_transfer_coding, "unsupported-transfer-coding", 501},
        {Refusal::body_too_large, "body-too-large", 413},
        {Refusal::expectation_failed, "expectation-failed", 417},
        {Refusal::method_not_allowed, "method-not-allowed", 405},
        {Refusal::method_not_implemented, "method-not-implemented", 501},
        {Refusal::too_many_hops, "too-many-hops", 508},
        {Refusal::bad_response, "bad-response", 502},
    };
    for (auto const& row : rows) {
        EXPECT_EQ(to_text(row.refusal), row.text);
        EXPECT_EQ(status_of(row.refusal), row.status);
    }
}

TEST(Refusal, TextsAreDistinct)
{
    std::set<std::string_view> texts;
    constexpr auto last = static_cast<unsigned>(Refusal::bad_response);
    for (unsigned i = 0; i <= last; ++i)
        texts.insert(to_text(static_cast<Refusal>(i)));
    EXPECT_EQ(texts.size(), last + 1);
}

} // namespace
} // namespace gatehouse::http1
