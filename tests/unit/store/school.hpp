#pragma once
// A school's people and a ledger in a folder of its own, for the tests of the store.

#include "proxy/store/accounts.hpp"
#include "proxy/store/unblock_requests.hpp"

#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <stdexcept>

namespace gatehouse::store::test {

/// 2026-11-24T10:40:00Z, a Tuesday in term.
inline constexpr Instant tuesday{std::chrono::seconds{1795516800}};

class TemporaryFolder {
public:
    TemporaryFolder()
    {
        // In memory where there is one: what is tested is the death of processes, not of machines.
        std::filesystem::path const memory{"/dev/shm"};
        auto const parent = std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
        auto pattern = (parent / "gatehouse-store-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr)
            throw std::runtime_error{"no temporary folder"};
        path_ = pattern;
    }
    TemporaryFolder(TemporaryFolder const&) = delete;
    TemporaryFolder& operator=(TemporaryFolder const&) = delete;
    ~TemporaryFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    std::filesystem::path const& path() const { return path_; }

private:
    std::filesystem::path path_;
};

inline Actor owner()
{
    return {AccountId::none, "command-line:root", ""};
}
inline Actor as(AccountId account)
{
    return {account, "", "10.0.0.9"};
}

/// Two officers, two headteachers, an ICT lead, a DSL, a chief executive and a pupil; one ledger.
struct School : testing::Test {
    TemporaryFolder folder;
    LedgerOptions options{folder.path(), {}};
    std::optional<Ledger> ledger;
    AccountId officer{}, officer2{}, head{}, head2{}, ict{}, dsl{}, chief{}, pupil{};

    void SetUp() override
    {
        reopen();
        officer = add("o.smith", "Olive Smith", ConsoleRole::officer);
        officer2 = add("p.jones", "Peter Jones", ConsoleRole::officer);
        head = add("h.brown", "Hanna Brown", ConsoleRole::headteacher);
        head2 = add("v.green", "Victor Green", ConsoleRole::headteacher);
        ict = add("i.white", "Ian White", ConsoleRole::ict_lead);
        dsl = add("d.black", "Dora Black", ConsoleRole::dsl);
        chief = add("c.gray", "Carla Gray", ConsoleRole::chief_executive);
        pupil = add("amy.year9", "Amy", ConsoleRole::none, "pupil", {"year-9"});
    }

    void reopen()
    {
        ledger.reset();
        auto opened = Ledger::open(options);
        ASSERT_TRUE(opened) << opened.error().message();
        ledger.emplace(std::move(*opened));
    }

    AccountId add(std::string login, std::string name, ConsoleRole role, std::string subject = "staff",
        std::vector<std::string> groups = {}, std::string person = {})
    {
        NewAccount account;
        account.login = std::move(login);
        account.display_name = std::move(name);
        account.person = std::move(person);
        account.console_role = role;
        account.subject_role = std::move(subject);
        account.groups = std::move(groups);
        account.must_change_password = false;
        auto const added = add_account(*ledger, account, PasswordHash{"not a hash"}, owner(), tuesday);
        EXPECT_TRUE(added) << added.error().message();
        return added ? added->id : AccountId::none;
    }

    Submitted ask(std::string user = "amy.year9", std::string url = "https://www.bbc.co.uk/bitesize?x=1")
    {
        NewRequest request;
        request.requester.user = std::move(user);
        request.requester.role = "pupil";
        request.requester.group = "year-9";
        request.url = std::move(url);
        request.why = "Homework in history.";
        auto const submitted = submit_request(*ledger, request, tuesday);
        EXPECT_TRUE(submitted) << submitted.error().message();
        return submitted ? *submitted : Submitted{};
    }

    static Recommendation terms()
    {
        Recommendation terms;
        terms.text = "A school site; wrongly in games.";
        terms.scope = Scope::group;
        terms.scope_value = "year-9";
        terms.host = "www.bbc.co.uk";
        terms.path = "/bitesize";
        terms.from = tuesday;
        terms.until = tuesday + default_override;
        return terms;
    }

    RequestStep step(RequestId id, AccountId account, Instant now = tuesday)
    {
        auto const request = find_request(*ledger, id);
        return {id, request ? request->version : 0, as(account), now};
    }

    /// Asked by the pupil, recommended by the first officer.
    RequestId recommended()
    {
        auto const id = ask().id;
        auto const done = recommend_request(*ledger, step(id, officer), terms());
        EXPECT_TRUE(done) << done.error().message();
        return id;
    }

    std::string newest_action()
    {
        auto const rows = list_audit(*ledger, {});
        return rows && !rows->empty() ? rows->front().action : "";
    }

    void expect_intact()
    {
        auto const found = verify_audit(*ledger);
        ASSERT_TRUE(found) << found.error().message();
        EXPECT_TRUE(found->intact) << found->problem;
    }
};

template <class Outcome>
testing::AssertionResult failed_with(Outcome const& outcome, errc expected)
{
    if (outcome)
        return testing::AssertionFailure() << "it succeeded";
    if (outcome.error() != expected)
        return testing::AssertionFailure() << outcome.error().message();
    return testing::AssertionSuccess();
}

#define EXPECT_FAILS(expression, expected) EXPECT_TRUE(failed_with((expression), (expected)))

#define ASSERT_DONE(expression)                                                                                                  \
    do {                                                                                                                         \
        auto const outcome_ = (expression);                                                                                      \
        ASSERT_TRUE(outcome_) << #expression << ": " << outcome_.error().message();                                              \
    } while (false)

} // namespace gatehouse::store::test
