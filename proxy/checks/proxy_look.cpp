#include "proxy/checks/proxy_look.hpp"

#include "policy/decide.hpp"
#include "policy/self_check.hpp"
#include "proxy/log/search.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <thread>

namespace gatehouse::checks {
namespace {

using namespace std::chrono_literals;

constexpr long longest_wait = 3000; // milliseconds, of one question
constexpr unsigned most_silent_places = 3;
constexpr auto longest_log_wait = 3s;

struct HandleEnd {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, HandleEnd>;

std::size_t ignore(char*, std::size_t size, std::size_t count, void*)
{
    return size * count;
}

/// Whether the gateway says that it decided, and not something on the way.
std::size_t note_decision(char const* text, std::size_t size, std::size_t count, void* context)
{
    constexpr std::string_view name = "gatehouse-decision:";
    std::string field{text, std::min(size * count, name.size())};
    for (auto& letter : field)
        letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    if (field == name)
        *static_cast<bool*>(context) = true;
    return size * count;
}

std::string url_of(Endpoint const& listener)
{
    auto const text = listener.address.to_text();
    return listener.address.is_v4() ? fmt::format("http://{}:{}", text, listener.port)
                                    : fmt::format("http://[{}]:{}", text, listener.port);
}

/// The listener to ask from that address: its own, or one of the same kind of address.
std::optional<Endpoint> door_for(std::vector<Endpoint> const& listeners, policy::IpAddress const& from)
{
    constexpr std::uint8_t link_local[]{0xfe, 0x80}; // RFC 4291 §2.5.6: means nothing without its interface
    if (std::equal(std::begin(link_local), std::end(link_local), from.bytes.begin()))
        return std::nullopt;
    std::optional<Endpoint> door;
    for (auto const& each : listeners) {
        bool const everywhere
            = each.address == policy::IpAddress{} || (each.address == policy::IpAddress::from_v4(0) && from.is_v4());
        if (each.address == from || everywhere)
            return Endpoint{from, each.port};
        if (!door && each.address.is_v4() == from.is_v4())
            door = each;
    }
    return door;
}

/// One person's connection to the gateway, kept from question to question.
class Asker {
public:
    Asker(ProxyToAsk const& proxy, policy::IpAddress const& from)
        : handle_(curl_easy_init())
    {
        auto const door = door_for(proxy.listeners, from);
        if (!handle_ || !door)
            return;
        auto* const curl = handle_.get();
        curl_easy_setopt(curl, CURLOPT_PROXY, url_of(*door).c_str());
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "");
        curl_easy_setopt(curl, CURLOPT_INTERFACE, ("host!" + from.to_text()).c_str());
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http");
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, longest_wait);
        curl_easy_setopt(curl, CURLOPT_USERAGENT, "Gatehouse-Checks");
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
        curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, note_decision);
        ready_ = true;
    }

    Answer ask(std::string const& category)
    {
        if (!ready_)
            return Answer::none;
        auto* const curl = handle_.get();
        bool decided = false;
        curl_easy_setopt(curl, CURLOPT_HEADERDATA, &decided);
        curl_easy_setopt(curl, CURLOPT_URL, fmt::format("http://{}/", policy::self_check_name(category)).c_str());
        if (curl_easy_perform(curl) != CURLE_OK)
            return Answer::none;
        long status = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        if (!decided)
            return Answer::none;
        return status == 403 ? Answer::closed : status == 200 ? Answer::open : status == 407 ? Answer::wants_name : Answer::none;
    }

private:
    Handle handle_;
    bool ready_ = false;
};

/// What the rules that run now say.
Answer due_at(Place const& place, std::string const& category, ProxyToAsk const& proxy, Clock& clock)
{
    if (place.asks_sign_in)
        return Answer::wants_name;
    auto const policy = proxy.current_policy();
    auto const url = fmt::format("http://{}/", policy::self_check_name(category)); // which the target views
    auto const target = policy::Target::parse_url(url);
    if (!target)
        return Answer::none;
    auto const subject = policy->subject_at(place.subject.address);
    auto const verdict = policy::decide(*policy, {subject, *target, clock.now(), {}}).verdict;
    return verdict == policy::Verdict::block ? Answer::closed : Answer::open;
}

Look look_once(
    Asker& asker, std::size_t index, Place const& place, std::string const& category, ProxyToAsk const& proxy, Clock& clock)
{
    Look look{category, index};
    for (int attempt = 0; attempt < 2; ++attempt) { // a lesson may end, or a policy go live, between the two
        look.due = due_at(place, category, proxy, clock);
        look.seen = asker.ask(category);
        if (look.seen == look.due)
            break;
    }
    return look;
}

/// How many rows the log has of these questions. The writer takes them in turn, so they come a moment later.
bool find_rows(std::filesystem::path const& log_dir, std::chrono::system_clock::time_point since, std::size_t wanted)
{
    log::SearchQuery query;
    query.from = since;
    query.host = policy::self_check_zone;
    query.limit = 10000;
    query.budget = 1000ms;
    for (auto const end = std::chrono::steady_clock::now() + longest_log_wait; std::chrono::steady_clock::now() < end;) {
        if (auto const page = log::search(log_dir, query); page && page->rows.size() >= std::min(wanted, query.limit))
            return true;
        std::this_thread::sleep_for(100ms);
    }
    return false;
}

} // namespace

ProxyLook look_through_proxy(ProxyToAsk const& proxy, std::span<std::string_view const> categories, Clock clock)
{
    ProxyLook look;
    auto const policy = proxy.current_policy();
    auto const can_ask = [&](policy::IpAddress const& from) { return door_for(proxy.listeners, from).has_value(); };
    look.places = find_places(*policy, proxy.own_addresses, can_ask);
    auto const began = std::chrono::system_clock::now();
    std::size_t answered = 0;
    unsigned silent = 0;
    for (std::size_t i = 0; i < look.places.reached.size() && silent < most_silent_places; ++i) {
        Asker asker(proxy, look.places.reached[i].subject.address);
        for (auto const category : categories) {
            if (policy->category(category) == nullptr)
                continue;
            look.looks.push_back(look_once(asker, i, look.places.reached[i], std::string{category}, proxy, clock));
            answered += look.looks.back().seen == Answer::none ? 0U : 1U;
            if (look.looks.back().seen == Answer::none) {
                ++silent;
                break;
            }
        }
    }
    look.logged = answered > 0 && find_rows(proxy.log_dir, began, answered);
    return look;
}

} // namespace gatehouse::checks
