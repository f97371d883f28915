#include "proxy/sign_on/id_token.hpp"

#include <boost/json.hpp>
#include <cjose/cjose.h>
#include <gtest/gtest.h>

namespace gatehouse::sign_on {
namespace {

namespace json = boost::json;

constexpr std::chrono::sys_seconds noon{std::chrono::seconds{1795521600}};

/// A key pair of the provider, and tokens that it signs.
class Signer {
public:
    Signer(bool elliptic, char const* id)
        : key_(elliptic ? cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &failure_)
                        : cjose_jwk_create_RSA_random(2048, nullptr, 0, &failure_))
    {
        cjose_jwk_set_kid(key_, id, std::char_traits<char>::length(id), &failure_);
    }
    Signer(Signer const&) = delete;
    Signer& operator=(Signer const&) = delete;
    ~Signer() { cjose_jwk_release(key_); }

    std::string public_set()
    {
        auto* const text = cjose_jwk_to_json(key_, false, &failure_);
        std::string const set = std::string("{\"keys\":[") + text + "]}";
        cjose_get_dealloc()(text);
        return set;
    }
    std::string sign(json::object const& claims, char const* algorithm, char const* id)
    {
        auto* const header = cjose_header_new(&failure_);
        cjose_header_set(header, CJOSE_HDR_ALG, algorithm, &failure_);
        cjose_header_set(header, CJOSE_HDR_KID, id, &failure_);
        auto const text = json::serialize(claims);
        auto* const jws
            = cjose_jws_sign(key_, header, reinterpret_cast<std::uint8_t const*>(text.data()), text.size(), &failure_);
        char const* compact = nullptr;
        cjose_jws_export(jws, &compact, &failure_);
        std::string token{compact};
        cjose_jws_release(jws);
        cjose_header_release(header);
        return token;
    }

private:
    cjose_err failure_{};
    cjose_jwk_t* key_;
};

struct IdToken : ::testing::Test {
    Expected expected{"https://id.example", "gatehouse", "nonce", "email", noon};
    json::object claims{{"iss", "https://id.example"}, {"aud", "gatehouse"}, {"nonce", "nonce"}, {"iat", 1795521600},
        {"exp", 1795521900}, {"email", "head@school.example"}, {"email_verified", true}};

