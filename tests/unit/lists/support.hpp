#pragma once
// A folder that goes away with the test, and squidGuard archives made on the spot.

#include "tools/lists/compile.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iterator>

#include <unistd.h>

namespace gatehouse::lists {

class TestFolder {
public:
    TestFolder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "gatehouse-lists-XXXXXX").string();
        path_ = ::mkdtemp(name.data());
    }
    ~TestFolder() { std::filesystem::remove_all(path_); }
    TestFolder(TestFolder const&) = delete;
    TestFolder& operator=(TestFolder const&) = delete;

    std::filesystem::path path(std::string_view name = {}) const { return name.empty() ? path_ : path_ / name; }
    void write(std::string_view name, std::string_view text) const
    {
        std::filesystem::create_directories(path(name).parent_path());
        std::ofstream(path(name), std::ios::binary) << text;
    }
    std::string read(std::string_view name) const
    {
        std::ifstream file(path(name), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

private:
    std::filesystem::path path_;
};

struct Member {
    std::string path, text;
    std::string link{}; ///< not empty: a symbolic link
};

inline void write_archive(std::filesystem::path const& path, std::vector<Member> const& members)
{
    archive* const writer = archive_write_new();
    archive_write_add_filter_gzip(writer);
    archive_write_set_format_pax_restricted(writer);
    ASSERT_EQ(archive_write_open_filename(writer, path.c_str()), ARCHIVE_OK);
    for (Member const& member : members) {
        archive_entry* const entry = archive_entry_new();
        archive_entry_set_pathname(entry, member.path.c_str());
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_filetype(entry, member.link.empty() ? AE_IFREG : AE_IFLNK);
        if (member.link.empty())
            archive_entry_set_size(entry, static_cast<la_int64_t>(member.text.size()));
        else
            archive_entry_set_symlink(entry, member.link.c_str());
        archive_write_header(writer, entry);
        archive_write_data(writer, member.text.data(), member.text.size());
        archive_entry_free(entry);
    }
    archive_write_close(writer);
    archive_write_free(writer);
}

inline std::vector<Member> small_collection()
{
    return {{"blacklists/porn", "", "adult"}, {"blacklists/adult/domains", "adult.example\nADULT.example. \n192.0.2.9\n"},
        {"blacklists/adult/urls", "site.example/adult/\n"}, {"blacklists/adult/expressions", "(xxx|sex)\n"},
        {"blacklists/adult/usage", "# what for\nblack\nadult\n"}, {"blacklists/bank/domains", "bank.example\n"},
        {"blacklists/bank/usage", "white\n"}, {"blacklists/press/domains", "press.example\n"}, {"blacklists/README", "read me"},
        {"../outside/domains", "evil.example\n"}, {"/etc/absolute/domains", "evil.example\n"},
        {"blacklists/escape", "", "../../etc"}};
}

inline policy::ListInfo list_info(std::string id, std::string path, std::string format, std::string member = {})
{
    policy::ListInfo info;
    info.id = std::move(id);
    info.path = std::move(path);
    info.format = std::move(format);
    info.member = std::move(member);
    return info;
}

inline std::string numbered_names(int count)
{
    std::string text;
    for (int i = 0; i < count; ++i)
        text += "name-" + std::to_string(i) + ".example\n";
    return text;
}

} // namespace gatehouse::lists
