// What a URL carries: searches and other sites' addresses stay within their rooms, and a decision about any URL comes to an end.
// The first byte chooses a host that has forms, the rest is path and query; everything is also read as a plain text to look for terms in.
#include "policy/decide.hpp"
#include "policy/term_scan.hpp"

#include <cstdint>
#include <cstdlib>

namespace {

using namespace gatehouse::policy;

UrlForm form(std::string host, UrlForm::Holds holds, UrlForm::In in, std::vector<std::string> paths)
{
    return {host, host, {host}, holds, in, std::move(paths), {"q", "u"}, {}, 0};
}

Policy make_policy()
{
    Policy policy;
    using enum UrlForm::In;
    policy.url_forms = {form("search.test", UrlForm::Holds::search, parameter, {}),
        form("translate.test", UrlForm::Holds::address, parameter, {"/translate"}),
        form("archive.test", UrlForm::Holds::address, path, {"/web/*/", "/"}),
        form("name.test", UrlForm::Holds::address, name, {})};
    TermList list;
    list.id = "list";
    list.terms = {"kill myself", "suicid*", "make + pipe bomb", "a b c d"};
    list.unless = {"suicide squad", "bomb + minecraft"};
    policy.term_lists = {list};
    policy.roles.resize(1);
    policy.roles.front().id = "pupil";
    policy.roles.front().default_verdict = Verdict::allow;
    policy.unknown_role = "pupil";
    policy.prepare();
    return policy;
}

void must(bool holds)
{
    if (!holds)
        std::abort();
}

void check_words(std::string_view text)
{
    Words const words{text};
    std::size_t bytes = 0;
    for (auto const& word : words.all()) {
        must(!word.plain.empty() && !word.alike.empty() && word.plain.find(' ') == word.plain.npos);
        bytes += word.plain.size();
    }
    must(words.all().size() <= max_words && bytes <= max_word_bytes);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    static Policy const policy = make_policy();
    std::string const text(data, data + size);
    check_words(text);
    (void)find_term_fault(text);
    TermHits hits;
    find_terms(policy.term_index, text, hits);
    static constexpr std::array<std::string_view, 5> hosts{
        "https://search.test/", "https://translate.test/", "https://archive.test/", "http://www-a-test.name.test/", ""};
    auto const host = hosts[size == 0 ? 0 : data[0] % hosts.size()];
    auto const url = std::string{host} + (text.empty() ? text : text.substr(1));
    auto const target = Target::parse_url(url);
    if (!target)
        return 0;
    if (SearchText search; find_search_within(policy, *target, search))
        must(search.size != 0 && search.size <= search.bytes.size());
    Wrapped wrapped;
    for (std::size_t nth = 0; find_wrapped(policy, *target, nth, wrapped); ++nth) {
        must(wrapped.form < policy.url_forms.size() && Host::parse(wrapped.target.host.authority_text()).has_value());
        must(wrapped.target.path.starts_with('/') && wrapped.target.path.size() <= max_whole_path);
    }
    Subject subject;
    subject.role = "pupil";
    auto const decision = decide(policy, {subject, *target, {}, {}});
    must((decision.verdict == Verdict::block) == (decision.index == none));
    return 0;
}
