#include "proxy/portal/words.hpp"

#include "proxy/portal/kept_sentences.hpp"

namespace gatehouse::portal {

std::string Words::in(Language language) const
{
    if (ours_.empty())
        switch (look_up_) {
        case LookUp::never: return outside_;
        case LookUp::exactly: return std::string(say(language, outside_));
        case LookUp::by_pattern: return say_kept(language, context_, outside_);
        }
    auto text = say(language, ours_);
    if (text.data() == ours_.data()) // nothing else is known
        text = text.substr(0, text.find("##"));
    if (is_list_) {
        std::string out;
        for (auto const& part : parts_)
            out.append(out.empty() ? "" : text).append(part.in(language));
        return out;
    }
    if (parts_.empty())
        return std::string(text);
    std::vector<std::string> said;
    for (auto const& part : parts_)
        said.push_back(part.in(language));
    return filled(text, said);
}

Words shown_number(std::uint64_t number)
{
    constexpr std::uint64_t thousand = 1000;
    if (number < thousand)
        return to_words(number);
    auto const rest = std::to_string(thousand + number % thousand).substr(1); // its zeros in front, too
    return words("{},{}", shown_number(number / thousand), rest);
}

Words joined(std::vector<Words> parts, char const* between)
{
    std::erase_if(parts, [](Words const& part) { return part.empty(); });
    return parts.empty() ? Words() : Words::list(std::move(parts), between);
}

} // namespace gatehouse::portal
