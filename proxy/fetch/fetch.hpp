#pragma once
// One question over HTTP and its answer, for what the gateway asks of others itself: a provider of sign-on, or another gateway's console from the command
// line. Blocking, by libcurl; never on a worker's thread, never for people's own traffic.

#include <chrono>
#include <filesystem>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace gatehouse::fetch {

struct Question {
    std::string url = {};
    std::vector<std::pair<std::string, std::string>> form = {}; ///< sent as application/x-www-form-urlencoded, if `is_post`
    bool is_post = false;
    std::string bearer = {};                   ///< Authorization: Bearer; empty: none
    std::filesystem::path ca_file = {};        ///< PEM: trusted beside the system's roots; empty: nobody else
    bool trusts_only_ca_file = false;          ///< instead of them
    std::chrono::milliseconds patience{10000}; ///< for all of it
    std::size_t most = 1024 * 1024;            ///< bytes of the answer
};

struct Answer {
    long status = 0;
    std::string body;
};

/// Redirects are not followed: none of those who are asked has reason to send one. The text says why there is no answer.
std::variant<Answer, std::string> ask(Question const& question);

/// "name=value&name=value" (WHATWG URL §5.2).
std::string form_text(std::vector<std::pair<std::string, std::string>> const& form);

} // namespace gatehouse::fetch
