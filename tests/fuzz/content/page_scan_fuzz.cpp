// A page on its way, from its bytes to its weight: whatever it is coded, written and marked up in, and however it is cut, the reading comes
// to an end, stays within its memory, and gives the same weight. The first byte chooses coding and kind, the second the size of the pieces.
#include "proxy/content/page_scan.hpp"

#include <cstdint>
#include <cstdlib>

namespace {

using namespace gatehouse;
using content::PageScan;
using content::VisibleText;

policy::Policy make_policy()
{
    policy::Policy policy;
    policy::PhraseList list;
    list.id = "list";
    policy::read_phrases("< kill yourself ><60>\n<suicid><20>\n< one >,< two ><30>\n< good ><-40>\n", list.phrases);
    policy.phrase_lists = {list};
    std::string fault;
    policy.phrase_index = policy::PhraseIndex::build(policy.phrase_lists, fault);
    policy::ContentRule rule;
    rule.id = "rule";
    rule.lists = {0};
    rule.limit = 50;
    policy.content_rules = {rule};
    return policy;
}

struct Read {
    PageScan::State state;
    int score;
    bool operator==(Read const&) const = default;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    static policy::Policy const policy = make_policy();
    static policy::PhraseScratch scratch;
    static constexpr std::array<std::string_view, 8> codings{"", "gzip", "deflate", "br", "zstd", "gzip, gzip", "", ""};
    static constexpr std::array<std::string_view, 4> types{
        "text/html", "text/html; charset=utf-8", "application/json", "text/html; charset=utf-16le"};
    if (size < 2)
        return 0;
    std::string const body(data + 2, data + size);
    policy::ContentPlan plan;
    plan.set(0);
    auto const coding = codings[data[0] % codings.size()];
    auto const type = types[data[0] / codings.size() % types.size()];
    auto const read = [&](std::size_t piece) {
        PageScan page{policy, plan, scratch, content::kind_of(type).value(), type, coding};
        for (std::string_view rest = body; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size())))
            page.add(rest.substr(0, piece));
        auto const state = page.finish();
        return Read{state, page.judge().score};
    };
    auto const whole = read(body.size() + 1);
    auto const cut = read(std::size_t{1} + data[1]);
    if (whole.state != PageScan::State::unreadable && cut.state != PageScan::State::unreadable && !(whole == cut))
        std::abort();
    return 0;
}
