#include "proxy/portal/multipart.hpp"

#include "proxy/portal/limits.hpp"

#include <gtest/gtest.h>

namespace gatehouse::portal {
namespace {

std::string part(std::string const& head, std::string const& content)
{
    return "--b1\r\n" + head + "\r\n\r\n" + content + "\r\n";
}

std::string field(std::string const& name, std::string const& content)
{
    return part("Content-Disposition: form-data; name=\"" + name + "\"", content);
}

std::string file(std::string const& name, std::string const& content, std::string const& type = "\r\nContent-Type: text/plain")
{
    return part("Content-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"" + type, content);
}

TEST(ParseMultipart, ReadsWhatBrowsersSend)
{
    auto const form = parse_multipart(field("csrf", "abc") + field("reason", "two\r\nlines \xc3\xa9") + field("empty", "")
            + file("my \xc3\xa9 list%22.txt", std::string("a\r\n--b\r\n\0\xff", 10))
            + file("", "", "\r\nContent-Type: application/octet-stream") + "--b1--\r\n",
        "b1");
    ASSERT_TRUE(form);
    EXPECT_EQ(form->fields, (Fields{{"csrf", "abc"}, {"reason", "two\nlines \xc3\xa9"}, {"empty", ""}}));
    ASSERT_EQ(form->files.size(), 1u) << "a field for a file that nobody chose is none";
    EXPECT_EQ(form->files.front().field, "file");
    EXPECT_EQ(form->files.front().name, "my \xc3\xa9 list%22.txt");
    EXPECT_EQ(form->files.front().bytes, std::string("a\r\n--b\r\n\0\xff", 10)) << "bytes stay as they are";
    EXPECT_TRUE(parse_multipart(field("a", "1") + "--b1--", "b1")) << "without the last line's end";
    EXPECT_TRUE(parse_multipart(part("content-disposition:form-data;name=\"a\"", "1") + "--b1--", "b1"));
    EXPECT_TRUE(parse_multipart("--b1--\r\n", "b1")->fields.empty());
}

TEST(ParseMultipart, RefusesWhatIsBroken)
{
    std::string const good = field("a", "1"), end = "--b1--\r\n";
    for (std::string const& bad : {std::string(), std::string("a=1"), good, good + "--b1", good + "--b1\r\n",
             "preamble\r\n" + good + end, "\r\n" + good + end, good + end + "epilogue", good + end + end,
             good + "--b1 \r\n" + good + end, "--b1\n" + good.substr(6) + end, part("", "1") + end,
             part("Content-Disposition: form-data", "1") + end, part("Content-Disposition: form-data; filename=\"x\"", "1") + end,
             part("Content-Disposition: attachment; name=\"a\"", "1") + end,
             part("Content-Disposition: form-data; name=a", "1") + end,
             part("Content-Disposition: form-data; name=\"a", "1") + end,
             part("Content-Disposition: form-data; name=\"a\"; name=\"b\"", "1") + end,
             part("Content-Disposition: form-data; name=\"a\"; filename*=\"x\"", "1") + end,
             part("Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"", "1") + end,
             part("Content-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64", "MQ==") + end,
             part("Content-Type: text/plain", "1") + end, part("no colon", "1") + end, field("a", std::string("\0", 1)) + end,
             field("a", "\xff") + end, field("\xff", "1") + end, field("a", "x\r\n--b1y") + end})
        EXPECT_FALSE(parse_multipart(bad, "b1")) << bad;
}

TEST(ParseMultipart, HasLimits)
{
    auto const many = [](std::size_t count, std::string const& one) {
        std::string body;
        for (std::size_t i = 0; i < count; ++i)
            body += one;
        return parse_multipart(body + "--b1--", "b1");
    };
    EXPECT_TRUE(many(most_fields, field("a", "1")));
    EXPECT_FALSE(many(most_fields + 1, field("a", "1")));
    EXPECT_TRUE(many(most_files, file("x", "1")));
    EXPECT_FALSE(many(most_files + 1, file("x", "1")));
    auto const fixed = file("", "1").find("\r\n\r\n") - 6;
    EXPECT_TRUE(many(1, file(std::string(longest_part_head - fixed - 4, 'n'), "1")));
    EXPECT_FALSE(many(1, file(std::string(longest_part_head - fixed - 3, 'n'), "1")));
}

TEST(BoundaryOf, TakesWhatTheStandardAllows)
{
    EXPECT_EQ(boundary_of("multipart/form-data; boundary=----WebKitFormBoundaryAbC09"), "----WebKitFormBoundaryAbC09");
    EXPECT_EQ(boundary_of("Multipart/Form-Data;Boundary=\"a b\""), "a b");
    EXPECT_EQ(boundary_of("multipart/form-data; boundary=" + std::string(70, 'x')), std::string(70, 'x'));
    for (std::string const& bad : {std::string("multipart/form-data"), std::string("multipart/form-data; boundary="),
             std::string("multipart/form-data; boundary=\"\""), std::string("multipart/mixed; boundary=a"),
             std::string("multipart/form-data; charset=x; boundary=a"), std::string("multipart/form-data; boundary=a;b"),
             std::string("multipart/form-data; boundary=\"a \""), "multipart/form-data; boundary=" + std::string(71, 'x')})
        EXPECT_FALSE(boundary_of(bad)) << bad;
}

} // namespace
} // namespace gatehouse::portal
