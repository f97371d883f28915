#include "proxy/mail/mailer.hpp"

#include <array>
#include <curl/curl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <memory>
#include <random>
#include <string_view>

namespace gatehouse::mail {
namespace {

constexpr long longest_seconds = 30;

struct HandleEnd {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, HandleEnd>;

struct ListEnd {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, ListEnd>;

/// What libcurl reads the mail from.
struct Upload {
    std::string text;
    std::size_t sent = 0;
};

std::size_t read_some(char* into, std::size_t size, std::size_t count, void* context)
{
    auto& upload = *static_cast<Upload*>(context);
    auto const given = std::string_view{upload.text}.substr(upload.sent, size * count);
    given.copy(into, given.size());
    upload.sent += given.size();
    return given.size();
}

/// Asked about once a second, also while nothing moves.
int look_whether_to_give_up(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t)
{
    return static_cast<std::atomic<bool> const*>(context)->load() ? 1 : 0;
}

std::size_t ignore(char*, std::size_t size, std::size_t count, void*)
{
    return size * count;
}

std::string first_line(std::filesystem::path const& path)
{
    std::ifstream file{path};
    std::string line;
    std::getline(file, line);
    return line;
}

/// A connection as the settings say, or nothing.
Handle make_handle(Mail const& settings, std::array<char, CURL_ERROR_SIZE>& reason)
{
    Handle handle{curl_easy_init()};
    if (!handle)
        return nullptr;
    auto* const curl = handle.get();
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, reason.data());
    curl_easy_setopt(curl, CURLOPT_URL, (settings.server + "/gatehouse").c_str()); // the path is what we call ourselves in EHLO
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(settings.needs_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    if (!settings.ca_file.empty()) // the system's stay, as CURLOPT_CAPATH
        curl_easy_setopt(curl, CURLOPT_CAINFO, settings.ca_file.c_str());
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, longest_seconds);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
    if (!settings.user.empty()) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, settings.user.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, first_line(settings.password_file).c_str());
    }
    return handle;
}

std::string outcome_of(CURL* curl, std::array<char, CURL_ERROR_SIZE> const& reason)
{
    auto const code = curl_easy_perform(curl);
    if (code == CURLE_OK)
        return {};
    return reason.front() != '\0' ? std::string{reason.data()} : std::string{curl_easy_strerror(code)};
}

std::string new_id(std::string const& from)
{
    std::random_device chance;
    return fmt::format("{:08x}{:08x}@{}", chance(), chance(), from.substr(from.find('@') + 1));
}

} // namespace

std::string to_text(Message const& message, std::string const& from, std::chrono::sys_seconds now, std::string const& id)
{
    auto text = fmt::format(
        "Date: {:%a, %d %b %Y %H:%M:%S} +0000\r\nFrom: Gatehouse <{}>\r\nTo: {}\r\nSubject: {}\r\nMessage-ID: <{}>\r\n"
        "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n",
        fmt::gmtime(std::chrono::system_clock::time_point{now}), from, fmt::join(message.to, ", "), message.subject, id);
    for (char const c : message.text) {
        if (c == '\n')
            text += '\r';
        text += c;
    }
    return text;
}

std::string send(Mail const& settings, Message const& message, std::chrono::sys_seconds now, std::atomic<bool> const& gives_up)
{
    std::array<char, CURL_ERROR_SIZE> reason{};
    auto const handle = make_handle(settings, reason);
    if (!handle)
        return "libcurl cannot be used";
    auto* const curl = handle.get();
    List to;
    for (auto const& address : message.to)
        to.reset(curl_slist_append(to.release(), fmt::format("<{}>", address).c_str()));
    Upload upload{to_text(message, settings.from, now, new_id(settings.from))};
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, fmt::format("<{}>", settings.from).c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to.get());
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_some);
    curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, look_whether_to_give_up);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &gives_up);
    return outcome_of(curl, reason);
}

std::string check(Mail const& settings)
{
    std::array<char, CURL_ERROR_SIZE> reason{};
    auto const handle = make_handle(settings, reason);
    if (!handle)
        return "libcurl cannot be used";
    curl_easy_setopt(handle.get(), CURLOPT_NOBODY, 1L);
    curl_easy_setopt(handle.get(), CURLOPT_CUSTOMREQUEST, "NOOP");
    return outcome_of(handle.get(), reason);
}

} // namespace gatehouse::mail
