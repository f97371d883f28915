#include "proxy/mail/mailer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::mail {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

TEST(Mailer, WritesAMailThatNoMachineAnswers)
{
    std::chrono::sys_seconds const now{std::chrono::seconds{1795516800}}; // 2026-11-24T10:40:00Z
    auto const text
        = to_text({{"a@school.example", "b@school.example"}, "Gatehouse: a request waits", "Somebody asked.\n\nSign in.\n"},
            "gate@school.example", now, "id@school.example");
    EXPECT_THAT(text, HasSubstr("Date: Tue, 24 Nov 2026 10:40:00 +0000\r\n"));
    EXPECT_THAT(text, HasSubstr("From: Gatehouse <gate@school.example>\r\n"));
    EXPECT_THAT(text, HasSubstr("To: a@school.example, b@school.example\r\n"));
    EXPECT_THAT(text, HasSubstr("Message-ID: <id@school.example>\r\n"));
    EXPECT_THAT(text, HasSubstr("Auto-Submitted: auto-generated\r\n"));
    EXPECT_THAT(text, EndsWith("\r\n\r\nSomebody asked.\r\n\r\nSign in.\r\n"));
    EXPECT_THAT(text, Not(testing::ContainsRegex("[^\r]\n")));
}

TEST(Mailer, SaysWhyNothingWasSent)
{
    std::atomic<bool> const never = false;
    Mail settings;
    settings.server = "smtp://127.0.0.1:1";
    settings.from = "gate@school.example";
    settings.needs_tls = false;
    EXPECT_NE(send(settings, {{"a@school.example"}, "x", "y\n"}, {}, never), "");
    EXPECT_NE(check(settings), "");
    settings.server = "file:///etc/passwd";
    EXPECT_THAT(check(settings), HasSubstr("rotocol"));
}

} // namespace
} // namespace gatehouse::mail
