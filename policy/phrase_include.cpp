#include "policy/phrase_include.hpp"

namespace gatehouse::policy {
namespace {

constexpr std::string_view keyword = ".Include<";
constexpr std::string_view folder = "phrases/";

bool ends_with_path(std::string_view path, std::string_view tail)
{
    return path.ends_with(tail) && (path.size() == tail.size() || path[path.size() - tail.size() - 1] == '/');
}

} // namespace

std::vector<PhraseInclude> take_includes(std::string& text)
{
    std::vector<PhraseInclude> includes;
    std::uint32_t line = 1;
    for (std::size_t at = 0; at < text.size(); ++line) {
        auto const end = std::min(text.find('\n', at), text.size());
        auto const close = text.find('>', at);
        if (text.compare(at, keyword.size(), keyword) == 0 && close < end) {
            auto const begin = at + keyword.size();
            includes.push_back({line, text.substr(begin, close - begin)});
            text.replace(at, end - at, end - at, ' ');
        }
        at = end + 1;
    }
    return includes;
}

SourceText const* find_included(std::vector<SourceText> const& sources, std::string_view path)
{
    SourceText const* best = nullptr;
    for (auto const& source : sources) {
        std::string_view const name{source.name};
        bool const fits = name.starts_with(folder) && ends_with_path(path, name.substr(folder.size()));
        if (fits && (best == nullptr || name.size() > best->name.size()))
            best = &source;
    }
    return best;
}

} // namespace gatehouse::policy
