#pragma once
// A school of a few lines: pupils for whom adult content is closed at any time and games in lessons, and staff for whom nothing is.

#include "policy/list_image.hpp"
#include "policy/parse.hpp"
#include "proxy/checks/places.hpp"

#include <gtest/gtest.h>

namespace gatehouse::checks::test {

/// 2026-11-24T00:00:00Z, a Tuesday.
inline constexpr std::chrono::sys_seconds tuesday{std::chrono::seconds{1795478400}};

inline policy::Moment moment_of(std::chrono::sys_seconds at)
{
    auto const day = std::chrono::floor<std::chrono::days>(at);
    std::chrono::year_month_day const date{day};
    return {{{static_cast<std::int16_t>(int{date.year()}), static_cast<std::uint8_t>(unsigned{date.month()}),
                 static_cast<std::uint8_t>(unsigned{date.day()})},
                static_cast<std::uint16_t>(std::chrono::duration_cast<std::chrono::minutes>(at - day).count())},
        at};
}

inline policy::Policy school(std::string const& more = {})
{
    policy::PolicySources sources;
    sources.policy = {"policy.toml", R"(
school = "Test school"
unknown_role = "pupil"
[[role]]
id = "pupil"
title = "Pupil"
default = "allow"
default_reason = "Open."
fails = "closed"
[[role]]
id = "staff"
title = "Member of staff"
default = "allow"
default_reason = "Open."
fails = "open"
[[group]]
id = "year-9"
title = "Year 9"
youngest_age = 13
[[network]]
id = "room"
title = "Room"
ranges = ["10.0.0.0/8"]
role = "pupil"
groups = ["year-9"]
[[category]]
id = "adult"
title = "Adult"
[[category]]
id = "games"
title = "Games"
[[category]]
id = "gambling"
title = "Gambling"
[[rule]]
id = "no-adult"
who = ["pupil"]
what = ["category:adult"]
action = "block"
reason = "Closed."
[[rule]]
id = "no-games-in-lessons"
who = ["pupil"]
what = ["category:games"]
when = ["lesson"]
action = "block"
reason = "Closed."
)" + more};
    sources.timetable = {"timetable.toml", R"(
[[term]]
name = "Autumn"
first = "2026-09-01"
last = "2026-12-18"
[[period]]
name = "lesson-1"
kind = "lesson"
start = "09:00"
end = "12:00"
)"};
    sources.lists = {"lists.toml", ""};
    auto parsed = policy::parse_policy(sources);
    for (auto const& problem : parsed.problems)
        ADD_FAILURE() << problem.file << ":" << problem.line << ": " << problem.message;
    parsed.policy.prepare(); // as the first list that is attached would
    return std::move(parsed.policy);
}

/// Where somebody of that role sits.
inline Place place(std::string title, std::string role, bool asks_sign_in = false)
{
    Place made;
    made.title = std::move(title);
    made.subject.role = std::move(role);
    made.asks_sign_in = asks_sign_in;
    return made;
}

/// With a list of one site for each category.
inline policy::Policy with_lists(policy::Policy policy)
{
    std::vector<policy::ListFile> files;
    for (auto const& category : policy.categories) {
        policy::ListInfo info;
        info.id = "list-of-" + category.id;
        info.category = category.id;
        policy::ListEntry entry;
        entry.host = category.id + ".example";
        files.push_back({info.id, "file", {entry}});
        policy.lists.push_back(std::move(info));
    }
    auto const image = std::make_shared<std::vector<std::byte> const>(policy::encode_list_image(files, 7));
    policy.attach(image, *image);
    return policy;
}

} // namespace gatehouse::checks::test
