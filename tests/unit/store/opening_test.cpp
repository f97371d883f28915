#include "proxy/store/opening.hpp"

#include "tests/unit/store/school.hpp"

namespace gatehouse::store::test {
namespace {

Recommendation terms_for(Scope scope, std::string value)
{
    Recommendation terms;
    terms.scope = scope;
    terms.scope_value = std::move(value);
    terms.host = "maths.example";
    return terms;
}

UnblockRequest asked_by(Requester who, std::string host = "maths.example", std::string path = "")
{
    UnblockRequest asked;
    asked.requester = std::move(who);
    asked.host = std::move(host);
    asked.path = std::move(path);
    return asked;
}

Requester amy()
{
    return {"amy.year9", "pupil", "year-9", "", "library", "", "", true};
}

} // namespace

TEST(OpensFor, GoesByWhoAsked)
{
    struct {
        Scope scope;
        std::string value;
        Opening opening;
    } const rows[]{{Scope::everyone, "", Opening::all}, {Scope::person, "amy.year9", Opening::all},
        {Scope::person, " AMY.Year9", Opening::all}, {Scope::person, "bob.year9", Opening::for_others},
        {Scope::group, "year-9", Opening::all}, {Scope::group, "chess", Opening::all},
        {Scope::group, "year-10", Opening::for_others}, {Scope::role, "pupil", Opening::all},
        {Scope::role, "staff", Opening::for_others}, {Scope::network, "library", Opening::all},
        {Scope::network, "year-9", Opening::for_others}};
    for (auto const& [scope, value, opening] : rows)
        EXPECT_EQ(opens_for(terms_for(scope, value), asked_by(amy()), {"year-9", "chess"}), opening) << value;
}

TEST(OpensFor, OpensNothingForThoseOfWhomNothingIsKnown)
{
    for (auto const scope : {Scope::person, Scope::group, Scope::role, Scope::network})
        EXPECT_EQ(opens_for(terms_for(scope, ""), asked_by({}), {}), Opening::for_others);
    EXPECT_EQ(opens_for(terms_for(Scope::everyone, ""), asked_by({}), {}), Opening::all);
}

TEST(OpensFor, GoesByWhatWasAskedFor)
{
    struct {
        std::string opened, asked_host, asked_path;
        Opening opening;
    } const rows[]{{"maths.example", "maths.example", "/page", Opening::all},
        {"maths.example", "www.maths.example", "", Opening::all}, {"maths.example/a", "maths.example", "/a", Opening::all},
        {"maths.example/a", "www.maths.example", "/a/b", Opening::all}, {"maths.example/A", "maths.example", "/a", Opening::all},
        {"maths.example/a", "maths.example", "", Opening::part}, {"maths.example/a/b", "maths.example", "/a", Opening::part},
        {"www.maths.example", "maths.example", "/a", Opening::part}, {"help.maths.example", "maths.example", "", Opening::part},
        {"help.maths.example", "maths.example", "/a", Opening::elsewhere},
        {"maths.example/a", "maths.example", "/ab", Opening::elsewhere},
        {"maths.example/a", "maths.example", "/b", Opening::elsewhere},
        {"other.example", "maths.example", "", Opening::elsewhere}, {"ths.example", "maths.example", "", Opening::elsewhere}};
    for (auto const& row : rows) {
        auto terms = terms_for(Scope::everyone, "");
        auto const slash = std::min(row.opened.find('/'), row.opened.size());
        terms.host = row.opened.substr(0, slash);
        terms.path = row.opened.substr(slash);
        EXPECT_EQ(opens_for(terms, asked_by(amy(), row.asked_host, row.asked_path), {}), row.opening)
            << row.opened << " for " << row.asked_host << row.asked_path;
    }
}

TEST(OpensFor, CountsTheOtherPlacesOfTheTerms)
{
    auto terms = terms_for(Scope::everyone, "");
    terms.also = {"pictures.example/maths", "[2001:db8::1]/a"};
    EXPECT_EQ(opens_for(terms, asked_by(amy(), "pictures.example", "/maths/1"), {}), Opening::all);
    EXPECT_EQ(opens_for(terms, asked_by(amy(), "pictures.example"), {}), Opening::part);
    EXPECT_EQ(opens_for(terms, asked_by(amy(), "2001:db8::1", "/a"), {}), Opening::all);
    terms.host.clear();
    EXPECT_EQ(opens_for(terms, asked_by(amy()), {}), Opening::elsewhere) << "a place that was taken out";
}

struct GroupsOfAsker : School { };

TEST_F(GroupsOfAsker, AreThoseOfTheRecordAndOfTheAccount)
{
    add("cid.year9", "Cid", ConsoleRole::none, "pupil", {"year-9", "chess"});
    NewRequest request;
    request.url = "maths.example";
    request.why = "For a lesson.";
    request.requester = {"CID.year9", "pupil", "library", "", "", "", "", true};
    auto const asked = find_request(*ledger, submit_request(*ledger, request, tuesday)->id);
    EXPECT_EQ(*groups_of_asker(*ledger, *asked), (std::vector<std::string>{"library", "year-9", "chess"}));
    EXPECT_EQ(*groups_of_asker(*ledger, asked_by({"nobody", "", "year-9", "", "", "", "", false})),
        (std::vector<std::string>{"year-9"}));
}

struct GroupsOfRole : School { };

TEST_F(GroupsOfRole, AreThoseOfItsOpenAccounts)
{
    add("cid.year7", "Cid", ConsoleRole::none, "pupil", {"year-7", "chess"});
    auto const left = add("dan.year8", "Dan", ConsoleRole::none, "pupil", {"year-8"});
    add("t.teach", "Tom", ConsoleRole::none, "staff", {"teaching"});
    ASSERT_DONE(ledger->database().execute("UPDATE accounts SET disabled = 1 WHERE id = ?", left));
    EXPECT_EQ(*groups_of_role(*ledger, "pupil"), (std::vector<std::string>{"chess", "year-7", "year-9"}));
    EXPECT_EQ(*groups_of_role(*ledger, "staff"), (std::vector<std::string>{"teaching"}));
    EXPECT_TRUE(groups_of_role(*ledger, "nobody")->empty());
}

} // namespace gatehouse::store::test
