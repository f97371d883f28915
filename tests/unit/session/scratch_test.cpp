// What a worker keeps between exchanges: room for the next ones, and no more of it however many there were and however large.

#include "proxy/session/scratch.hpp"

#include <gtest/gtest.h>

namespace gatehouse::session {
namespace {

constexpr std::size_t much = std::size_t{300} * 1024, body = std::size_t{100} * 1024;

void fill(Scratch& scratch, std::size_t size)
{
    for (auto* text : {&scratch.head_copy, &scratch.to_upstream, &scratch.to_client, &scratch.normalised, &scratch.content_type})
        text->assign(size, 'x');
}

std::size_t room(Scratch const& scratch)
{
    return scratch.head_copy.capacity() + scratch.to_upstream.capacity() + scratch.to_client.capacity()
        + scratch.normalised.capacity() + scratch.content_type.capacity();
}

TEST(Scratch, KeepsTheRoomOfABodyForTheNextExchange)
{
    SpareScratch spare;
    auto first = spare.take();
    fill(*first, body);
    auto const* const same = first.get();
    spare.give_back(std::move(first));
    auto const next = spare.take();
    EXPECT_EQ(next.get(), same);
    EXPECT_GE(next->to_client.capacity(), body);
}

TEST(Scratch, GivesBackTheRoomOfWhatWaitedForACheck)
{
    SpareScratch spare;
    auto first = spare.take();
    fill(*first, much);
    spare.give_back(std::move(first));
    EXPECT_LT(room(*spare.take()), 1024U);
}

TEST(Scratch, KeepsRoomForFewOfManyThatWereInUseAtOnce)
{
    SpareScratch spare;
    std::vector<std::unique_ptr<Scratch>> used;
    for (std::size_t i = 0; i < 2 * SpareScratch::most_spare; ++i) {
        used.push_back(spare.take());
        fill(*used.back(), body);
    }
    for (auto& each : used)
        spare.give_back(std::move(each));
    std::size_t total = 0;
    std::size_t fresh = 0;
    for (std::size_t i = 0; i < SpareScratch::most_spare; ++i) {
        auto const each = spare.take();
        total += room(*each);
        fresh += each->to_client.capacity() >= body ? 1U : 0U;
    }
    EXPECT_EQ(fresh, SpareScratch::with_room);
    EXPECT_LT(total, SpareScratch::with_room * 5 * SpareScratch::large_room + SpareScratch::most_spare * 1024U);
}

} // namespace
} // namespace gatehouse::session
