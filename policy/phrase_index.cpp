#include "policy/phrase_index.hpp"

#include <algorithm>
#include <hs/hs.h>
#include <unordered_map>

namespace gatehouse::policy {

PhraseScratch::~PhraseScratch()
{
    hs_free_scratch(scratch_);
}

std::shared_ptr<PhraseIndex const> PhraseIndex::build(std::vector<PhraseList> const& lists, std::string& fault)
{
    std::shared_ptr<PhraseIndex> index{new PhraseIndex};
    index->lists_ = lists.size();
    std::unordered_map<std::string_view, std::uint32_t> numbers;
    std::vector<std::string_view> parts;
    for (std::size_t list = 0; list < lists.size(); ++list)
        for (std::uint32_t place = 0; place < lists[list].phrases.size(); ++place) {
            auto const& phrase = lists[list].phrases[place];
            auto const number = static_cast<std::uint32_t>(index->phrases_.size());
            std::uint16_t different = 0;
            for (auto const& text : phrase.parts) {
                auto const [known, is_new] = numbers.try_emplace(text, static_cast<std::uint32_t>(parts.size()));
                if (is_new) {
                    parts.emplace_back(text);
                    index->phrases_of_part_.emplace_back();
                }
                auto& of_part = index->phrases_of_part_[known->second];
                if (!of_part.empty() && of_part.back() == number)
                    continue; // written twice
                of_part.push_back(number);
                ++different;
            }
            index->phrases_.push_back({static_cast<std::uint16_t>(list), different, place, phrase.weight});
        }
    if (parts.empty())
        return nullptr;
    std::vector<char const*> texts;
    std::vector<std::size_t> sizes;
    std::vector<unsigned> flags(parts.size(), HS_FLAG_SINGLEMATCH);
    std::vector<unsigned> ids;
    for (auto const part : parts) {
        ids.push_back(static_cast<unsigned>(ids.size()));
        texts.push_back(part.data());
        sizes.push_back(part.size());
    }
    hs_compile_error_t* error = nullptr;
    auto const status = hs_compile_lit_multi(texts.data(), flags.data(), ids.data(), sizes.data(),
        static_cast<unsigned>(parts.size()), HS_MODE_STREAM, nullptr, &index->machine_, &error);
    if (status == HS_SUCCESS)
        return index;
    fault = error != nullptr ? error->message : "the phrases could not be compiled";
    hs_free_compile_error(error);
    return nullptr;
}

PhraseIndex::~PhraseIndex()
{
    hs_free_database(machine_);
}

PhraseScan::PhraseScan(PhraseIndex const& index, PhraseScratch& scratch)
    : index_(index)
    , scratch_(scratch)
    , seen_(index.phrases_of_part_.size())
    , seen_parts_(index.phrases_.size())
    , scores_(index.lists_)
{
    // The library reckons the room anew at each call: as much work as reading a small page.
    if (scratch.ready_for_.lock() != index.identity_) {
        if (hs_alloc_scratch(index.machine_, &scratch.scratch_) != HS_SUCCESS)
            return;
        scratch.ready_for_ = index.identity_;
    }
    if (hs_open_stream(index.machine_, 0, &stream_) != HS_SUCCESS)
        stream_ = nullptr;
}

PhraseScan::~PhraseScan()
{
    if (stream_ != nullptr)
        hs_close_stream(stream_, nullptr, nullptr, nullptr); // without a scratch no matches at the end are told: there are none
}

bool PhraseScan::add(std::string_view folded)
{
    if (stream_ == nullptr)
        return false;
    return folded.empty()
        || hs_scan_stream(stream_, folded.data(), static_cast<unsigned>(folded.size()), 0, scratch_.scratch_, on_match, this)
        == HS_SUCCESS;
}

int PhraseScan::on_match(unsigned part, unsigned long long, unsigned long long, unsigned, void* scan)
{
    static_cast<PhraseScan*>(scan)->see(part);
    return 0;
}

void PhraseScan::see(unsigned part)
{
    if (seen_[part])
        return;
    seen_[part] = true;
    for (auto const number : index_.phrases_of_part_[part]) {
        auto const& phrase = index_.phrases_[number];
        if (++seen_parts_[number] == phrase.parts)
            scores_[phrase.list] += phrase.weight;
    }
}

} // namespace gatehouse::policy
