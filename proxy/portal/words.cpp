#include "proxy/portal/words.hpp"

namespace gatehouse::portal {

namespace {

/// The place that begins at the front of `text`, "{}" or "{3}": which part stands there and how long it is; length 0: none begins there.
struct Place {
    std::size_t part = 0, length = 0;
};

Place place_at(std::string_view text, std::size_t next)
{
    if (text.starts_with("{}"))
        return {next, 2};
    if (text.size() > 2 && text[0] == '{' && text[1] >= '0' && text[1] <= '9' && text[2] == '}')
        return {static_cast<std::size_t>(text[1] - '0'), 3};
    return {};
}

} // namespace

std::string Words::in(Language language) const
{
    if (ours_.empty())
        return perhaps_ours_ ? std::string(say(language, outside_)) : outside_;
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
    std::string out;
    std::size_t next = 0;
    while (!text.empty()) {
        auto place = place_at(text, next);
        if (place.length != 0 && place.part < parts_.size()) {
            out += parts_[place.part].in(language);
            ++next;
        } else {
            out += text.front();
            place.length = 1;
        }
        text.remove_prefix(place.length);
    }
    return out;
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
