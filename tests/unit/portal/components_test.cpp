#include "proxy/portal/components.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gatehouse::portal {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Components, EscapeEveryValue)
{
    std::string const hostile = "<img src=x onerror=alert(1)>\"'";
    Table rows;
    rows.caption = hostile;
    rows.head = {hostile};
    rows.rows = {{{hostile, "/x?" + hostile, "", false, false, hostile}}, {{hostile, {}, "green"}}};
    Form form;
    form.action = hostile;
    form.button = hostile;
    form.csrf = hostile;
    for (auto const kind : {Field::Kind::text, Field::Kind::area, Field::Kind::select, Field::Kind::radios, Field::Kind::hidden})
        form.fields.push_back({kind, "name", hostile, hostile, hostile, {{hostile, hostile, hostile}}, hostile});
    for (auto const& part : {table(rows), portal::form(form), heading(hostile, hostile), paragraph(hostile), notice("n", hostile),
             link(hostile, hostile), summary({{hostile, {hostile}}}), error_summary({{"f", hostile}}), bullets({{hostile}}),
             tasks({{hostile, hostile, hostile, "red", hostile}})}) {
        EXPECT_THAT(part.html(Language::english).text(), Not(HasSubstr("<img")));
        EXPECT_THAT(part.html(Language::english).text(), HasSubstr("&lt;img"));
    }
}

TEST(Form, TiesErrorsAndHintsToTheirFields)
{
    Form form;
    form.action = "/x";
    form.csrf = "token";
    form.fields = {{Field::Kind::text, "site", "Site", "A hint", "typed", {}, "Wrong"},
        {Field::Kind::radios, "way", "Way", "", "b", {{"a", "A", ""}, {"b", "B", "about b"}}}};
    auto const html = portal::form(form).html(Language::english).text();
    EXPECT_THAT(html, HasSubstr("aria-describedby=\"site-hint site-error\""));
    EXPECT_THAT(html, HasSubstr("aria-invalid=\"true\""));
    EXPECT_THAT(html, HasSubstr("value=\"typed\""));
    EXPECT_THAT(html, HasSubstr("id=\"way\"")) << "the first radio carries the field's id";
    EXPECT_THAT(html, HasSubstr("value=\"b\" checked"));
    EXPECT_THAT(html, HasSubstr("name=\"csrf\" value=\"token\""));
}

TEST(Form, ShowsWhatPeopleNamedWholeAndFoldsWhatIsMany)
{
    std::vector<Option> options;
    for (int i = 0; i < 6; ++i)
        options.push_back({std::to_string(i), "A name of " + std::to_string(i), "by somebody"});
    Form form;
    form.fields = {named_choice("which", "Which one?", options)};
    auto html = portal::form(form).html(Language::english).text();
    EXPECT_THAT(html, HasSubstr("type=\"radio\" value=\"5\""));
    EXPECT_THAT(html, HasSubstr("<legend"));
    EXPECT_THAT(html, Not(HasSubstr(" checked"))) << "nobody ends what they did not choose";
    options.push_back({"6", "A name of 6", ""});
    form.fields = {named_choice("which", "Which one?", options)};
    form.fields.front().value = "6";
    html = portal::form(form).html(Language::english).text();
    EXPECT_THAT(html, HasSubstr("<span class=\"govuk-details__summary-text\">Which one? (A name of 6)</span>"));
    EXPECT_THAT(html, HasSubstr("aria-label=\"Which one?\""));
    form.fields.front().error = "Choose one";
    EXPECT_THAT(portal::form(form).html(Language::english).text(), HasSubstr("<details class=\"govuk-details\" open>"));
    form.fields = {named_choice("which", "Which one?", {{"7", "The only one", ""}})};
    EXPECT_THAT(portal::form(form).html(Language::english).text(), HasSubstr("value=\"7\" checked"));
}

TEST(Form, PutsOptionsUnderTheHeadingOfTheirGroup)
{
    Form form;
    form.fields = {{Field::Kind::select, "what", "What", "", "b",
        {{"", "Choose", ""}, {"a", "A", "", "One"}, {"b", "B", "", "One"}, {"c", "C", "", "Many"}}}};
    EXPECT_THAT(portal::form(form).html(Language::english).text(),
        HasSubstr("<option value=\"\">Choose</option><optgroup label=\"One\"><option value=\"a\">A</option>"
                  "<option value=\"b\" selected>B</option></optgroup><optgroup label=\"Many\">"
                  "<option value=\"c\">C</option></optgroup>"));
}

TEST(Form, DoesNotShareTextsBetweenFields)
{
    Form form;
    form.fields = {{Field::Kind::text, "a", "A", "hint of a", "", {}, "error of a"}, {Field::Kind::text, "b", "B"}};
    auto const html = portal::form(form).html(Language::english).text();
    EXPECT_EQ(html.find("b-hint"), std::string::npos);
    EXPECT_EQ(html.find("b-error"), std::string::npos);
}

TEST(Form, WithAFileGoesAsMultipart)
{
    Form form;
    form.fields = {{Field::Kind::text, "a", "A"}};
    EXPECT_EQ(portal::form(form).html(Language::english).text().find("enctype"), std::string::npos);
    form.fields.push_back({Field::Kind::file, "list", "List", "A hint", "", {}, "Wrong"});
    auto const html = portal::form(form).html(Language::english).text();
    EXPECT_THAT(html, HasSubstr("enctype=\"multipart/form-data\""));
    EXPECT_THAT(html, HasSubstr("id=\"list\" name=\"list\" type=\"file\" aria-describedby=\"list-hint list-error\""));
}

TEST(Form, HasNoBlankInAnId)
{
    Form form;
    form.fields = {{Field::Kind::checkboxes, "days", "Days", "", "", {{"a b", "A", ""}, {"c d", "C", ""}}}};
    auto const html = portal::form(form).html(Language::english).text();
    EXPECT_THAT(html, HasSubstr("id=\"days-1\" name=\"days\" type=\"checkbox\" value=\"c d\""));
}

TEST(Pages, HaveWordsOfTheirOwnIfGiven)
{
    auto const html = [](Part const& part) { return part.html(Language::english).text(); };
    EXPECT_THAT(html(pages("", "/x?before=1")), HasSubstr("Older"));
    auto const own = html(pages(PageLink{"Previous page", "/x?page=1"}, PageLink{"Next page", ""}));
    EXPECT_THAT(own, HasSubstr("Previous page"));
    EXPECT_THAT(own, Not(HasSubstr("Newest")));
    EXPECT_THAT(own, Not(HasSubstr("Next page"))) << "there is none";
}

TEST(BuiltAssets, CarryNoMarkOfTheGovernment)
{
    auto const css = embedded_file("console.css");
    ASSERT_GT(css.size(), 20'000u);
    std::string lower(css);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (char const* mark :
        {"gov.uk", "gds transport", "gds-transport", "crown", "crest", "logotype", "@font-face", "url(", "@import", "#1d70b8"})
        EXPECT_EQ(lower.find(mark), std::string::npos) << mark;
    for (auto const name : embedded_names())
        EXPECT_EQ(std::string(embedded_file(name)).find("GOV.UK"), std::string::npos) << name;
}

} // namespace
} // namespace gatehouse::portal
