// Runs every cases/*.case file against the example school. The format is described in README.md.
#include "policy/explanation.hpp"
#include "tests/golden/school_fixture.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace gatehouse::policy {
namespace {

using Words = std::vector<std::string>;
using Options = std::map<std::string, std::string>;

Words split(std::string const& text, char separator)
{
    Words words;
    std::istringstream stream{text};
    for (std::string word; std::getline(stream, word, separator);)
        if (!word.empty())
            words.push_back(word);
    return words;
}

/// key=value words become options, the others stay.
Options take_options(Words& words)
{
    Options options;
    std::erase_if(words, [&](std::string const& word) {
        auto const equals = word.find('=');
        if (equals == word.npos || word.find("://") < equals)
            return false;
        options[word.substr(0, equals)] = word.substr(equals + 1);
        return true;
    });
    return options;
}

std::chrono::sys_seconds instant(std::string const& text)
{
    auto const time = LocalTime::parse(text);
    EXPECT_TRUE(time) << text;
    return time ? testing::as_utc(*time) : std::chrono::sys_seconds{};
}

class Script {
public:
    explicit Script(std::filesystem::path const& path)
        : path_(path)
        , policy_(testing::load_school())
    {
    }

    /// Returns the number of decisions checked.
    int run()
    {
        std::ifstream file(path_);
        for (std::string text; std::getline(file, text);) {
            ++line_;
            auto words = split(text.substr(0, text.find(" #")), ' ');
            if (words.empty() || words.front().starts_with('#'))
                continue;
            SCOPED_TRACE(path_.filename().string() + ':' + std::to_string(line_) + ": " + text);
            execute(words);
        }
        EXPECT_TRUE(asked_.empty()) << path_ << " ends with a question";
        return decisions_;
    }

private:
    void execute(Words& words)
    {
        auto const verb = words.front();
        words.erase(words.begin());
        auto options = verb == "at" ? Options{} : take_options(words);
        if (verb == "at")
            at_ = words.at(0);
        else if (verb == "grant")
            grant(words.at(0), options);
        else if (verb == "restrict")
            restrict(words.at(0), options);
        else if (verb == "reset") {
            policy_.overrides.clear();
            policy_.restrictions.clear();
        } else if (verb == "ask") {
            asked_ = words;
            asked_options_ = options;
        } else if (verb == "=>")
            check(words, options);
        else
            ADD_FAILURE() << "unknown word " << verb;
    }

    std::vector<Selector> column(Options const& options, std::string const& name)
    {
        std::vector<Selector> selectors;
        auto const found = options.find(name);
        if (found == options.end())
            return selectors;
        for (auto const& text : split(found->second, ',')) {
            auto const parsed = parse_selector(policy_, name, text);
            if (auto const* selector = std::get_if<Selector>(&parsed))
                selectors.push_back(*selector);
            else
                ADD_FAILURE() << std::get<std::string>(parsed);
        }
        return selectors;
    }

    void grant(std::string const& id, Options options)
    {
        Override made;
        made.id = id;
        made.clause = options["clause"];
        made.reason = "Approved by the headteacher.";
        made.who = column(options, "who");
        made.what = column(options, "what");
        made.where = column(options, "where");
        made.when = column(options, "when");
        made.from = instant(options.contains("from") ? options["from"] : "2026-01-01T00:00");
        made.until = instant(options["until"]);
        policy_.overrides.push_back(made);
    }

    void restrict(std::string const& id, Options options)
    {
        Restriction made;
        made.id = id;
        made.user = options["user"];
        made.reason = "You use school computers with a member of staff beside you.";
        made.from = instant(options.contains("from") ? options["from"] : "2026-01-01T00:00");
        made.until = instant(options["until"]);
        made.supervised_device = options["supervised"];
        if (options.contains("supervised_until"))
            made.supervised_until = instant(options["supervised_until"]);
        policy_.restrictions.push_back(made);
    }

    Subject subject(std::string const& role, Options& options)
    {
        Subject made;
        for (auto const& network : policy_.networks)
            if (network.id == options["in"])
                made = policy_.subject_at(network.ranges.front().base);
        for (auto const& device : policy_.devices)
            if (device.id == options["on"])
                made = policy_.subject_at(device.address);
        if (options.contains("from"))
            made = policy_.subject_at(IpAddress::parse(options["from"]).value());
        if (role != "-")
            made.role = role;
        if (options.contains("group"))
            made.groups = split(options["group"], ',');
        if (options.contains("device"))
            made.device_kind = parse_device_kind(options["device"]).value();
        made.user = options["user"];
        return made;
    }

