#include "proxy/secret_file.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

namespace gatehouse {
namespace {

class SecretFileTest : public ::testing::Test {
protected:
    SecretFileTest()
        : path(std::filesystem::temp_directory_path() / ("gatehouse-key-" + std::to_string(::getpid())))
    {
        std::filesystem::remove(path);
    }
    ~SecretFileTest() override { std::filesystem::remove(path); }

    std::filesystem::path path;
};

TEST_F(SecretFileTest, MakesAKeyOnceAndKeepsIt)
{
    auto const made = read_or_make_key(path);
    EXPECT_EQ(read_or_make_key(path), made);
    EXPECT_NE(made, SecretKey{});
    EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms{0600});
}

TEST_F(SecretFileTest, RefusesAKeyThatOthersMayRead)
{
    read_or_make_key(path);
    std::filesystem::permissions(path, std::filesystem::perms{0644});
    EXPECT_THROW(read_or_make_key(path), std::runtime_error);
}

TEST_F(SecretFileTest, RefusesAFileOfAnotherSize)
{
    std::ofstream(path) << "short";
    std::filesystem::permissions(path, std::filesystem::perms{0600});
    EXPECT_THROW(read_or_make_key(path), std::runtime_error);
}

TEST_F(SecretFileTest, SaysSoWhenItCannotWrite)
{
    EXPECT_THROW(read_or_make_key("/proc/no-such-folder/key"), std::runtime_error);
}

} // namespace
} // namespace gatehouse
