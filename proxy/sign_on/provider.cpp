#include "proxy/sign_on/provider.hpp"

#include "proxy/fetch/fetch.hpp"
#include "proxy/settings.hpp"
#include "proxy/sign_on/json_text.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>

namespace gatehouse::sign_on {
namespace {

namespace json = boost::json;

constexpr std::chrono::hours kept{1};
constexpr std::chrono::seconds between_tries{
    5}; ///< while it does not answer: nobody waits for what somebody else just waited for
constexpr std::chrono::seconds longest_ago{std::chrono::hours{12}}; ///< since the person showed the provider who they are
constexpr std::chrono::minutes between_reads{1}; ///< because of an unknown key: nobody makes us ask without end

json::object object_of(std::string const& text)
{
    json::error_code failure;
    auto value = json::parse(text, failure);
    return !failure && value.is_object() ? std::move(value.get_object()) : json::object{};
}

/// Only what is encrypted, or stays on this machine.
bool is_safe(std::string_view address)
{
    return address.starts_with("https://") || address.starts_with("http://127.0.0.1:");
}

std::variant<std::string, Fault> get(SignOn const& settings, fetch::Question question)
{
    question.ca_file = settings.ca_file;
    auto answered = fetch::ask(question);
    if (auto const* const why = std::get_if<std::string>(&answered))
        return Fault{fmt::format("{} does not answer: {}", question.url, *why)};
    auto& answer = std::get<fetch::Answer>(answered);
    if (answer.status != 200)
        return Fault{fmt::format("{} answers {}", question.url, answer.status)};
    return std::move(answer.body);
}

/// Whether its tokens say when a person last showed who they are. Google says that its do not, and takes no `prompt=login`; who gives no list may.
bool says_when_shown(json::object const& document)
{
    auto const* const claims = document.if_contains("claims_supported");
    if (claims == nullptr || !claims->is_array())
        return true;
    auto const& all = claims->get_array();
    return std::find(all.begin(), all.end(), json::value("auth_time")) != all.end();
}

std::string secret_in(std::filesystem::path const& path)
{
    std::ifstream file{path};
    std::string line;
    std::getline(file, line);
    return line;
}

} // namespace

Provider::Provider(SignOn const& settings, std::string back)
    : settings_(settings)
    , back_(std::move(back))
{
}

std::variant<Provider::Known, Fault> Provider::read(std::chrono::sys_seconds now)
{
    auto issuer = settings_.issuer;
    while (issuer.ends_with('/'))
        issuer.pop_back();
    auto const said = get(settings_, {.url = issuer + "/.well-known/openid-configuration"});
    if (auto const* const fault = std::get_if<Fault>(&said))
        return *fault;
    auto const document = object_of(std::get<std::string>(said));
    if (text_in(document, "issuer") != settings_.issuer)
        return Fault{"the provider calls itself something else than `issuer` of the settings"};
    Known known{text_in(document, "authorization_endpoint"), text_in(document, "token_endpoint"), text_in(document, "jwks_uri"),
        {}, now, says_when_shown(document)};
    if (!is_safe(known.authorization) || !is_safe(known.token) || !is_safe(known.keys_address))
        return Fault{"the provider does not say where to ask, or not by https"};
    auto keys = get(settings_, {.url = known.keys_address});
    if (auto const* const fault = std::get_if<Fault>(&keys))
        return *fault;
    known.keys = std::move(std::get<std::string>(keys));
    return known;
}

std::variant<Provider::Known, Fault> Provider::known(std::chrono::sys_seconds now)
{
    std::lock_guard const alone(guard_);
    bool const is_fresh = !known_.keys.empty() && now < known_.read_at + kept && known_.read_at <= now;
    if (is_fresh)
        return known_;
    if (away_ && now < away_at_ + between_tries && away_at_ <= now)
        return *away_;
    auto read_now = read(now);
    away_.reset();
    if (auto const* const fresh = std::get_if<Known>(&read_now)) {
        known_ = *fresh;
    } else {
        away_ = std::get<Fault>(read_now);
        away_at_ = now;
    }
    return read_now;
}

std::variant<std::string, Fault> Provider::address_for(Flow const& flow, std::chrono::sys_seconds now)
{
    auto const answered = known(now);
    if (auto const* const fault = std::get_if<Fault>(&answered))
        return *fault;
    auto const& provider = std::get<Known>(answered);
    std::vector<std::pair<std::string, std::string>> asked{{"response_type", "code"}, {"client_id", settings_.client_id},
        {"redirect_uri", back_}, {"scope", fmt::format("{}", fmt::join(settings_.scopes, " "))}, {"state", flow.state},
        {"nonce", flow.nonce}, {"code_challenge", challenge_of(flow.verifier)}, {"code_challenge_method", "S256"}};
    if (provider.says_when) // who is asked for `max_age` has to say `auth_time`
        asked.emplace_back("max_age", std::to_string(flow.again ? 0 : longest_ago.count()));
    if (provider.says_when && flow.again)
        asked.emplace_back("prompt", "login");
    auto const& address = provider.authorization;
    return address + (address.find('?') == std::string::npos ? "?" : "&") + fetch::form_text(asked);
}

std::variant<std::string, Fault> Provider::token_for(Known const& known, Flow const& flow, std::string const& code)
{
    auto const said = get(settings_,
        {.url = known.token,
            .form
            = {{"grant_type", "authorization_code"}, {"code", code}, {"redirect_uri", back_}, {"client_id", settings_.client_id},
                {"client_secret", secret_in(settings_.secret_file)}, {"code_verifier", flow.verifier}},
            .is_post = true});
    if (auto const* const fault = std::get_if<Fault>(&said))
        return *fault;
    auto token = text_in(object_of(std::get<std::string>(said)), "id_token");
    if (token.empty())
        return Fault{"the provider gives no ID token"};
    return token;
}

std::variant<Name, Fault> Provider::who_came(Flow const& flow, std::string const& code, std::chrono::sys_seconds now)
{
    auto answered = known(now);
    if (auto const* const fault = std::get_if<Fault>(&answered))
        return *fault;
    auto const token = token_for(std::get<Known>(answered), flow, code);
    if (auto const* const fault = std::get_if<Fault>(&token))
        return *fault;
    Expected const expected{settings_.issuer, settings_.client_id, flow.nonce, settings_.claim, now};
    auto const& text = std::get<std::string>(token);
    auto const named_by = [&](Known const& provider) {
        auto named = name_in(text, provider.keys, expected);
        if (auto* const name = std::get_if<Name>(&named); name != nullptr && !provider.says_when)
            name->shown_at.reset();
        return named;
    };
    auto named = named_by(std::get<Known>(answered));
    auto const* const fault = std::get_if<Fault>(&named);
    if (fault == nullptr || !fault->unknown_key || now < std::get<Known>(answered).read_at + between_reads)
        return named;
    {
        std::lock_guard const alone(guard_);
        known_.keys.clear(); // the provider changed its keys: they are read anew
    }
    answered = known(now);
    if (auto const* const unread = std::get_if<Fault>(&answered))
        return *unread;
    return named_by(std::get<Known>(answered));
}

} // namespace gatehouse::sign_on
