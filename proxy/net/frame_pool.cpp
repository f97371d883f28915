#include "proxy/net/frame_pool.hpp"

#include <array>
#include <cstdint>
#include <new>
#include <utility>

namespace gatehouse::net {
namespace {

constexpr std::size_t step = 16;         // bytes between two size classes, as of the heap
constexpr std::size_t class_count = 256; // frames above 4 KiB go to the heap
#if defined(__SANITIZE_ADDRESS__)
#define GATEHOUSE_SEE_DEAD_FRAMES
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define GATEHOUSE_SEE_DEAD_FRAMES
#endif
#endif

#ifdef GATEHOUSE_SEE_DEAD_FRAMES
constexpr std::uint32_t most_spare = 0; // a frame that is used after its end must not be there any more
#else
constexpr std::uint32_t most_spare = 1024; // frames kept of one class: after a crowd has left, memory goes back
#endif

struct Spare {
    Spare* next;
};

struct List {
    Spare* first = nullptr;
    std::uint32_t size = 0;
};

// Without a constructor or destructor, which every use would ask about.
constinit thread_local std::array<List, class_count> lists{};

/// Gives back what is spare when the thread ends.
struct GiveBack {
    ~GiveBack()
    {
        for (auto& list : lists) {
            while (list.first != nullptr)
                ::operator delete(std::exchange(list.first, list.first->next));
            list.size = 0;
        }
    }
    void begin() const { }
};
thread_local GiveBack const at_end;

void* from_heap(std::size_t size)
{
    at_end.begin(); // what was taken is spare one day
    return ::operator new(size);
}

constexpr std::size_t class_of(std::size_t size)
{
    return (size + step - 1) / step - 1;
}

} // namespace

void* allocate_frame(std::size_t size)
{
    auto const index = class_of(size);
    if (index >= class_count)
        return ::operator new(size);
    auto& list = lists[index];
    if (list.first == nullptr)
        return from_heap((index + 1) * step);
    --list.size;
    return std::exchange(list.first, list.first->next);
}

void release_frame(void* frame, std::size_t size) noexcept
{
    auto const index = class_of(size);
    if (index >= class_count || lists[index].size == most_spare)
        return ::operator delete(frame);
    auto& list = lists[index];
    list.first = new (frame) Spare{list.first};
    ++list.size;
}

} // namespace gatehouse::net
