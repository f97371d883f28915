#pragma once
// Reads values out of one TOML document into C++ values and collects every complaint with its place. Knows no setting
// by name. It is not a general TOML layer: only the value types that gatehouse.toml uses are here.

#include "policy/address.hpp"
#include "policy/parse.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <toml++/toml.h>
#include <vector>

namespace gatehouse {

struct Endpoint;

/// "10s", "250ms", "2m", "1h"; a bare number counts seconds. Absent for anything else, negative or above ten years.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);
/// "64KiB", "8MiB", "1GiB"; a bare number counts bytes. Absent for anything else or an overflow.
std::optional<std::size_t> parse_size(std::string_view text);
/// "127.0.0.1:3128" or "[::1]:3128". Port 0 asks for any free one.
std::optional<Endpoint> parse_endpoint(std::string_view text);
/// One table of the document. Each `read` takes the key's value if it is there and of the right kind, and complains if
/// it is of another; `finish` complains about every key that nobody read. Lifetime: the table, the file name and the
/// problems must outlive it.
class SettingsReader {
public:
    SettingsReader(toml::table const& table, std::string const& file, std::vector<policy::Problem>& problems);

    void read(std::string_view key, std::string& into);
    void read(std::string_view key, bool& into);
    void read(std::string_view key, unsigned& into);
    void read_count(std::string_view key, std::size_t& into); ///< at least one
    void read_size(std::string_view key, std::size_t& into);  ///< bytes, at least one
    void read(std::string_view key, std::chrono::milliseconds& into);
    void read(std::string_view key, std::chrono::seconds& into); ///< whole seconds
    void read(std::string_view key, Endpoint& into);
    void read(std::string_view key, std::vector<Endpoint>& into);
    void read(std::string_view key, std::vector<std::string>& into);
    void read(std::string_view key, std::vector<std::uint16_t>& into); ///< ports 1 to 65535
    void read(std::string_view key, std::vector<policy::Network>& into);
    /// Relative paths are resolved against `base`.
    void read(std::string_view key, std::filesystem::path& into, std::filesystem::path const& base);
    void read(std::string_view key, std::vector<std::filesystem::path>& into, std::filesystem::path const& base);
    /// The sub-table of that name, if it is there, finished behind `read`.
    void in_table(std::string_view key, std::function<void(SettingsReader&)> const& read);
    /// Each of the tables [[key]], finished behind `read`.
    void each_table(std::string_view key, std::function<void(SettingsReader&)> const& read);

    bool has(std::string_view key) const { return table_.contains(key); }
    void complain(std::string_view key, std::string message, std::string suggestion = {});
    void finish();

private:
    toml::table const* table(std::string_view key);
    toml::node const* take(std::string_view key);
    void complain_at(toml::source_position place, std::string message, std::string suggestion);
    void wrong_kind(std::string_view key, toml::node const& node, std::string_view wanted);
    template <class Take>
    void each_text(std::string_view key, std::string_view wanted, Take const& take_text);

    toml::table const& table_;
    std::string const& file_;
    std::vector<policy::Problem>& problems_;
    std::vector<std::string_view> known_;
};

} // namespace gatehouse
