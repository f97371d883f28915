#include "proxy/net/hosts_file.hpp"

#include <fstream>
#include <sstream>

namespace gatehouse::net {

bool HostsFile::read()
{
    if (path_.empty())
        return true;
    auto const seen = state();
    std::ifstream file(path_);
    if (!file)
        return false;
    decltype(names_) names;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line.substr(0, line.find('#')));
        std::string word;
        if (!(words >> word))
            continue;
        auto const address = policy::IpAddress::parse(word);
        if (!address)
            continue;
        while (words >> word)
            if (auto const host = policy::Host::parse(word))
                names[std::string{host->text()}].push_back(*address);
    }
    names_ = std::move(names);
    seen_ = seen;
    return true;
}

void HostsFile::refresh()
{
    auto const now = state();
    if (now == seen_)
        return;
    if (!now)
        names_.clear(); // it is gone, and its names with it
    seen_ = now;
    if (now)
        read();
}

std::vector<policy::IpAddress> const* HostsFile::find(std::string const& name) const
{
    auto const known = names_.find(name);
    return known == names_.end() ? nullptr : &known->second;
}

std::optional<HostsFile::State> HostsFile::state() const
{
    std::error_code ec;
    State found{std::filesystem::last_write_time(path_, ec), 0};
    if (!ec)
        found.size = std::filesystem::file_size(path_, ec);
    return ec ? std::nullopt : std::optional{found};
}

} // namespace gatehouse::net
