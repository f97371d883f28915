#include "proxy/store/sealed_secret.hpp"
#include "proxy/store/second_factor.hpp"

#include "tests/unit/store/school.hpp"

#include <cstdio>
#include <liboath/oath.h>

namespace gatehouse::store {
namespace {

using namespace test;
using namespace std::chrono_literals;

/// What a phone's app shows for a secret.
std::string code_at(std::string const& secret, Instant now)
{
    char* bytes = nullptr;
    std::size_t size = 0;
    std::string code(7, '\0');
    EXPECT_EQ(oath_base32_decode(secret.data(), secret.size(), &bytes, &size), OATH_OK);
    EXPECT_EQ(
        oath_totp_generate(bytes, size, static_cast<::time_t>(now.time_since_epoch().count()), 30, 0, 6, code.data()), OATH_OK);
    std::free(bytes);
    code.pop_back();
    return code;
}

std::string other_than(std::string code)
{
    code[0] = code[0] == '9' ? '0' : static_cast<char>(code[0] + 1);
    return code;
}

struct SecondFactor : School {
    std::string secret;
    std::vector<std::string> paper;

    /// A new one, signed in.
    SessionId session_of(AccountId account, Instant now = tuesday)
    {
        return find_session(*ledger, *create_session(*ledger, account, "10.0.0.9", now), now)->id;
    }
    void turn_on(AccountId account, Instant now = tuesday)
    {
        auto const here = session_of(account, now);
        auto const begun = begin_second_factor(*ledger, here, as(account), now);
        ASSERT_TRUE(begun);
        secret = *begun;
        auto const codes = confirm_second_factor(*ledger, code_at(secret, now), here, as(account), now);
        ASSERT_TRUE(codes) << codes.error().message();
        paper = *codes;
    }
    /// A session as a right password makes it.
    Session half(AccountId account, Instant now)
    {
        auto const token = create_session(*ledger, account, "10.0.0.9", now, {.needs_code = true});
        auto const session = find_session(*ledger, *token, now);
        EXPECT_TRUE(session && session->needs_code);
        return *session;
    }
    result<std::string> pass(std::string const& code, Instant now)
    {
        return pass_second_factor(*ledger, half(officer, now), code, "10.0.0.9", now);
    }
};

TEST_F(SecondFactor, MakesTheCodesOfTheStandard)
{
    // RFC 6238, appendix B, in six digits: the secret "12345678901234567890" at 59 s.
    EXPECT_EQ(code_at("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", Instant{59s}), "287082");
}

TEST_F(SecondFactor, IsInForceOnceAPhoneHasProvedItself)
{
    EXPECT_FALSE(find_account(*ledger, officer)->has_second_factor);
    auto const here = *create_session(*ledger, officer, "10.0.0.9", tuesday);
    auto const session = find_session(*ledger, here, tuesday)->id;
    EXPECT_EQ(waiting_secret(*ledger, session, officer, tuesday).error(), errc::not_found);
    auto const first = begin_second_factor(*ledger, session, as(officer), tuesday);
    auto const second = begin_second_factor(*ledger, session, as(officer), tuesday);
    ASSERT_TRUE(first && second);
    EXPECT_NE(*first, *second);
    EXPECT_EQ(*waiting_secret(*ledger, session, officer, tuesday), *second);
    EXPECT_EQ(second->size(), 32U);
    auto const wrong = confirm_second_factor(*ledger, code_at(*first, tuesday), session, as(officer), tuesday);
    EXPECT_EQ(wrong.error(), errc::wrong_code);
    EXPECT_FALSE(find_account(*ledger, officer)->has_second_factor);
    auto const elsewhere = *create_session(*ledger, officer, "10.0.0.10", tuesday);
    auto const codes = confirm_second_factor(*ledger, code_at(*second, tuesday), session, as(officer), tuesday);
    ASSERT_TRUE(codes);
    EXPECT_EQ(codes->size(), recovery_code_count);
    EXPECT_TRUE(find_account(*ledger, officer)->has_second_factor);
    EXPECT_TRUE(find_session(*ledger, here, tuesday));
    EXPECT_EQ(find_session(*ledger, elsewhere, tuesday).error(), errc::no_session);
    EXPECT_EQ(begin_second_factor(*ledger, session, as(officer), tuesday).error(), errc::wrong_state);
}

/// Whoever comes upon the account later, in a session of their own or at a screen that was left, is not shown the key of a factor that is then turned on.
TEST_F(SecondFactor, AKeyThatWaitsIsOfOneSessionAndTenMinutes)
{
    auto const mine = session_of(officer), other = session_of(officer), heads = session_of(head);
    auto const key = begin_second_factor(*ledger, mine, as(officer), tuesday);
    ASSERT_TRUE(key);
    EXPECT_FAILS(waiting_secret(*ledger, other, officer, tuesday), errc::not_found);
    EXPECT_FAILS(confirm_second_factor(*ledger, code_at(*key, tuesday), other, as(officer), tuesday), errc::not_found);
    EXPECT_FAILS(waiting_secret(*ledger, mine, head, tuesday), errc::not_found);
    EXPECT_FAILS(begin_second_factor(*ledger, heads, as(officer), tuesday), errc::no_session);
    EXPECT_TRUE(waiting_secret(*ledger, mine, officer, tuesday + 9min));
    auto const later = tuesday + unconfirmed_secret_time;
    EXPECT_FAILS(waiting_secret(*ledger, mine, officer, later), errc::not_found);
    EXPECT_FAILS(confirm_second_factor(*ledger, code_at(*key, later), mine, as(officer), later), errc::not_found);
    EXPECT_FALSE(find_account(*ledger, officer)->has_second_factor);
}

TEST_F(SecondFactor, IsNotReplacedByOneThatWaited)
{
    auto const mine = session_of(officer);
    auto const key = begin_second_factor(*ledger, mine, as(officer), tuesday);
    auto const other = session_of(officer);
    auto const theirs = begin_second_factor(*ledger, other, as(officer), tuesday);
    ASSERT_TRUE(key && theirs);
    ASSERT_TRUE(confirm_second_factor(*ledger, code_at(*theirs, tuesday), other, as(officer), tuesday));
    EXPECT_FAILS(confirm_second_factor(*ledger, code_at(*key, tuesday), mine, as(officer), tuesday), errc::wrong_state);
}

TEST_F(SecondFactor, TakesACodeOnceAndOnlyNearItsTime)
{
    turn_on(officer);
    EXPECT_EQ(pass(code_at(secret, tuesday), tuesday).error(), errc::wrong_code); // it turned the factor on
    auto const later = tuesday + 10min;
    EXPECT_EQ(pass(other_than(code_at(secret, later)), later).error(), errc::wrong_code);
    auto const token = pass(code_at(secret, later), later);
    ASSERT_TRUE(token);
    EXPECT_FALSE(find_session(*ledger, *token, later)->needs_code);
    EXPECT_EQ(pass(code_at(secret, later), later).error(), errc::wrong_code);
    EXPECT_EQ(pass(code_at(secret, later), later + 20s).error(), errc::wrong_code);
    EXPECT_TRUE(pass(code_at(secret, later + 60s), later + 30s)) << "the phone's clock is half a minute ahead";
    EXPECT_EQ(pass(code_at(secret, later + 30s), later + 60s).error(), errc::wrong_code) << "older than the last one taken";
    EXPECT_EQ(pass(code_at(secret, later + 10min), later + 5min).error(), errc::wrong_code);
}

TEST_F(SecondFactor, TakesEachCodeOfThePaperOnce)
{
    turn_on(officer);
    EXPECT_EQ(*recovery_codes_left(*ledger, officer), 10);
    ASSERT_TRUE(pass(paper[3], tuesday));
    EXPECT_EQ(pass(paper[3], tuesday).error(), errc::wrong_code);
    std::string shouted;
    for (auto const c : paper[4])
        shouted += c == '-' ? ' ' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    EXPECT_TRUE(pass(shouted, tuesday));
    EXPECT_EQ(*recovery_codes_left(*ledger, officer), 8);
    turn_on(head);
    EXPECT_EQ(pass(paper[0], tuesday).error(), errc::wrong_code) << "of another account";
}

TEST_F(SecondFactor, GuessersWaitAndThePersonElsewhereDoesNot)
{
    turn_on(officer);
    auto const later = tuesday + 10min;
    auto const wrong = other_than(code_at(secret, later));
    for (int i = 0; i < 5; ++i)
        EXPECT_EQ(pass(wrong, later).error(), errc::wrong_code);
    EXPECT_EQ(pass(wrong, later).error(), errc::throttled);
    EXPECT_EQ(pass(code_at(secret, later), later).error(), errc::throttled);
    auto const elsewhere = pass_second_factor(*ledger, half(officer, later), code_at(secret, later), "10.0.0.77", later);
    EXPECT_TRUE(elsewhere);
}

TEST_F(SecondFactor, IsTakenOffWithACodeOrByTheIctLeadButNotByOthers)
{
    turn_on(officer);
    EXPECT_EQ(remove_second_factor(*ledger, "000000", as(officer), tuesday).error(), errc::wrong_code);
    for (auto const somebody : {officer, officer2, head})
        EXPECT_EQ(clear_second_factor(*ledger, officer, as(somebody), tuesday).error(), errc::not_permitted);
    ASSERT_TRUE(remove_second_factor(*ledger, paper[0], as(officer), tuesday));
    EXPECT_FALSE(find_account(*ledger, officer)->has_second_factor);
    EXPECT_EQ(remove_second_factor(*ledger, paper[1], as(officer), tuesday).error(), errc::wrong_state);
    turn_on(officer); // a new phone at once: codes of the old one say nothing about it
    auto const token = *create_session(*ledger, officer, "10.0.0.9", tuesday);
    ASSERT_TRUE(clear_second_factor(*ledger, officer, as(ict), tuesday));
    EXPECT_FALSE(find_account(*ledger, officer)->has_second_factor);
    EXPECT_EQ(find_session(*ledger, token, tuesday).error(), errc::no_session);
    turn_on(ict, tuesday + 5min);
    EXPECT_EQ(clear_second_factor(*ledger, ict, as(ict), tuesday).error(), errc::not_permitted);
    EXPECT_TRUE(clear_second_factor(*ledger, ict, owner(), tuesday));
}

TEST_F(SecondFactor, IsAskedForAgainBeforeSomethingGrave)
{
    EXPECT_EQ(confirm_code(*ledger, officer, "000000", "10.0.0.9", tuesday).error(), errc::wrong_code) << "there is none";
    turn_on(officer2);
    ASSERT_TRUE(confirm_code(*ledger, officer2, paper[0], "10.0.0.9", tuesday));
    EXPECT_EQ(confirm_code(*ledger, officer2, paper[0], "10.0.0.9", tuesday).error(), errc::wrong_code);
}

TEST_F(SecondFactor, ASessionPassesOnce)
{
    turn_on(officer);
    auto const session = half(officer, tuesday);
    ASSERT_TRUE(pass_second_factor(*ledger, session, paper[0], "10.0.0.9", tuesday));
    EXPECT_EQ(pass_second_factor(*ledger, session, paper[1], "10.0.0.9", tuesday).error(), errc::no_session);
    EXPECT_EQ(*recovery_codes_left(*ledger, officer), 9) << "the code was not spent";
}

TEST_F(SecondFactor, TellsThePhoneWhoseItIs)
{
    EXPECT_EQ(
        totp_address("St Mary's", "o.smith", "ABCD"), "otpauth://totp/St%20Mary%27s:o.smith?secret=ABCD&issuer=St%20Mary%27s");
}

TEST_F(SecondFactor, SecretsLieSealedInTheDatabase)
{
    turn_on(officer);
    auto& database = ledger->database();
    auto const kept = [&](AccountId account) {
        return **database.first(
            "SELECT totp_secret FROM accounts WHERE id = ?", [](Statement const& row) { return row.text(0); }, account);
    };
    auto const sealed = kept(officer);
    EXPECT_TRUE(sealed.starts_with("v1:")) << sealed;
    EXPECT_EQ(sealed.find(secret), std::string::npos);
    EXPECT_EQ(open_secret(ledger->chain(), officer, sealed), secret);
    EXPECT_FALSE(open_secret(ledger->chain(), head, sealed)) << "one account's is no other's";
    for (auto const place : {sealed.size() / 2, sealed.size() - 5}) {
        auto damaged = sealed;
        damaged[place] = damaged[place] == 'A' ? 'B' : 'A';
        EXPECT_FALSE(open_secret(ledger->chain(), officer, damaged));
    }
    for (auto const* const text :
        {"v1:", "v1:AAAA", "v1:!", "v1:====", "v1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="})
        EXPECT_FALSE(open_secret(ledger->chain(), officer, text)) << text;
}

TEST_F(SecondFactor, OfAnEarlierVersionIsSealedAtTheNextOpening)
{
    turn_on(officer);
    auto& database = ledger->database();
    ASSERT_DONE(database.execute("UPDATE accounts SET totp_secret = ? WHERE id = ?", secret, officer));
    ASSERT_DONE(seal_kept_secrets(*ledger));
    auto const open = database.first(
        "SELECT count(*) FROM accounts WHERE totp_secret = ?", [](Statement const& row) { return row.integer(0); }, secret);
    EXPECT_EQ(**open, 0);
    EXPECT_TRUE(pass(code_at(secret, tuesday + 60s), tuesday + 60s)) << "the phone goes on as before";
    auto const before = database.first(
        "SELECT totp_secret FROM accounts WHERE id = ?", [](Statement const& row) { return row.text(0); }, officer);
    ASSERT_DONE(seal_kept_secrets(*ledger));
    auto const after = database.first(
        "SELECT totp_secret FROM accounts WHERE id = ?", [](Statement const& row) { return row.text(0); }, officer);
    EXPECT_EQ(**before, **after) << "once";
}

TEST_F(SecondFactor, IsNotForTheAccountForEmergencies)
{
    turn_on(officer);
    ASSERT_DONE(reset_password(*ledger, officer, PasswordHash{"x"}, owner(), tuesday));
    EXPECT_TRUE(find_account(*ledger, officer)->has_second_factor) << "a forgotten password takes no code off";
    turn_on(officer2);
    ASSERT_DONE(ledger->database().execute("UPDATE accounts SET break_glass = 1 WHERE id IN (?, ?)", officer2, ict));
    EXPECT_FAILS(begin_second_factor(*ledger, session_of(ict), as(ict), tuesday), errc::not_permitted);
    ASSERT_DONE(reset_password(*ledger, officer2, PasswordHash{"x"}, owner(), tuesday));
    EXPECT_FALSE(find_account(*ledger, officer2)->has_second_factor) << "the next envelope is opened by somebody else";
    EXPECT_EQ(*recovery_codes_left(*ledger, officer2), 0);
    EXPECT_GT(*recovery_codes_left(*ledger, officer), 0);
}

TEST_F(SecondFactor, WhoseSecretDoesNotOpenTakesNoCodeButThePaper)
{
    turn_on(officer);
    ASSERT_DONE(ledger->database().execute(
        "UPDATE accounts SET totp_secret = ? WHERE id = ?", seal_secret(ledger->chain(), head, secret), officer));
    auto const later = tuesday + 60s;
    EXPECT_FAILS(pass(code_at(secret, later), later), errc::wrong_code);
    EXPECT_FAILS(begin_second_factor(*ledger, session_of(officer, later), as(officer), later), errc::wrong_state)
        << "nobody sets up another one over it";
    EXPECT_TRUE(find_account(*ledger, officer)->has_second_factor);
    EXPECT_TRUE(pass(paper.front(), later));
}

} // namespace
} // namespace gatehouse::store
