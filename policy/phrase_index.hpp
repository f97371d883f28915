#pragma once
// All phrases of all lists in one machine that reads a page's text once, whatever their number.

#include "policy/phrase_list.hpp"

#include <memory>
#include <string_view>
#include <vector>

struct hs_database;
struct hs_scratch;
struct hs_stream;

namespace gatehouse::policy {

/// Working memory of one thread for all scans. Grows to what the largest index needs.
class PhraseScratch {
public:
    PhraseScratch() = default;
    ~PhraseScratch();
    PhraseScratch(PhraseScratch const&) = delete;
    PhraseScratch& operator=(PhraseScratch const&) = delete;

private:
    friend class PhraseScan;
    hs_scratch* scratch_ = nullptr;
    std::weak_ptr<char const> ready_for_; ///< PhraseIndex::identity_ of the last index it was made large enough for
};

/// Never changes after it was made; many threads may scan with it.
class PhraseIndex {
public:
    /// Null if the lists have no phrases. Errors: null, and `fault` says why in words.
    static std::shared_ptr<PhraseIndex const> build(std::vector<PhraseList> const& lists, std::string& fault);
    ~PhraseIndex();
    PhraseIndex(PhraseIndex const&) = delete;
    PhraseIndex& operator=(PhraseIndex const&) = delete;

private:
    friend class PhraseScan;
    PhraseIndex() = default;

    struct Place {
        std::uint16_t list = 0;
        std::uint16_t parts = 0;  ///< how many different ones must be seen
        std::uint32_t number = 0; ///< into PhraseList::phrases
        int weight = 0;
    };
    std::vector<Place> phrases_;
    std::vector<std::vector<std::uint32_t>> phrases_of_part_; ///< into phrases_
    std::size_t lists_ = 0;
    std::shared_ptr<char const> identity_
        = std::make_shared<char>(); ///< an address may come again, this does not while somebody remembers it
    hs_database* machine_ = nullptr;
};

/// One page on its way through. Lifetime: the index and the scratch outlive it.
class PhraseScan {
public:
    PhraseScan(PhraseIndex const& index, PhraseScratch& scratch);
    ~PhraseScan();
    PhraseScan(PhraseScan const&) = delete;
    PhraseScan& operator=(PhraseScan const&) = delete;

    /// Reads on. False if the machine failed for want of memory: what the page says is then not known.
    bool add(std::string_view folded);
    /// Sum of the weights of each list's phrases so far, in the order of the lists.
    std::vector<int> const& scores() const { return scores_; }
    /// Calls `use(list, phrase)` with indices into the lists and their phrases, for each phrase that was found.
    template <class Use>
    void each_found(Use const& use) const
    {
        for (std::size_t i = 0; i < seen_parts_.size(); ++i)
            if (auto const& phrase = index_.phrases_[i]; seen_parts_[i] == phrase.parts)
                use(phrase.list, phrase.number);
    }

private:
    static int on_match(unsigned part, unsigned long long from, unsigned long long to, unsigned flags, void* scan);
    void see(unsigned part);

    PhraseIndex const& index_;
    PhraseScratch& scratch_;
    hs_stream* stream_ = nullptr;
    std::vector<bool> seen_;                ///< by part
    std::vector<std::uint16_t> seen_parts_; ///< by phrase
    std::vector<int> scores_;
};

} // namespace gatehouse::policy
