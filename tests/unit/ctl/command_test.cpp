// The command itself, as people and scripts run it: arguments, exit statuses, which stream says what.
#include "tests/unit/ctl/ctl_support.hpp"

#include <cstdio>
#include <sys/wait.h>

namespace gatehouse::ctl {
namespace {

using testing::HasSubstr;

class CommandTest : public School {
protected:
    /// Runs it with `%` standing for "--config FOLDER"; standard error goes to standard output if `with_error`.
    Said run(std::string arguments, bool with_error = false)
    {
        if (auto const at = arguments.find('%'); at != std::string::npos)
            arguments.replace(at, 1, "--config " + config_.string());
        auto const line = std::string{GATEHOUSE_COMMAND} + " " + arguments + (with_error ? " 2>&1" : " 2>/dev/null");
        auto* const pipe = ::popen(line.c_str(), "r");
        Said said;
        char buffer[4096];
        for (std::size_t size = 0; (size = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;)
            said.out.append(buffer, size);
        auto const status = ::pclose(pipe);
        said.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        return said;
    }
};

TEST_F(CommandTest, ChecksTheConfiguration)
{
    EXPECT_EQ(run("check %").status, 0);
    append("gatehouse.toml", "nonsense = 1\n");
    EXPECT_EQ(run("check %").status, 1);
    EXPECT_EQ(run("check %").out, "");
    EXPECT_THAT(run("check %", true).out, testing::ContainsRegex("gatehouse\\.toml:[0-9]+:1: error: unknown key `nonsense`"));
}

TEST_F(CommandTest, ExplainsADecision)
{
    auto const said = run("explain % --role staff --network staff-room --at 2026-11-24T10:45 --json https://www.instagram.com/");
    EXPECT_EQ(said.status, 0);
    EXPECT_EQ(said.json().at("rule").as_string(), "staff-social-media-at-break");
    EXPECT_EQ(run("explain % --role pupil --group year-9 --user p --at 2026-11-24T10:00 http://www.instagram.com/").status, 0);
}

TEST_F(CommandTest, LooksUpNames)
{
    auto const said = run("lists lookup % www.instagram.com");
    EXPECT_EQ(said.status, 0);
    EXPECT_THAT(said.out, HasSubstr("lists/services/instagram.txt"));
    EXPECT_EQ(run("lists lookup % nobody-lists-this.example").status, 3);
}

TEST_F(CommandTest, CompilesAndComparesLists)
{
    EXPECT_EQ(run("lists compile %").status, 0);
    EXPECT_EQ(run("lists diff %").status, 0);
    append("lists/vpn.txt", "new-vpn.example\n");
    EXPECT_EQ(run("lists compile % --json").status, 0);
    auto const said = run("lists diff %");
    EXPECT_EQ(said.status, 3);
    EXPECT_THAT(said.out, HasSubstr("new-vpn.example"));
}

TEST_F(CommandTest, CreatesACaOnce)
{
    EXPECT_THAT(run("ca create %").out, HasSubstr("Ashgrove Academy"));
    EXPECT_EQ(run("ca create %").status, 1);
    EXPECT_EQ(run("ca show % --json").json().at("sha256").as_string().size(), 95U);
}

TEST_F(CommandTest, TellsWrongUseFromFailure)
{
    EXPECT_EQ(run("").status, 2);
    EXPECT_EQ(run("frobnicate").status, 2);
    EXPECT_EQ(run("check % --frobnicate").status, 2);
    EXPECT_EQ(run("explain %").status, 2);
    EXPECT_EQ(run("log % --verdict maybe").status, 2);
    EXPECT_EQ(run("status %").status, 1);
    EXPECT_EQ(run("--help").status, 0);
    EXPECT_THAT(run("--help").out, HasSubstr("explain"));
}

} // namespace
} // namespace gatehouse::ctl
