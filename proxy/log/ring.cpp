#include "proxy/log/ring.hpp"

#include "proxy/log/fields.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

namespace gatehouse::log {
namespace {

constexpr std::size_t min_ring_size = 128 * 1024;
constexpr std::size_t alignment = 8;
/// In place of a record's size: the rest of the ring up to its end is unused.
constexpr std::uint32_t skip_mark = 0xffffffff;

/// What precedes the texts of a record. The texts follow without gaps, in the order of text_fields.
struct Fixed {
    std::uint32_t size = 0; ///< of the whole record, a multiple of `alignment`
    std::uint32_t list_line = 0;
    std::int64_t at = 0;      ///< ticks of the system clock
    std::int64_t elapsed = 0; ///< microseconds
    std::uint64_t bytes_to_client = 0;
    std::uint64_t bytes_from_client = 0;
    policy::IpAddress client;
    policy::IpAddress upstream;
    policy::SignalSet signals;
    std::uint32_t status = 0;
    std::uint16_t port = 0;
    policy::DeviceKind device_kind{};
    policy::Confidence confidence{};
    ResultCode code{};
    policy::Verdict verdict{};
    policy::TlsAction tls{};
    std::array<std::uint16_t, text_fields.size()> lengths{};
};
static_assert(std::is_trivially_copyable_v<Fixed>);

constexpr std::size_t round_up(std::size_t size)
{
    return (size + alignment - 1) & ~(alignment - 1);
}
constexpr std::size_t largest_record = round_up(sizeof(Fixed) + max_path_size + (text_fields.size() - 1) * max_field_size);
static_assert(2 * largest_record <= min_ring_size);

Fixed fixed_part(AccessRecord const& record)
{
    Fixed fixed;
    fixed.list_line = record.list_line;
    fixed.at = record.at.time_since_epoch().count();
    fixed.elapsed = record.elapsed.count();
    fixed.bytes_to_client = record.bytes_to_client;
    fixed.bytes_from_client = record.bytes_from_client;
    fixed.client = record.client;
    fixed.upstream = record.upstream;
    fixed.signals = record.signals;
    fixed.status = record.status;
    fixed.port = record.port;
    fixed.device_kind = record.device_kind;
    fixed.confidence = record.confidence;
    fixed.code = record.code;
    fixed.verdict = record.verdict;
    fixed.tls = record.tls;
    std::size_t size = sizeof(Fixed);
    for (std::size_t i = 0; i < text_fields.size(); ++i) {
        auto const limit = text_fields[i].seen == &AccessRecord::path ? max_path_size : max_field_size;
        auto const length = std::min((record.*text_fields[i].seen).size(), limit);
        fixed.lengths[i] = static_cast<std::uint16_t>(length);
        size += length;
    }
    fixed.size = static_cast<std::uint32_t>(round_up(size));
    return fixed;
}

void fill(AccessRecord& record, Fixed const& fixed, char const* texts)
{
    using clock = std::chrono::system_clock;
    record.list_line = fixed.list_line;
    record.at = clock::time_point{clock::duration{fixed.at}};
    record.elapsed = std::chrono::microseconds{fixed.elapsed};
    record.bytes_to_client = fixed.bytes_to_client;
    record.bytes_from_client = fixed.bytes_from_client;
    record.client = fixed.client;
    record.upstream = fixed.upstream;
    record.signals = fixed.signals;
    record.status = fixed.status;
    record.port = fixed.port;
    record.device_kind = fixed.device_kind;
    record.confidence = fixed.confidence;
    record.code = fixed.code;
    record.verdict = fixed.verdict;
    record.tls = fixed.tls;
    for (std::size_t i = 0; i < text_fields.size(); ++i) {
        record.*text_fields[i].seen = {texts, fixed.lengths[i]};
        texts += fixed.lengths[i];
    }
}

} // namespace

Ring::Ring(std::size_t size)
    : mask_{std::bit_ceil(std::max(size, min_ring_size)) - 1}
    , bytes_{new std::byte[mask_ + 1]}
{
}

bool Ring::append(AccessRecord const& record) noexcept
{
    auto const fixed = fixed_part(record);
    auto* to = reserve(fixed.size);
    if (!to) {
        dropped_.store(dropped_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
        return false;
    }
    std::memcpy(to, &fixed, sizeof(fixed));
    auto* text = to + sizeof(fixed);
    for (std::size_t i = 0; i < text_fields.size(); ++i) {
        if (fixed.lengths[i] != 0) // an empty view may be null, which memcpy must not be given
            std::memcpy(text, (record.*text_fields[i].seen).data(), fixed.lengths[i]);
        text += fixed.lengths[i];
    }
    auto const head = head_.load(std::memory_order_relaxed);
    auto const skipped = static_cast<std::uint64_t>(to - &bytes_[head & mask_]) & mask_;
    head_.store(head + skipped + fixed.size, std::memory_order_release);
    return true;
}

/// Room for a record in one piece, or null. If it does not fit before the end of the ring, the rest up to there is marked as skipped.
std::byte* Ring::reserve(std::size_t record_size) noexcept
{
    auto const head = head_.load(std::memory_order_relaxed);
    auto const offset = head & mask_;
    auto const to_end = size() - offset;
    auto const needed = record_size <= to_end ? record_size : to_end + record_size;
    if (head + needed - seen_tail_ > size()) {
        seen_tail_ = tail_.load(std::memory_order_acquire);
        if (head + needed - seen_tail_ > size())
            return nullptr;
    }
    if (record_size <= to_end)
        return &bytes_[offset];
    std::memcpy(&bytes_[offset], &skip_mark, sizeof(skip_mark));
    return &bytes_[0];
}

std::size_t Ring::read(std::vector<AccessRecord>& rows, std::size_t max_rows)
{
    auto const head = head_.load(std::memory_order_acquire);
    std::size_t taken = 0;
    while (read_to_ != head && taken < max_rows) {
        auto const offset = read_to_ & mask_;
        Fixed fixed;
        std::memcpy(&fixed.size, &bytes_[offset], sizeof(fixed.size));
        if (fixed.size == skip_mark) {
            read_to_ += size() - offset;
            continue;
        }
        std::memcpy(&fixed, &bytes_[offset], sizeof(fixed));
        fill(rows.emplace_back(), fixed, reinterpret_cast<char const*>(&bytes_[offset + sizeof(fixed)]));
        read_to_ += fixed.size;
        ++taken;
    }
    return taken;
}

void Ring::release()
{
    tail_.store(read_to_, std::memory_order_release);
}

std::size_t Ring::used() const
{
    return head_.load(std::memory_order_relaxed) - tail_.load(std::memory_order_relaxed);
}

} // namespace gatehouse::log
