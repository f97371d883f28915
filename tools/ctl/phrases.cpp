#include "proxy/content/page_scan.hpp"
#include "proxy/policy_loader.hpp"
#include "tools/ctl/configuration.hpp"
#include "tools/lists/files.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <ostream>

namespace gatehouse::ctl {
namespace {

namespace json = boost::json;
using Kind = content::VisibleText::Kind;

Kind kind_of(std::filesystem::path const& file)
{
    auto const extension = file.extension();
    if (extension == ".txt" || extension == ".md")
        return Kind::plain;
    return extension == ".json" ? Kind::json : Kind::html;
}

std::string written(policy::Phrase const& phrase)
{
    std::string text;
    for (auto const& part : phrase.parts)
        text += (text.empty() ? "" : " + ") + part.substr(part.starts_with(' ') ? 1 : 0);
    return text;
}

/// What one page weighs, list by list, with its phrases; and for whom it would be closed.
json::object weigh(policy::Policy const& policy, std::filesystem::path const& file, std::string_view body)
{
    policy::PhraseScratch scratch;
    policy::PhraseScan scan{*policy.phrase_index, scratch};
    auto const kind = kind_of(file);
    content::ToUtf8 to_utf8{kind == Kind::html ? content::CharsetBy::page : content::CharsetBy::field, ""};
    content::VisibleText visible{kind};
    policy::PageText page_text;
    std::string utf8, text, folded;
    to_utf8.add(body, utf8);
    to_utf8.finish(utf8);
    visible.add(utf8, text);
    page_text.add(text, folded);
    page_text.finish(folded);
    scan.add(folded);
    json::object lists;
    for (std::size_t i = 0; i < policy.phrase_lists.size(); ++i)
        if (scan.scores()[i] != 0)
            lists[policy.phrase_lists[i].id] = scan.scores()[i];
    json::array phrases;
    scan.each_found([&](std::uint16_t list, std::uint32_t number) {
        auto const& phrase = policy.phrase_lists[list].phrases[number];
        phrases.push_back({{"list", policy.phrase_lists[list].id}, {"phrase", written(phrase)}, {"weight", phrase.weight}});
    });
    json::array closed;
    for (std::size_t i = 0; i < policy.content_rules.size(); ++i) {
        policy::ContentPlan plan;
        plan.set(i);
        if (auto const finding = policy::judge_content(policy, plan, scan.scores()))
            closed.push_back(
                {{"entry", policy.content_rules[i].id}, {"score", finding.score}, {"limit", policy.content_rules[i].limit}});
    }
    return {
        {"file", file.string()}, {"lists", std::move(lists)}, {"phrases", std::move(phrases)}, {"closed_by", std::move(closed)}};
}

void print(json::object const& page, Streams streams)
{
    streams.out << fmt::format("{}\n", std::string_view{page.at("file").as_string()});
    for (auto const& [list, score] : page.at("lists").as_object())
        streams.out << fmt::format("  {:>6}  {}\n", score.as_int64(), std::string_view{list});
    for (auto const& each : page.at("phrases").as_array())
        streams.out << fmt::format("          {:>6}  \"{}\" ({})\n", each.at("weight").as_int64(),
            std::string_view{each.at("phrase").as_string()}, std::string_view{each.at("list").as_string()});
    for (auto const& each : page.at("closed_by").as_array())
        streams.out << fmt::format("  closed by {}: {} of {}\n", std::string_view{each.at("entry").as_string()},
            each.at("score").as_int64(), each.at("limit").as_int64());
    if (page.at("closed_by").as_array().empty())
        streams.out << "  stays open\n";
}

} // namespace

int phrases(Common const& common, std::vector<std::filesystem::path> const& files, Streams streams)
{
    auto const settings = read_settings(common, streams);
    auto const policy = settings ? read_declarations(common, *settings, streams) : std::nullopt;
    if (!policy)
        return failure;
    if (!policy->phrase_index)
        return report_failure(common, streams, "content.toml has no phrases: write [[phrase_list]] entries");
    for (auto const& file : files) {
        auto const body = lists::read_file(file);
        if (!body)
            return report_failure(common, streams, fmt::format("{}: {}", file.string(), body.error().message()));
        auto const page = weigh(*policy, file, *body);
        if (common.output == Output::json)
            write_json(streams, page);
        else
            print(page, streams);
    }
    return success;
}

} // namespace gatehouse::ctl
