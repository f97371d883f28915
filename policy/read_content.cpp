#include "policy/phrase_include.hpp"
#include "policy/readers.hpp"
#include "policy/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gatehouse::policy {
namespace {

void read_hosts(TableReader& reader, UrlForm& form)
{
    for (auto const& word : reader.words("hosts", Need::required)) {
        auto const host = Host::parse(word.text);
        if (host && !host->is_address())
            form.hosts.emplace_back(host->text());
        else
            reader.complain_at(word, fmt::format("\"{}\" is no host name", word.text));
    }
}

void read_paths(TableReader& reader, UrlForm& form, Need need)
{
    for (auto const& word : reader.words("paths", need)) {
        if (!word.text.starts_with('/') || word.text.find_first_of("?#") != std::string::npos)
            reader.complain_at(word, fmt::format("\"{}\" is no path", word.text), "write as \"/search\" or \"/web/*/\"");
        form.paths.emplace_back(UrlPath{word.text}.text());
    }
}

void read_parameters(TableReader& reader, UrlForm& form, Need need)
{
    for (auto const& word : reader.words("parameters", need)) {
        UrlPath const canonical{"/?" + word.text};
        if (word.text.empty() || word.text.find_first_of("=&?") != std::string::npos)
            reader.complain_at(word, fmt::format("\"{}\" is no name of a parameter", word.text), "write as \"q\"");
        form.parameters.emplace_back(canonical.text().substr(2));
    }
}

void read_form(TableReader& reader, std::string const& file, Policy& policy, UrlForm form)
{
    form.id = reader.id();
    form.title = reader.text("title", Need::required);
    form.file = file;
    form.line = reader.line();
    read_hosts(reader, form);
    read_paths(reader, form, form.in == UrlForm::In::path ? Need::required : Need::optional);
    read_parameters(reader, form, form.in == UrlForm::In::parameter ? Need::required : Need::optional);
    policy.url_forms.push_back(std::move(form));
    must_be_new(reader, policy.url_forms, "search engine or wrapper");
}

void read_wrapper(TableReader& reader, std::string const& file, Policy& policy)
{
    static constexpr std::array<std::string_view, 3> places{"parameter", "path", "name"}; // in the order of UrlForm::In
    UrlForm form;
    form.holds = UrlForm::Holds::address;
    auto const place = reader.word("address", Need::required);
    if (!place.text.empty() && reader.must_be_one_of(place, "place", places))
        form.in = static_cast<UrlForm::In>(std::find(places.begin(), places.end(), place.text) - places.begin());
    read_form(reader, file, policy, std::move(form));
}

std::vector<std::string> read_terms(TableReader& reader, std::string_view key, Need need)
{
    std::vector<std::string> terms;
    for (auto const& word : reader.words(key, need)) {
        auto const fault = find_term_fault(word.text);
        if (fault.empty())
            terms.push_back(word.text);
        else
            reader.complain_at(word, fmt::format("\"{}\" cannot be searched for: {}", word.text, fault));
    }
    if (terms.size() > max_terms)
        reader.complain(fmt::format("\"{}\" has more than {} entries", key, max_terms));
    return terms;
}

void read_term_list(TableReader& reader, std::string const& file, Policy& policy)
{
    TermList list;
    list.id = reader.id();
    list.title = reader.text("title", Need::required);
    list.severity = read_severity(reader, "severity");
    list.terms = read_terms(reader, "terms", Need::required);
    list.unless = read_terms(reader, "unless", Need::optional);
    list.source = {file, reader.line()};
    policy.term_lists.push_back(std::move(list));
    must_be_new(reader, policy.term_lists, "term list");
}

/// A file and those that it includes, each of them once.
class PhraseFiles {
public:
    PhraseFiles(std::vector<SourceText> const& sources, PhraseList& list, std::vector<Problem>& problems)
        : sources_(sources)
        , list_(list)
        , problems_(problems)
    {
    }

