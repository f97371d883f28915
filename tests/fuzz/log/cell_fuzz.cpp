// The cells of a day file, which may be damaged: nothing beyond the bytes is read, and no text is longer than they are.
#include "proxy/log/columns.hpp"

#include <cstdint>
#include <cstdlib>
#include <numeric>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    using namespace gatehouse::log;
    if (size == 0)
        return 0;
    std::size_t const rows = data[0];
    std::string const bytes(
        reinterpret_cast<char const*>(data + 1), size - 1); // its own memory, so that a read beyond it is seen
    if (auto const numbers = NumberCell::parse(bytes, rows)) {
        std::vector<std::uint32_t> kept(rows);
        std::iota(kept.begin(), kept.end(), 0U);
        auto const wanted = rows == 0 ? 0 : (*numbers)[rows - 1];
        numbers->keep(kept, [wanted](std::uint64_t number) { return number == wanted; });
        if (rows != 0 && (kept.empty() || kept.back() != rows - 1))
            std::abort();
    }
    if (auto const texts = TextCell::parse(bytes, rows))
        for (std::size_t row = 0; row < rows; ++row)
            if ((*texts)[row].size() > bytes.size())
                std::abort();
    return 0;
}
