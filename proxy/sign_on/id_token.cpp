#include "proxy/sign_on/id_token.hpp"

#include "proxy/sign_on/json_text.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cjose/cjose.h>
#include <memory>

namespace gatehouse::sign_on {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_token = 16 * 1024; // bytes
constexpr std::chrono::seconds clocks_differ{60};

struct JwsEnd {
    void operator()(cjose_jws_t* jws) const { cjose_jws_release(jws); }
};
using Jws = std::unique_ptr<cjose_jws_t, JwsEnd>;

struct JwkEnd {
    void operator()(cjose_jwk_t* jwk) const { cjose_jwk_release(jwk); }
};
using Jwk = std::unique_ptr<cjose_jwk_t, JwkEnd>;

/// libcjose ends the process for a text whose length no base64 has, so such are told apart before.
bool is_base64url(std::string_view text)
{
    auto const fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    return text.size() % 4 != 1 && std::all_of(text.begin(), text.end(), fits);
}

/// Three parts (RFC 7515 §7.1), none of them empty.
bool is_compact(std::string_view token)
{
    std::size_t parts = 0;
    for (;;) {
        auto const end = std::min(token.find('.'), token.size());
        ++parts;
        if (end == 0 || parts > 3 || !is_base64url(token.substr(0, end)))
            return false;
        if (end == token.size())
            return parts == 3;
        token.remove_prefix(end + 1);
    }
}

/// A public key for signatures whose numbers are written as they should be (RFC 7518 §6).
bool is_public_key(boost::json::object const& key)
{
    auto const* const kind = key.if_contains("kty");
    if (kind == nullptr || (*kind != "RSA" && *kind != "EC"))
        return false;
    return std::all_of(key.begin(), key.end(), [](auto const& member) {
        auto const name = std::string_view{member.key().data(), member.key().size()};
        bool const is_number = name == "n" || name == "e" || name == "x" || name == "y";
        bool const is_secret
            = name == "d" || name == "p" || name == "q" || name == "dp" || name == "dq" || name == "qi" || name == "k";
        if (is_secret)
            return false;
        return !is_number
            || (member.value().is_string() && !member.value().get_string().empty() && is_base64url(member.value().get_string()));
    });
}

std::string header_of(cjose_jws_t* jws, char const* name)
{
    cjose_err failure{};
    auto const* const value = cjose_header_get(cjose_jws_get_protected(jws), name, &failure);
    return value == nullptr ? std::string{} : std::string{value};
}

bool is_taken(std::string_view algorithm)
{
    static constexpr std::array<std::string_view, 9> taken{
        "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"};
    return std::find(taken.begin(), taken.end(), algorithm) != taken.end();
}

std::chrono::sys_seconds time_in(json::object const& object, std::string_view name)
{
    constexpr double latest = 1e12; // seconds; what is beyond is no time
    auto const* const value = object.if_contains(name);
    if (value == nullptr || !value->is_number())
        return {};
    json::error_code failure;
    auto const seconds = value->to_number<double>(failure);
    if (failure || seconds < 0 || seconds > latest)
        return {};
    return std::chrono::sys_seconds{std::chrono::seconds{static_cast<std::int64_t>(seconds)}};
}

json::object object_of(std::string_view text)
{
    json::error_code failure;
    auto value = json::parse(json::string_view{text.data(), text.size()}, failure);
    return !failure && value.is_object() ? std::move(value.get_object()) : json::object{};
}

enum class Signature : std::uint8_t { good, bad, unknown_key };

/// With the key that the token names, or any if it names none.
Signature check_signature(cjose_jws_t* jws, std::string const& keys)
{
    auto const set = object_of(keys);
    auto const* const list = set.if_contains("keys");
    auto const id = header_of(jws, CJOSE_HDR_KID);
    auto verdict = Signature::unknown_key;
    if (list == nullptr || !list->is_array())
        return verdict;
    for (auto const& each : list->get_array()) {
        if (!each.is_object() || !is_public_key(each.get_object()) || (!id.empty() && text_in(each.get_object(), "kid") != id))
            continue;
        auto const text = json::serialize(each);
        cjose_err failure{};
        Jwk const key{cjose_jwk_import(text.data(), text.size(), &failure)};
        if (key && cjose_jws_verify(jws, key.get(), &failure))
            return Signature::good;
        verdict = Signature::bad;
    }
    return verdict;
}

bool is_for(json::object const& claims, std::string const& client)
{
    auto const* const audience = claims.if_contains("aud");
    if (audience == nullptr)
        return false;
    if (audience->is_string())
        return audience->get_string() == client;
    if (!audience->is_array())
        return false;
    auto const& all = audience->get_array();
    bool const named = std::any_of(
        all.begin(), all.end(), [&](json::value const& each) { return each.is_string() && each.get_string() == client; });
    return named && (all.size() == 1 || text_in(claims, "azp") == client);
}

/// Somebody has shown that the address is theirs (OpenID Connect Core 1.0 §5.1). At a provider that says nothing of it people may write that of somebody
/// else into their own account.
bool is_verified(json::object const& claims)
{
    auto const* const verified = claims.if_contains("email_verified");
    return verified != nullptr && (*verified == true || *verified == "true"); // some write it as a text
}

/// Empty: nothing is wrong with them.
std::string fault_in(json::object const& claims, Expected const& expected)
{
    if (text_in(claims, "iss") != expected.issuer)
        return "it is of another provider";
    if (!is_for(claims, expected.client_id))
        return "it is for another program";
    if (expected.nonce.empty() || text_in(claims, "nonce") != expected.nonce)
        return "it is not the answer to this question";
    if (time_in(claims, "exp") + clocks_differ <= expected.now)
        return "it is over";
    if (time_in(claims, "iat") > expected.now + clocks_differ)
        return "it is from a time to come: look at the clocks";
    if (expected.claim == "email" && !is_verified(claims))
        return claims.contains("email_verified") ? "its e-mail address is not verified"
                                                 : "nothing says that its e-mail address is verified: write claim = \"oid\" or "
                                                   "\"sub\" into [sign_on], and those names "
                                                   "into the accounts";
    if (text_in(claims, expected.claim).empty())
        return "it has no \"" + expected.claim + '"';
    return {};
}

} // namespace

std::variant<Name, Fault> name_in(std::string const& id_token, std::string const& keys, Expected const& expected)
{
    if (id_token.size() > longest_token)
        return Fault{"the token is too long"};
    if (!is_compact(id_token))
        return Fault{"the token cannot be read"};
    cjose_err failure{};
    Jws const jws{cjose_jws_import(id_token.data(), id_token.size(), &failure)};
    if (!jws)
        return Fault{"the token cannot be read"};
    if (!is_taken(header_of(jws.get(), CJOSE_HDR_ALG)))
        return Fault{"the token is signed in a way that is not taken"};
    auto const signature = check_signature(jws.get(), keys);
    if (signature != Signature::good)
        return Fault{"the token's signature is not the provider's", signature == Signature::unknown_key};
    std::uint8_t* bytes = nullptr;
    std::size_t size = 0;
    if (!cjose_jws_get_plaintext(jws.get(), &bytes, &size, &failure))
        return Fault{"the token is empty"};
    auto const claims = object_of({reinterpret_cast<char const*>(bytes), size});
    if (auto fault = fault_in(claims, expected); !fault.empty())
        return Fault{"the token: " + fault};
    Name name{text_in(claims, expected.claim), {}};
    if (auto const shown_at = time_in(claims, "auth_time"); shown_at != std::chrono::sys_seconds{})
        name.shown_at = std::min(shown_at, expected.now);
    return name;
}

} // namespace gatehouse::sign_on
