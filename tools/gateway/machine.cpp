#include "tools/gateway/machine.hpp"

#include "tools/gateway/program.hpp"

#include <boost/algorithm/string/trim.hpp>

#include <fmt/format.h>

namespace gatehouse::gateway {
namespace {

Complaint complaint_of(std::string_view program, result<Ran> const& ran)
{
    if (!ran)
        return fmt::format("{} cannot be started: {}; install the package {}", program, ran.error().message(),
            program == "ip" ? "iproute2" : "nftables");
    if (ran->status == 0)
        return std::nullopt;
    return fmt::format("{}: {}", program, boost::algorithm::trim_copy(ran->output));
}

Complaint run_nft(std::vector<std::string> words, std::string_view input = {})
{
    words.insert(words.begin(), "nft");
    return complaint_of("nft", run(std::move(words), input));
}

std::string without_table()
{
    return fmt::format("table inet {0}\ndelete table inet {0}\n", table);
}

Complaint run_ip(std::vector<std::string> words)
{
    words.insert(words.begin(), "ip");
    return complaint_of("ip", run(std::move(words)));
}

} // namespace

Complaint check_rules(std::string const& rules)
{
    return run_nft({"--check", "--file", "-"}, rules);
}

result<std::string> rules_in_force()
{
    auto const ran = run({"nft", "--stateless", "list", "table", "inet", std::string{table}});
    if (!ran)
        return ran.error();
    return ran->status == 0 ? ran->output : std::string{};
}

Complaint put_in_force(Settings const& settings, std::string const& rules)
{
    for (auto& words : render_routes(settings)) {
        bool const undoes = words[2] == "del"; // the first time there is nothing to take back
        if (auto complaint = run_ip(std::move(words)); complaint && !undoes)
            return complaint;
    }
    return run_nft({"--file", "-"}, rules);
}

Complaint take_back(std::string const& before)
{
    auto complaint = run_nft({"--file", "-"}, without_table() + before);
    if (before.find("tproxy") == std::string::npos)
        for (auto& words : undo_routes())
            run_ip(std::move(words)); // one that is not there is no fault
    return complaint;
}

} // namespace gatehouse::gateway
