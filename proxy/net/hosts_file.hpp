#pragma once
// A file of names and addresses in the form of hosts(5).

#include "policy/host.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace gatehouse::net {

/// Lines that are no address with names are passed over, as the system's resolver does. Not thread-safe.
class HostsFile {
public:
    /// Without a path there are no names. Nothing is read yet.
    explicit HostsFile(std::filesystem::path path = {})
        : path_(std::move(path))
    {
    }

    /// False, with what was read before kept, if the file cannot be read.
    bool read();
    /// Reads it if it is another than what was read: one look at the file's times.
    void refresh();
    /// In the order of the file; null: it does not have the name. Lifetime: until the next reading.
    std::vector<policy::IpAddress> const* find(std::string const& name) const;

private:
    struct State {
        std::filesystem::file_time_type written;
        std::uintmax_t size = 0;
        bool operator==(State const&) const = default;
    };
    std::optional<State> state() const;

    std::filesystem::path path_;
    std::optional<State> seen_;
    std::unordered_map<std::string, std::vector<policy::IpAddress>> names_;
};

} // namespace gatehouse::net
