#pragma once
// What most verbs begin with: the settings, or complaints about them. And how complaints look, as text and as JSON.

#include "policy/parse.hpp"
#include "proxy/settings.hpp"
#include "tools/ctl/verbs.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

namespace gatehouse::ctl {

/// The settings; nothing if they have errors, which were then reported.
std::optional<Settings> read_settings(Common const& common, Streams streams);

/// "file:line:column: error: message", the line of `text` with a caret, the suggestion. For problems of gatehouse.toml.
std::string to_text(policy::Problem const& problem, std::string_view text);

boost::json::array to_json(std::vector<policy::Problem> const& problems);

/// One line on the error stream, or {"ok":false,"error":...} on the output stream. Returns `failure`.
int report_failure(Common const& common, Streams streams, std::string_view message);
/// The object on a line of its own.
void write_json(Streams streams, boost::json::object const& object);

/// Lists as lists.toml declares them, also while there is no compiled image; nothing if the files have errors, which were then reported.
std::optional<policy::Policy> read_declarations(Common const& common, Settings const& settings, Streams streams);

} // namespace gatehouse::ctl
