#include "proxy/store/password_hasher.hpp"

#include <algorithm>
#include <array>
#include <sodium.h>

namespace gatehouse::store {
namespace {

// Long enough to pass the length rule and still among the first that anybody tries; shorter ones are covered by taking repetitions,
// digits at the end and the words below apart. Written from knowledge of leaked lists; sorted for nothing but reading.
constexpr std::array<std::string_view, 68> common_words{"abc123", "abcd1234", "academy", "access", "admin", "administrator",
    "arsenal", "asdfgh", "asdfghjkl", "baseball", "basketball", "blink182", "changeme", "charlie", "chelsea", "computer",
    "default", "dragon", "easter", "everton", "flower", "football", "freedom", "gatehouse", "guest", "headteacher", "hello",
    "iloveyou", "internet", "letmein", "liverpool", "login", "manchester", "manunited", "master", "michael", "monday", "monkey",
    "mypassword", "ninja", "office", "passphrase", "password", "passw0rd", "p@ssw0rd", "pokemon", "princess", "pupil", "qwerty",
    "qwertyuiop", "school", "secret", "september", "shadow", "spring", "staff", "starwars", "student", "summer", "sunshine",
    "superman", "teacher", "trustno1", "welcome", "winter", "zaq12wsx", "1q2w3e4r5t6y", "1qaz2wsx3edc"};

std::string lowered(std::string_view text)
{
    std::string lower{text};
    std::transform(lower.begin(), lower.end(), lower.begin(),
        [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return lower;
}

/// Characters, not bytes: UTF-8 continuation bytes do not count.
std::size_t characters(std::string_view text)
{
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

void remove_all(std::string& text, std::string_view word)
{
    if (word.empty())
        return;
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word))
        text.erase(at, word.size());
}

/// True for "aaaaaaaaaaaa", "123456789012", "abcdefghijkl", "987654321098": every step between neighbours is the same.
bool is_sequence(std::string_view text)
{
    auto const step_at = [&](std::size_t i) {
        int const step = text[i] - text[i - 1];
        return text[i] == '0' && text[i - 1] == '9' ? 1 : text[i] == '9' && text[i - 1] == '0' ? -1 : step;
    };
    for (std::size_t i = 2; i < text.size(); ++i)
        if (step_at(i) != step_at(1))
            return false;
    int const step = text.size() > 1 ? step_at(1) : 0;
    return step >= -1 && step <= 1;
}

/// True if the whole is one short piece again and again: "qwerqwerqwer".
bool is_repetition(std::string_view text)
{
    for (std::size_t piece = 1; piece <= 4 && piece < text.size(); ++piece) {
        bool repeats = true;
        for (std::size_t i = piece; i < text.size() && repeats; ++i)
            repeats = text[i] == text[i - piece];
        if (repeats)
            return true;
    }
    return false;
}

} // namespace

result<void> check_password_strength(std::string_view password, std::size_t minimum, std::string_view login)
{
    if (password.size() > maximum_password)
        return errc::password_too_long;
    if (characters(password) < minimum)
        return errc::password_too_short;
    auto lower = lowered(password);
    if (is_sequence(lower) || is_repetition(lower))
        return errc::password_too_common;
    // What is left when common words, the login and its parts, digits and signs at the ends are taken away has to be something.
    remove_all(lower, lowered(login));
    for (auto const word : common_words)
        remove_all(lower, word);
    constexpr std::string_view filler = "0123456789!?.,-_*#@$% ";
    auto const first = lower.find_first_not_of(filler);
    if (first == std::string::npos)
        return errc::password_too_common;
    auto const last = lower.find_last_not_of(filler);
    return last - first + 1 < 4 ? result<void>{errc::password_too_common} : result<void>{};
}

std::string random_password()
{
    // No letters or digits that are mistaken for each other; 30 symbols, 20 of them: 98 bits.
    constexpr std::string_view alphabet = "23456789abcdefghjkmnpqrstvwxyz";
    std::string text;
    for (unsigned i = 0; i < 20; ++i) {
        if (i != 0 && i % 4 == 0)
            text += '-';
        text += alphabet[randombytes_uniform(static_cast<std::uint32_t>(alphabet.size()))];
    }
    return text;
}

} // namespace gatehouse::store
