// The console's API from the command line: every page and form by its address, with a key of an account.
#include "proxy/fetch/fetch.hpp"
#include "tools/ctl/configuration.hpp"
#include "tools/ctl/verbs.hpp"

#include <boost/json.hpp>

#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <iostream>

namespace gatehouse::ctl {
namespace {

namespace json = boost::json;

std::string key_of(ApiOptions const& options)
{
    std::string key;
    if (!options.key_file.empty()) {
        std::ifstream file{options.key_file};
        std::getline(file, key);
    } else if (auto const* const given = std::getenv("GATEHOUSE_KEY")) {
        key = given;
    }
    return key;
}

/// "name=value" as it was typed; a name alone has an empty value.
std::pair<std::string, std::string> split(std::string const& typed)
{
    auto const equals = typed.find('=');
    return equals == typed.npos ? std::pair{typed, std::string{}} : std::pair{typed.substr(0, equals), typed.substr(equals + 1)};
}

fetch::Question question_of(ApiOptions const& options, Settings const& settings)
{
    fetch::Question question;
    auto const base = options.url.empty() ? settings.console_url : options.url;
    question.url = base + "/api/v1" + (options.path.starts_with('/') ? "" : "/") + options.path;
    question.is_post = options.post;
    question.patience = std::chrono::minutes{2}; // checks and replays take their time
    question.most = 64 * 1024 * 1024;
    std::error_code ec;
    auto const own = settings.state_dir / "console" / "certificate.pem";
    if (options.url.empty() && std::filesystem::exists(own, ec)) {
        question.ca_file = own; // it signs itself
        question.trusts_only_ca_file = true;
    }
    for (auto const& typed : options.values)
        question.form.push_back(split(typed));
    if (!options.post && !question.form.empty())
        question.url += "?" + fetch::form_text(question.form);
    return question;
}

} // namespace

int api(Common const& common, ApiOptions const& options, Streams streams)
{
    auto const settings = read_settings(common, streams);
    if (!settings)
        return failure;
    auto question = question_of(options, *settings);
    question.bearer = key_of(options);
    if (question.bearer.empty() && !question.url.ends_with("/openapi.json"))
        return report_failure(common, streams,
            "there is no key: make one in the console (your account, keys for programs), and put it into GATEHOUSE_KEY or a "
            "--key-file");
    auto const asked = fetch::ask(question);
    if (auto const* const fault = std::get_if<std::string>(&asked))
        return report_failure(common, streams, fmt::format("no console answers at {} ({})", question.url, *fault));
    auto const& answer = std::get<fetch::Answer>(asked);
    streams.out << answer.body << '\n';
    constexpr long first_refusal = 400;
    return answer.status < first_refusal ? success : failure;
}

} // namespace gatehouse::ctl
