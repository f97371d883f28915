#include "proxy/checks/self_checks.hpp"
#include "proxy/portal/words.hpp"
#include "tests/unit/checks/school.hpp"

namespace gatehouse::portal {
namespace {

using checks::Answer;
using checks::Facts;
using checks::test::place;

/// With something to say about everything.
Facts much_to_say()
{
    Facts facts;
    facts.failed_expectations = 1;
    facts.rows_of_a_day = 0;
    facts.tunnels = 1000;
    facts.unseen = 300;
    facts.lists_age = std::chrono::hours{99};
    facts.ca_left = std::chrono::days{9};
    facts.audit_is_whole = false;
    facts.last_checked = std::chrono::days{400};
    facts.last_reviewed = std::chrono::days{400};
    facts.lost_rows = 7;
    checks::ProxyLook look;
    look.places.reached = {place("Room", "pupil"), place("", "pupil"), place("Study", "pupil", true)};
    look.places.unreached = {place("Library", "pupil")};
    for (int i = 0; i < 14; ++i)
        look.looks.push_back({"adult", 0, Answer::closed, i % 2 == 0 ? Answer::open : Answer::none});
    look.looks.push_back({"adult", 2, Answer::wants_name, Answer::closed});
    facts.look = std::move(look);
    return facts;
}

void expect_spanish(std::string const& text)
{
    if (!text.empty()) {
        EXPECT_NE(Words::kept("checks", text).in(Language::spanish), text);
    }
}

TEST(KeptChecks, AreSaidInSpanish)
{
    auto const now = std::chrono::sys_seconds{checks::test::tuesday};
    for (auto const& facts : {Facts{}, much_to_say()})
        for (auto const& check : checks::run(checks::test::with_lists(checks::test::school()), {}, facts, now, Clock{"UTC"})) {
            expect_spanish(check.question);
            expect_spanish(check.advice);
            for (auto const& finding : check.findings)
                expect_spanish(finding);
        }
}

} // namespace
} // namespace gatehouse::portal
