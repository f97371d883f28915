#include "proxy/fetch/fetch.hpp"

#include <array>
#include <curl/curl.h>
#include <memory>

namespace gatehouse::fetch {
namespace {

struct HandleEnd {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, HandleEnd>;

struct ListEnd {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListEnd>;

struct TextEnd {
    void operator()(char* text) const { curl_free(text); }
};

/// The answer as it comes in.
struct Taken {
    std::string body;
    std::size_t most = 0;
};

std::size_t take(char* bytes, std::size_t size, std::size_t count, void* context)
{
    auto& taken = *static_cast<Taken*>(context);
    if (taken.body.size() + size * count > taken.most)
        return 0; // ends the transfer as a failure
    taken.body.append(bytes, size * count);
    return size * count;
}

void set_trust(CURL* curl, Question const& question)
{
    if (question.ca_file.empty())
        return;
    curl_easy_setopt(curl, CURLOPT_CAINFO, question.ca_file.c_str()); // the system's stay, as CURLOPT_CAPATH
    if (question.trusts_only_ca_file)
        curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
}

} // namespace

std::string form_text(std::vector<std::pair<std::string, std::string>> const& form)
{
    std::string text;
    Handle const handle{curl_easy_init()};
    auto const escaped = [&](std::string const& part) {
        std::unique_ptr<char, TextEnd> const out{curl_easy_escape(handle.get(), part.data(), static_cast<int>(part.size()))};
        return std::string{out ? out.get() : ""};
    };
    for (auto const& [name, value] : form)
        text += (text.empty() ? "" : "&") + escaped(name) + "=" + escaped(value);
    return text;
}

std::variant<Answer, std::string> ask(Question const& question)
{
    Handle const handle{curl_easy_init()};
    if (!handle)
        return std::string{"libcurl cannot be used"};
    auto* const curl = handle.get();
    std::array<char, CURL_ERROR_SIZE> reason{};
    Taken taken{{}, question.most};
    auto const body = form_text(question.form);
    List headers{curl_slist_append(nullptr, "Accept: application/json")};
    if (!question.bearer.empty())
        headers.reset(curl_slist_append(headers.release(), ("Authorization: Bearer " + question.bearer).c_str()));
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason.data());
    curl_easy_setopt(curl, CURLOPT_URL, question.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(question.patience.count()));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &taken);
    if (question.is_post) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.c_str());
    }
    set_trust(curl, question);
    auto const code = curl_easy_perform(curl);
    if (code != CURLE_OK)
        return reason.front() != '\0' ? std::string{reason.data()} : std::string{curl_easy_strerror(code)};
    Answer answer{0, std::move(taken.body)};
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer.status);
    return answer;
}

} // namespace gatehouse::fetch