    result<Target> target(std::string_view text)
    {
        constexpr std::string_view inspected = "inspected:";
        if (text.starts_with(inspected))
            return Target::parse_url(text.substr(inspected.size()));
        if (text.find("://") == text.npos)
            return Target::parse_authority(text);
        auto const parsed = Target::parse_url(text);
        return parsed && parsed->scheme == Scheme::https ? parsed->seen_without_inspection() : parsed;
    }

    void check(Words const& expected, Options const& options)
    {
        ASSERT_EQ(asked_.size(), 2U) << "a question is ROLE and TARGET";
        ASSERT_EQ(expected.size(), 2U) << "an answer is VERDICT and RULE";
        auto const who = subject(asked_[0], asked_options_);
        auto const what = target(asked_[1]);
        ASSERT_TRUE(what) << asked_[1] << ": " << what.error().message();
        auto const at = asked_options_.contains("at") ? asked_options_["at"] : at_;
        Moment const now{LocalTime::parse(at).value(), instant(at)};
        SignalSet signals;
        for (auto const& name : split(asked_options_["signals"], ','))
            signals.add(parse_signal(name).value());
        Query const query{who, *what, now, signals};
        auto const decision = decide(policy_, query);
        auto const explanation = explain(policy_, query);
        EXPECT_EQ(rule_id(policy_, decision), explanation.rule);
        EXPECT_EQ(decision.verdict, explanation.verdict);
        compare(expected, options, decision, explanation);
        ++decisions_;
        asked_.clear(); // only now: the target views its text
    }

    void compare(Words const& expected, Options const& options, Decision const& decision, Explanation const& explanation)
    {
        auto const& e = explanation;
        EXPECT_EQ(to_text(e.verdict), expected[0]) << to_text(e);
        EXPECT_EQ(e.rule, expected[1]) << to_text(e);
        std::string signals;
        for (unsigned i = 0; i < signal_count; ++i)
            if (decision.signals.has(static_cast<Signal>(i)))
                signals += (signals.empty() ? "" : ",") + std::string(to_text(static_cast<Signal>(i)));
        Options actual{{"clause", e.clause}, {"stage", std::string(to_text(e.stage))}, {"tls", std::string(to_text(e.tls))},
            {"category", e.category}, {"service", e.service}, {"list", e.list}, {"line", std::to_string(e.list_line)},
            {"period", e.period}, {"kind", std::string(to_text(e.period_kind))}, {"until", e.period_until},
            {"opens", e.allowed_from}, {"steps", std::to_string(e.steps.size())}, {"signals", signals},
            {"ask", e.may_ask ? "yes" : "no"}};
        for (auto const& [key, value] : options) {
            ASSERT_TRUE(actual.contains(key)) << key;
            EXPECT_EQ(actual[key], value) << key << '\n' << to_text(e);
        }
    }

    std::filesystem::path path_;
    Policy policy_;
    std::string at_ = "2026-11-24T10:00";
    int line_ = 0;
    int decisions_ = 0;
    Words asked_;
    Options asked_options_;
};

std::vector<std::filesystem::path> case_files()
{
    std::vector<std::filesystem::path> files;
    for (auto const& entry : std::filesystem::directory_iterator(GATEHOUSE_SOURCE_DIR "/tests/golden/cases"))
        if (entry.path().extension() == ".case")
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

class Golden : public ::testing::TestWithParam<std::filesystem::path> { };

TEST_P(Golden, DecidesAsWritten)
{
    EXPECT_GT(Script{GetParam()}.run(), 0);
}

INSTANTIATE_TEST_SUITE_P(Cases, Golden, ::testing::ValuesIn(case_files()), [](auto const& test) {
    auto name = test.param.stem().string();
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

TEST(GoldenCases, AreAtLeastAHundredAndFifty)
{
    int decisions = 0;
    for (auto const& file : case_files())
        decisions += Script{file}.run();
    EXPECT_GE(decisions, 150);
    RecordProperty("decisions", decisions);
}

} // namespace
} // namespace gatehouse::policy
