// The tunnels of one day file, counted block by block over seven tunnel_columns.
#include "proxy/log/day_search.hpp"
#include "proxy/log/tunnel_report.hpp"

#include <limits>
#include <unordered_map>

namespace gatehouse::log {
namespace {

constexpr std::uint64_t established = 200;

/// The numbers of a day's words, turned into texts at the end.
struct DayTunnels {
    std::unordered_map<std::uint64_t, SeenTunnels> by_role;
    std::map<std::pair<std::uint64_t, std::uint64_t>, TunnelCounts::Refusals> refused;
    std::unordered_map<std::uint64_t, std::uint64_t> taken_from, taken_by;
};

constexpr std::array tunnel_columns{Column::at, Column::client, Column::status, Column::verdict, Column::tls, Column::signals,
    column_of(&AccessRecord::method), column_of(&AccessRecord::role), column_of(&AccessRecord::host),
    column_of(&AccessRecord::refusal)};
enum : std::size_t { at, client, status, verdict, tls, signals, method, role, host, refusal };

using Values = ColumnValues<tunnel_columns.size()>;

/// Numbers of the day's words that rows are told apart by; zero: none has it.
struct Known {
    std::uint64_t connect = 0;
    std::uint64_t rejected = 0;
};

void count_row(Values const& values, std::size_t row, Known const& known, Day day, DayTunnels& counts)
{
    bool const open = values[verdict][row] == static_cast<std::uint64_t>(policy::Verdict::allow);
    if (values[method][row] != known.connect || !open || values[status][row] != established)
        return;
    bool const inspected = values[tls][row] == static_cast<std::uint64_t>(policy::TlsAction::bump);
    if (inspected && known.rejected != 0 && values[refusal][row] == known.rejected) {
        auto& refusals = counts.refused[{values[host][row], values[client][row]}];
        ++refusals.count;
        refusals.last = std::max(refusals.last, Instant{day} + std::chrono::microseconds{values[at][row]});
        return;
    }
    auto& seen = counts.by_role[values[role][row]];
    bool const nameless = (values[signals][row] >> static_cast<unsigned>(policy::Signal::ip_literal) & 1) != 0;
    ++(inspected ? seen.inside : nameless ? seen.unseen : seen.by_name);
    if (inspected) {
        ++counts.taken_from[values[host][row]];
        ++counts.taken_by[values[client][row]];
    }
}

template <class Word, class Host>
void add_by_text(DayTunnels const& day, Word const& word, Host const& host_name, TunnelCounts& counts)
{
    for (auto const& [number, seen] : day.by_role) {
        auto& total = counts.by_role[word(number)];
        total.role = word(number);
        total.inside += seen.inside;
        total.by_name += seen.by_name;
        total.unseen += seen.unseen;
    }
    for (auto const& [key, refusals] : day.refused) {
        auto& total = counts.refused[{host_name(key.first), word(key.second)}];
        total.count += refusals.count;
        total.last = std::max(total.last, refusals.last);
    }
    for (auto const& [number, count] : day.taken_from)
        counts.taken_from[host_name(number)] += count;
    for (auto const& [number, count] : day.taken_by)
        counts.taken_by[word(number)] += count;
}

} // namespace

error_code DayReader::count_tunnels(TunnelCounts& counts)
{
    Known const known{word_number(database_.get(), "CONNECT"), word_number(database_.get(), "client-rejects-ca")};
    if (known.connect == 0)
        return {};
    auto const blocks = cells_.blocks(0, std::numeric_limits<std::int64_t>::max());
    if (!blocks)
        return blocks.error();
    DayTunnels day;
    Values values;
    for (auto const& block : *blocks) {
        if (auto const error = read_values(cells_, block, tunnel_columns, values))
            return error;
        for (std::size_t row = 0; row < block.rows; ++row)
            count_row(values, row, known, day_, day);
    }
    add_by_text(
        day, [this](std::uint64_t number) { return words_[number]; }, [this](std::uint64_t number) { return hosts_[number]; },
        counts);
    return {};
}

} // namespace gatehouse::log
