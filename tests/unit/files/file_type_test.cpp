#include "proxy/files/file_type.hpp"

#include <gtest/gtest.h>

namespace gatehouse::files {
namespace {

using namespace std::string_view_literals;

TEST(FileType, MarksAreCertain)
{
    EXPECT_EQ(kind_by_first_bytes("MZ\x90\0"sv), FileKind::program);
    EXPECT_EQ(kind_by_first_bytes("\x89PNG\r\n\x1a\n\0"sv), FileKind::image);
    EXPECT_EQ(kind_by_first_bytes("RIFF\x10\0\0\0WEBPVP8 "sv), FileKind::image);
    EXPECT_EQ(kind_by_first_bytes("\0\0\0\x1c"
                                  "ftypavif"sv),
        FileKind::image);
    EXPECT_EQ(kind_by_first_bytes("\0\0\0\x1c"
                                  "ftypisom"sv),
        FileKind::video);
    EXPECT_EQ(kind_by_first_bytes("%PDF-1.7\n\xe2\xe3"sv), FileKind::document);
}

TEST(FileType, AProgramStaysOneWhateverStandsFurtherOn)
{
    for (auto const& [at, bytes] :
        {std::pair{8, "WEBP"sv}, {8, "WAVE"sv}, {8, "AVI "sv}, {4, "ftyp"sv}, {4, "styp"sv}, {4, "moof"sv}})
        for (auto const begins :
            {"MZ\0\0\0\0\0\0\0\0\0\0\0\0"sv, "\x7f\x45LF\2\1\1\0\0\0\0\0\0\0"sv, "PK\3\4\0\0\0\0\0\0\0\0\0\0"sv}) {
            auto file = std::string{begins};
            file.replace(static_cast<std::size_t>(at), bytes.size(), bytes);
            auto const kind = kind_by_first_bytes(file);
            EXPECT_TRUE(begins.starts_with("PK") ? !kind : kind == FileKind::program) << begins.substr(0, 4) << " with " << bytes;
        }
    EXPECT_EQ(kind_by_first_bytes("\0\1\0\x1c"
                                  "ftypisom"sv),
        std::nullopt)
        << "no such box is so long";
    EXPECT_EQ(kind_by_first_bytes("\0\1\0\x1c"
                                  "moof"sv),
        FileKind::video);
    EXPECT_EQ(kind_by_first_bytes("RIFF\x10\0\0\0AVI LIST"sv), FileKind::video);
    EXPECT_EQ(kind_by_first_bytes("GIF8\r\n@echo off\r\n"sv), FileKind::text);
    EXPECT_EQ(kind_by_first_bytes("GIF89a\1\0"sv), FileKind::image);
}

TEST(FileType, TextHasNoBytesThatTextCannotHave)
{
    EXPECT_EQ(kind_by_first_bytes(""), FileKind::text);
    EXPECT_EQ(kind_by_first_bytes("<!doctype html>\r\n\t\x0c\x1b"sv), FileKind::text);
    EXPECT_EQ(kind_by_first_bytes("\xc3\xa9t\xc3\xa9"), FileKind::text);
    EXPECT_EQ(kind_by_first_bytes("\xff\xfeW\0i\0n\0"sv), FileKind::text) << "UTF-16, as registry files are";
    EXPECT_EQ(kind_by_first_bytes("PK\3\4"sv), std::nullopt);
    EXPECT_EQ(kind_by_first_bytes(std::string(enough_for_text, 'x') + '\0'), FileKind::text);
    EXPECT_EQ(kind_by_first_bytes(std::string(enough_for_text - 1, 'x') + '\0'), std::nullopt);
}

TEST(FileType, TypesByNameAndFamily)
{
    EXPECT_EQ(kind_of_type("application/zip"), FileKind::archive);
    EXPECT_EQ(kind_of_type(" Application/PDF ; q=1"), FileKind::document);
    EXPECT_EQ(kind_of_type("application/vnd.openxmlformats-officedocument.wordprocessingml.document"), FileKind::document);
    EXPECT_EQ(kind_of_type("application/x-dosexec"), FileKind::program);
    EXPECT_EQ(kind_of_type("text/x-shellscript"), FileKind::script);
    EXPECT_EQ(kind_of_type("text/html"), FileKind::text);
    EXPECT_EQ(kind_of_type("video/mp4"), FileKind::video);
    EXPECT_EQ(kind_of_type(""), FileKind::other);
    EXPECT_EQ(kind_of_type("application/zipper"), FileKind::other);
}

TEST(FileType, NamesThatAComputerActsOn)
{
    EXPECT_EQ(kind_of_name("setup.exe"), FileKind::program);
    EXPECT_EQ(kind_of_name("Setup.EXE. ."), FileKind::program) << "Windows drops what is behind";
    EXPECT_EQ(kind_of_name("setup.exe%20"), FileKind::program);
    EXPECT_EQ(kind_of_name("holiday.jpg.vbs"), FileKind::script);
    EXPECT_EQ(kind_of_name("exe"), std::nullopt);
    EXPECT_EQ(kind_of_name("setup.exe.txt"), std::nullopt);
    EXPECT_EQ(kind_of_name("..."), std::nullopt);
    EXPECT_EQ(kind_of_name(""), std::nullopt);
}

TEST(FileType, EveryNameThatADownloadMayGetCounts)
{
    for (auto const* field : {"attachment; FileName = g.bat", "attachment; filename=\"a;b.bat\"; size=3",
             "attachment; filename=\"g.b\\at\"", "attachment; filename=\"../../dir/g.bat\"",
             "attachment; filename=\"C:\\dir\\g.bat\"", "attachment; filename=\"g.bat::$DATA\"",
             "attachment; filename*=UTF-8''g%2Ebat", "attachment; filename*=UTF-8''g.bat%E2%80%8B",
             "attachment; filename=\"g.bat\xe2\x80\xae. .\"", "attachment; filename*=bogus; filename=\"g.bat\"",
             "attachment; filename*=UTF-9''a.txt; filename=\"g.bat\"", "attachment; filename=a.txt; filename=\"g.bat\"",
             "attachment; filename=g.bat; filename=a.txt", "inline; filename=\"x.txt\"; filename*=UTF-8''g.bat",
             "attachment; filename*0=\"g.b\"; filename*1=\"at\"", "attachment; filename=\"=?UTF-8?B?Zy5iYXQ=?=\"",
             "attachment; filename=\"=?utf-8?q?g=2Eb?= =?utf-8?q?at?=\"", "attachment; x=\"a\\\\\"; filename=\"g.bat\""}) {
        auto const kinds = kinds_of_disposition(field);
        EXPECT_TRUE(kinds.has(FileKind::script)) << field;
    }
    for (auto const* field : {"", "attachment", "attachment; filename=bat", "attachment; filename=\"g.bat.txt\"; x=g.bat",
             "filename", "attachment; filename=\"=?UTF-8?B\"", "attachment; filename=\"=?\"", "attachment; filename=\"a\\",
             "attachment; filename*=%"})
        EXPECT_TRUE(kinds_of_disposition(field).empty()) << field;
}

TEST(FileType, TheLastPartOfAPathIsAName)
{
    for (auto const* path : {"/g.bat", "/a/g%2Ebat?x=/y.txt", "/a.txt/G.BAT", "/g.bat%E2%80%8B", "/g.bat;x=1", "/g.bat#x"})
        EXPECT_TRUE(kinds_of_path(path).has(FileKind::script)) << path;
    for (auto const* path : {"", "/", "/a?x=/g.bat", "/g.bat/", "/g.bat/page"})
        EXPECT_TRUE(kinds_of_path(path).empty()) << path;
}

TEST(FileType, NamesThatPagesLoadOrSpeakOfCountWhereAFileIsSaved)
{
    for (auto const* name : {"app.js", "app.mjs", "example.com", "school.url", "setup.inf", "my.application"}) {
        EXPECT_TRUE(kind_of_name(name)) << name;
        EXPECT_FALSE(kind_of_name(name, Saved::no)) << name;
        EXPECT_TRUE(kinds_of_path("/a/" + std::string{name}, Saved::no).empty()) << name;
        EXPECT_FALSE(kinds_of_path("/a/" + std::string{name}, Saved::yes).empty()) << name;
        EXPECT_TRUE(kinds_of_disposition("inline; filename=" + std::string{name}, Saved::no).empty()) << name;
        EXPECT_FALSE(kinds_of_disposition("attachment; filename=" + std::string{name}, Saved::yes).empty()) << name;
    }
    for (auto const* name : {"a.lnk", "a.scf", "a.reg", "a.vbs", "a.wsf", "a.cpl", "a.scr", "a.msi", "a.ps1", "a.hta", "a.msc",
             "a.chm", "a.searchconnector-ms", "a.SettingContent-ms", "a.webloc"})
        EXPECT_TRUE(kind_of_name(name, Saved::no)) << name;
}

TEST(FileType, WhatIsWhatItIsSaidToBeIsShown)
{
    constexpr std::string_view png = "\x89PNG\r\n\x1a\n";
    EXPECT_TRUE(is_shown("text/html", ""));
    EXPECT_TRUE(is_shown("Text/HTML; charset=utf-8", png));
    EXPECT_TRUE(is_shown("image/png", png));
    EXPECT_TRUE(is_shown("image/jpeg", png)) << "browsers show any picture as what it is";
    EXPECT_TRUE(is_shown("image/svg+xml", "<svg/>"));
    EXPECT_TRUE(is_shown("application/pdf", "%PDF-1.7"));
    EXPECT_FALSE(is_shown("application/octet-stream", png));
    EXPECT_FALSE(is_shown("image/heic", png)) << "some browsers save it";
    EXPECT_FALSE(is_shown("image/png", "@echo off"));
    EXPECT_FALSE(is_shown("image/svg+xml", png));
    EXPECT_FALSE(is_shown("image/svg+xml", "")) << "nothing was seen of it";
    EXPECT_FALSE(is_shown("application/pdf", "@echo off"));
    EXPECT_FALSE(is_shown("text/plain", "@echo off"));
    EXPECT_FALSE(is_shown("", png));
}

TEST(FileType, WhatIsNotShownIsKept)
{
    for (auto const* field : {"Attachment ; filename=x", "attachment", "anything; filename=x"})
        EXPECT_TRUE(is_attachment(field)) << field;
    for (auto const* field : {"", "inline", "INLINE; filename=x", "filename=x", "; filename=x"})
        EXPECT_FALSE(is_attachment(field)) << field;
}

TEST(FileType, ContentRange)
{
    auto const said = read_content_range("bytes 100-199/1000");
    ASSERT_TRUE(said);
    EXPECT_EQ(said->first, 100U);
    EXPECT_EQ(said->whole, 1000U);
    EXPECT_EQ(read_content_range("Bytes 0-1/*")->whole, 0U);
    for (auto const* bad : {"", "bytes", "bytes */100", "bytes x-1/2", "items 0-1/2", "bytes 5", "bytes -5/10"})
        EXPECT_FALSE(read_content_range(bad)) << bad;
}

} // namespace
} // namespace gatehouse::files
