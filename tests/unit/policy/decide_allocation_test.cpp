// A program of its own: it replaces operator new to see that decide() never allocates.
#include "policy/decide.hpp"
#include "tests/golden/school_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> allocations{0};

} // namespace

void* operator new(std::size_t size)
{
    ++allocations;
    if (void* const memory = std::malloc(size == 0 ? 1 : size))
        return memory;
    throw std::bad_alloc{};
}

void operator delete(void* memory) noexcept
{
    std::free(memory);
}

void operator delete(void* memory, std::size_t) noexcept
{
    std::free(memory);
}

namespace gatehouse::policy {
namespace {

Override grant_of_everything(Policy const& policy, std::string const& who)
{
    Override grant;
    grant.id = "override-1";
    grant.who = {std::get<Selector>(parse_selector(policy, "who", who))};
    grant.what = {std::get<Selector>(parse_selector(policy, "what", "url:drugs.test/museum"))};
    grant.until = std::chrono::sys_days{std::chrono::year{2027} / 1 / 1};
    return grant;
}

TEST(Decide, NeverAllocates)
{
    auto policy = testing::load_school();
    std::erase_if(policy.rules, [](Rule const& rule) { // patterns take memory for what they learn of the URLs they see
        return std::any_of(rule.what.begin(), rule.what.end(),
            [](Selector const& selector) { return selector.kind == Selector::Kind::pattern; });
    });
    policy.overrides = {grant_of_everything(policy, "pupil"), grant_of_everything(policy, "group:year-9")};
    Restriction restriction;
    restriction.user = "a-user-name-longer-than-any-small-string";
    restriction.supervised_device = "2001:db8:1111:2222:3333:4444:5555:6666";
    restriction.until = std::chrono::sys_days{std::chrono::year{2027} / 1 / 1};
    restriction.supervised_until = restriction.until;
    policy.restrictions = {restriction};
    std::string padded = "https://www.google.com/search?x=1;y=2&q=+++";
    for (int i = 0; i < 300; ++i)
        padded += "a+";
    padded += "how+to+kill+myself&q=%D0%B5";
    LocalTime const local{{2026, 11, 24}, 600};
    Moment const now{local, testing::as_utc(local)};
    for (std::string_view const address : {"127.0.0.1", "127.0.1.10", "127.0.1.20", "127.0.1.99"})
        for (std::string_view const url : {"https://www.instagram.com/", "http://drugs.test/museum/a/b/../c?d",
                 "http://93.184.216.34/", "https://sealed.test/", "https://a.very.long.name.below.another.one.unlisted.test/",
                 "https://www.google.com/search?q=how+to+kill+a+mockingbird+k1ll+mys%D0%B5lf+%C3%A9t%C3%A9",
                 "https://translate.google.com/translate?u=https%3A%2F%2Fwww.instagram.com%2F",
                 "https://translate.google.com/translate?u=https://a%2540www.example.org%5C@www.instagram.com%2F",
                 "https://www-x-com.translate.goog/", padded.c_str()}) {
            auto subject = policy.subject_at(*IpAddress::parse(address));
            subject.user = address == "127.0.0.1" ? restriction.user : std::string{};
            auto const target = Target::parse_url(url).value();
            auto const before = allocations.load();
            auto const decision = decide(policy, {subject, target, now, {}});
            EXPECT_EQ(allocations.load(), before) << url << " stage " << to_text(decision.stage);
        }
}

} // namespace
} // namespace gatehouse::policy