    void read(SourceText const& source)
    {
        read_.push_back(&source);
        std::string text{source.text};
        auto const includes = take_includes(text);
        for (auto& fault : read_phrases(text, list_.phrases))
            warn(source, fault.line, std::move(fault.message));
        for (auto const& include : includes) {
            auto const* const other = find_included(sources_, include.path);
            if (other == nullptr)
                warn(source, include.line, fmt::format("there is no file \"{}\" in the folder phrases", include.path));
            else if (std::find(read_.begin(), read_.end(), other) == read_.end())
                read(*other);
        }
    }

private:
    void warn(SourceText const& source, std::uint32_t line, std::string message)
    {
        problems_.push_back({Problem::Severity::warning, source.name, line, 1, std::move(message), {}});
    }

    std::vector<SourceText> const& sources_;
    PhraseList& list_;
    std::vector<Problem>& problems_;
    std::vector<SourceText const*> read_;
};

void read_phrase_files(TableReader& reader, std::vector<SourceText> const& sources, PhraseList& list, Draft draft)
{
    PhraseFiles files{sources, list, draft.problems};
    for (auto const& word : reader.words("files", Need::required)) {
        auto const source
            = std::find_if(sources.begin(), sources.end(), [&](SourceText const& each) { return each.name == word.text; });
        if (source == sources.end())
            reader.complain_at(
                word, fmt::format("there is no file \"{}\"", word.text), "phrase files live in the folder phrases");
        else
            files.read(*source);
    }
}

void read_phrase_list(TableReader& reader, std::string const& file, std::vector<SourceText> const& sources, Draft draft)
{
    PhraseList list;
    list.id = reader.id();
    list.title = reader.text("title", Need::required);
    auto const category = reader.word("category");
    if (!category.text.empty() && reader.must_be_one_of(category, "category", ids_of(draft.policy.categories)))
        list.category = category.text;
    list.source = {file, reader.line()};
    read_phrase_files(reader, sources, list, draft);
    draft.policy.phrase_lists.push_back(std::move(list));
    must_be_new(reader, draft.policy.phrase_lists, "phrase list");
}

void build_phrase_index(TableReader const& file, Policy& policy)
{
    if (policy.phrase_lists.size() > max_phrase_lists)
        file.complain(fmt::format("there are more than {} phrase lists", max_phrase_lists));
    std::string fault;
    policy.phrase_index = PhraseIndex::build(policy.phrase_lists, fault);
    if (!fault.empty())
        file.complain(fmt::format("the phrases cannot be used: {}", fault));
}

} // namespace

Severity read_severity(TableReader& reader, std::string_view key)
{
    static constexpr std::array<std::string_view, 3> severities{"note", "concern", "urgent"}; // in the order of Severity
    auto const severity = reader.word(key, Need::required);
    if (severity.text.empty() || !reader.must_be_one_of(severity, "severity", severities))
        return Severity::note;
    return static_cast<Severity>(std::find(severities.begin(), severities.end(), severity.text) - severities.begin());
}

void read_content(TableReader& file, std::string const& name, std::vector<SourceText> const& phrases, Draft draft)
{
    auto const each = [&](std::string_view key, auto const& read) {
        for (auto const* table : file.tables(key)) {
            TableReader reader{*table, name, draft.problems};
            read(reader);
            reader.finish();
        }
    };
    each("search_engine", [&](TableReader& reader) { read_form(reader, name, draft.policy, {}); });
    each("wrapper", [&](TableReader& reader) { read_wrapper(reader, name, draft.policy); });
    each("term_list", [&](TableReader& reader) { read_term_list(reader, name, draft.policy); });
    each("phrase_list", [&](TableReader& reader) { read_phrase_list(reader, name, phrases, draft); });
    build_phrase_index(file, draft.policy);
    if (!draft.policy.term_lists.empty() || !draft.policy.phrase_lists.empty())
        Words const ready{"\xc3\xa9"}; // what letters look like is learned now rather than in the middle of a request
    if (draft.policy.url_forms.size() >= none)
        file.complain("there are too many search engines and wrappers");
    if (draft.policy.term_lists.size() > max_term_lists) {
        file.complain(fmt::format("there are more than {} term lists", max_term_lists));
        draft.policy.term_lists.resize(max_term_lists);
    }
}

} // namespace gatehouse::policy
