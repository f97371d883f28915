// The audit from outside: its head as a line to be kept elsewhere, and whether all that was ever recorded is still there as it was.
#include "proxy/store/audit.hpp"
#include "tools/ctl/own_store.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fstream>
#include <sstream>

namespace gatehouse::ctl {
namespace {

/// A line that was kept: what a row said of itself then.
struct KeptHead {
    std::int64_t sequence = 0;
    std::string digest;
};

/// "2026-11-24T10:40:00Z 1234 0af3...": the last two words of a line.
std::optional<KeptHead> parse_head(std::string const& line)
{
    std::istringstream words{line};
    std::vector<std::string> all{std::istream_iterator<std::string>{words}, {}};
    KeptHead head;
    if (all.size() < 2)
        return std::nullopt;
    auto const& number = all[all.size() - 2];
    auto const [end, failure] = std::from_chars(number.data(), number.data() + number.size(), head.sequence);
    head.digest = all.back();
    constexpr std::size_t digest_size = 64;
    if (failure != std::errc{} || end != number.data() + number.size() || head.sequence < 1 || head.digest.size() != digest_size)
        return std::nullopt;
    return head;
}

/// What is wrong with one kept head; empty if the row it tells of is there as it was.
result<std::string> fault_of(store::Ledger& ledger, KeptHead const& head)
{
    store::AuditFilter filter;
    filter.before = head.sequence + 1;
    filter.limit = 1;
    auto const rows = store::list_audit(ledger, filter);
    if (!rows)
        return rows.error();
    auto const last = rows->empty() ? 0 : rows->front().sequence;
    if (last < head.sequence)
        return fmt::format(
            "rows {} to {} were there when the head of row {} was kept, and are gone", last + 1, head.sequence, head.sequence);
    if (rows->front().digest != head.digest)
        return fmt::format("row {} or one before it was written anew since its head was kept", head.sequence);
    return std::string{};
}

/// The file, or all files of the folder that the daemon writes, by name.
std::vector<std::filesystem::path> files_of(std::filesystem::path const& heads)
{
    std::error_code failure;
    if (!std::filesystem::is_directory(heads, failure))
        return {heads};
    std::vector<std::filesystem::path> files;
    for (auto const& entry : std::filesystem::directory_iterator{heads, failure})
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

/// The first thing wrong with the kept heads, in the order of the file.
result<std::string> fault_of_heads(store::Ledger& ledger, std::filesystem::path const& file)
{
    std::ifstream in{file};
    if (!in)
        return fmt::format("{} cannot be read", file.string());
    std::size_t number = 0;
    for (std::string line; std::getline(in, line);) {
        ++number;
        if (line.empty() || line.front() == '#')
            continue;
        auto const head = parse_head(line);
        if (!head)
            return fmt::format("{}:{}: not a line of `gatehouse audit head`", file.string(), number);
        auto const fault = fault_of(ledger, *head);
        if (!fault || !fault->empty())
            return fault;
    }
    return std::string{};
}

result<std::string> fault_of_all(store::Ledger& ledger, std::filesystem::path const& heads)
{
    for (auto const& file : files_of(heads))
        if (auto const fault = fault_of_heads(ledger, file); !fault || !fault->empty())
            return fault;
    return std::string{};
}

int tell(Common const& common, Streams streams, store::AuditVerification const& found, std::string const& fault)
{
    bool const intact = found.intact && fault.empty();
    auto const problem = found.intact ? fault : found.problem;
    if (common.output == Output::json) {
        boost::json::object object{{"ok", intact}, {"rows", found.rows}, {"head", found.head_digest}, {"problem", problem}};
        if (found.first_bad)
            object["first_bad"] = *found.first_bad;
        write_json(streams, object);
    } else if (intact) {
        streams.out << fmt::format("{} rows, all as they were written\n", found.rows);
    } else {
        streams.error << fmt::format("gatehouse: the audit was changed: {}\n", problem);
        streams.error << "Keep gatehouse.db, audit.key and audit.head as they are, and tell the data protection officer.\n";
    }
    return intact ? success : failure;
}

} // namespace

int audit_verify(Common const& common, std::filesystem::path const& heads, Streams streams)
{
    auto const settings = read_settings(common, streams);
    auto const store = settings ? open_store(common, *settings, streams) : nullptr;
    if (!store)
        return failure;
    auto const found = store->run([](store::Ledger& ledger) { return store::verify_audit(ledger); });
    if (!found)
        return report_failure(common, streams, found.error().message());
    auto fault = heads.empty() ? result<std::string>{std::string{}}
                               : store->run([&](store::Ledger& ledger) { return fault_of_all(ledger, heads); });
    if (!fault)
        return report_failure(common, streams, fault.error().message());
    return tell(common, streams, *found, *fault);
}

int audit_head(Common const& common, Streams streams)
{
    auto const settings = read_settings(common, streams);
    auto const store = settings ? open_store(common, *settings, streams) : nullptr;
    if (!store)
        return failure;
    auto const rows = store->run([](store::Ledger& ledger) { return store::list_audit(ledger, {.limit = 1}); });
    if (!rows)
        return report_failure(common, streams, rows.error().message());
    if (rows->empty())
        return report_failure(common, streams, "nothing was recorded yet");
    auto const& last = rows->front();
    auto const at = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", last.at);
    if (common.output == Output::json)
        write_json(streams, {{"ok", true}, {"at", at}, {"sequence", last.sequence}, {"digest", last.digest}});
    else
        streams.out << fmt::format("{} {} {}\n", at, last.sequence, last.digest);
    return success;
}

} // namespace gatehouse::ctl