    std::string fault_of(json::object const& said, char const* algorithm = "RS256")
    {
        auto const named = name_in(rsa.sign(said, algorithm, "one"), rsa.public_set(), expected);
        auto const* const fault = std::get_if<Fault>(&named);
        return fault == nullptr ? std::string{} : fault->text;
    }
    json::object with(std::string_view name, json::value value)
    {
        auto changed = claims;
        changed[name] = std::move(value);
        return changed;
    }
    Signer rsa{false, "one"}, curve{true, "two"};
};

TEST_F(IdToken, NamesWhoSignedIn)
{
    for (auto const* const algorithm : {"RS256", "RS512", "PS256"})
        EXPECT_EQ(fault_of(claims, algorithm), "") << algorithm;
    auto const named = name_in(curve.sign(claims, "ES256", "two"), curve.public_set(), expected);
    ASSERT_TRUE(std::holds_alternative<Name>(named));
    EXPECT_EQ(std::get<Name>(named).text, "head@school.example");
}

TEST_F(IdToken, SaysWhenThePersonShowedWhoTheyAre)
{
    auto const shown_at = [&](json::object const& said) {
        return std::get<Name>(name_in(rsa.sign(said, "RS256", "one"), rsa.public_set(), expected)).shown_at;
    };
    EXPECT_EQ(shown_at(claims), std::nullopt);
    EXPECT_EQ(shown_at(with("auth_time", 1795521000)), noon - std::chrono::minutes{10});
    EXPECT_EQ(shown_at(with("auth_time", 1795599999)), noon) << "the provider's clock is ahead";
    for (json::value const& nothing : {json::value{nullptr}, json::value{"1795521000"}, json::value{-1}, json::value{1e300}})
        EXPECT_EQ(shown_at(with("auth_time", nothing)), std::nullopt);
}

TEST_F(IdToken, NamesNobodyWithoutTheProvidersSignature)
{
    auto const token = rsa.sign(claims, "RS256", "one");
    auto const by_another = name_in(token, curve.public_set(), expected);
    ASSERT_TRUE(std::holds_alternative<Fault>(by_another));
    EXPECT_TRUE(std::get<Fault>(by_another).unknown_key);
    Signer impostor{false, "one"};
    auto const forged = name_in(impostor.sign(claims, "RS256", "one"), rsa.public_set(), expected);
    ASSERT_TRUE(std::holds_alternative<Fault>(forged));
    EXPECT_FALSE(std::get<Fault>(forged).unknown_key);
    for (auto const* const keys :
        {"", "{}", "[]", "{\"keys\":{}}", "{\"keys\":[1,{\"kid\":\"one\"},{\"kid\":\"one\",\"kty\":\"RSA\"}]}"})
        EXPECT_TRUE(std::holds_alternative<Fault>(name_in(token, keys, expected))) << keys;
}

TEST_F(IdToken, NamesNobodyForWhatIsNoToken)
{
    for (auto const* const text :
        {"", ".", "..", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA", "{}", "\xff"})
        EXPECT_TRUE(std::holds_alternative<Fault>(name_in(text, rsa.public_set(), expected))) << text;
    EXPECT_TRUE(std::holds_alternative<Fault>(name_in(std::string(20000, 'a'), rsa.public_set(), expected)));
}

/// Where nobody verifies it anybody may write the address of somebody else into their own account.
TEST_F(IdToken, NamesNobodyByAnAddressThatTheProviderDoesNotVouchFor)
{
    auto silent = claims;
    silent.erase("email_verified");
    EXPECT_NE(fault_of(silent).find("\"oid\""), std::string::npos) << "what to take instead";
    EXPECT_NE(fault_of(with("email_verified", 1)).find("not verified"), std::string::npos);
    EXPECT_EQ(fault_of(with("email_verified", "true")), "") << "as some write it";
    expected.claim = "oid";
    silent["oid"] = "5f2c";
    EXPECT_EQ(fault_of(silent), "") << "that one nobody writes themselves";
}

TEST_F(IdToken, SaysWhatIsWrongWithItsClaims)
{
    struct {
        char const* name;
        json::value value;
        char const* fault;
    } const rows[]{{"iss", "https://other.example", "another provider"}, {"aud", "other", "another program"},
        {"aud", 5, "another program"}, {"aud", {"gatehouse", "other"}, "another program"}, {"nonce", "old", "not the answer"},
        {"nonce", nullptr, "not the answer"}, {"exp", 1795521540, "is over"}, {"exp", "1795521900", "is over"},
        {"exp", -1, "is over"}, {"exp", 1e300, "is over"}, {"iat", 1795521661, "time to come"},
        {"email_verified", false, "not verified"}, {"email_verified", "false", "not verified"}, {"email", "", "has no"},
        {"email", {"a"}, "has no"}};
    for (auto const& row : rows)
        EXPECT_NE(fault_of(with(row.name, row.value)).find(row.fault), std::string::npos)
            << row.name << json::serialize(row.value);
    EXPECT_EQ(fault_of(with("aud", json::array{"gatehouse"})), "");
    EXPECT_EQ(fault_of(with("exp", 1795521541)), "") << "clocks may differ by a minute";
    auto shared = with("aud", json::array{"gatehouse", "other"});
    shared["azp"] = "gatehouse";
    EXPECT_EQ(fault_of(shared), "");
    expected.claim = "oid";
    EXPECT_EQ(fault_of(with("oid", "7f3e")), "");
}

} // namespace
} // namespace gatehouse::sign_on
