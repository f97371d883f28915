#include "policy/page_text.hpp"

#include "policy/words.hpp"

#include <algorithm>
#include <utility>

namespace gatehouse::policy {
namespace {

bool parts_words(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

} // namespace

void PageText::add(std::string_view utf8, std::string& folded)
{
    while (!utf8.empty()) {
        auto const taken = std::min(utf8.size(), kept_.size() - size_);
        std::copy_n(utf8.begin(), taken, kept_.begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += taken;
        utf8.remove_prefix(taken);
        if (size_ < kept_.size())
            return;
        std::string_view const all{kept_.data(), size_};
        auto end = size_;
        while (end > 0 && !parts_words(all[end - 1]))
            --end;
        if (end == 0) { // no word is that long: it is parted before a character
            end = size_ - 4;
            while ((static_cast<unsigned char>(all[end]) & 0xc0U) == 0x80U && end > size_ - 8)
                --end;
        }
        put_first(end, folded);
    }
}

void PageText::put_first(std::size_t size, std::string& folded)
{
    put({kept_.data(), size}, folded);
    std::copy(
        kept_.begin() + static_cast<std::ptrdiff_t>(size), kept_.begin() + static_cast<std::ptrdiff_t>(size_), kept_.begin());
    size_ -= size;
}

void PageText::settle(std::string& folded)
{
    std::string_view const all{kept_.data(), size_};
    auto const word_before = [all](std::size_t end) {
        while (end > 0 && !parts_words(all[end - 1]))
            --end;
        return end;
    };
    auto end = word_before(size_);
    for (;;) {
        auto behind = end;
        while (behind > 0 && parts_words(all[behind - 1]))
            --behind;
        auto const begin = word_before(behind);
        if (behind == 0 || behind - begin > 1)
            break;
        end = begin;
    }
    put_first(end, folded);
}

void PageText::finish(std::string& folded)
{
    put({kept_.data(), size_}, folded);
    size_ = 0;
}

void PageText::put(std::string_view piece, std::string& folded)
{
    Words const words{piece};
    for (auto const& word : words.all()) {
        if (!std::exchange(begun_, true))
            folded += ' ';
        folded.append(word.alike) += ' ';
    }
}

} // namespace gatehouse::policy
