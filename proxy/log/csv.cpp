#include "proxy/log/csv.hpp"

#include "proxy/log/escape.hpp"
#include "proxy/log/fields.hpp"
#include "proxy/log/utc.hpp"

#include <fmt/format.h>

namespace gatehouse::log {
namespace {

constexpr std::string_view runs_as_formula = "=+-@\t\r\n|%";

std::string signals_text(policy::SignalSet signals)
{
    std::string text;
    for (unsigned i = 0; i < policy::signal_count; ++i) {
        auto const signal = static_cast<policy::Signal>(i);
        if (!signals.has(signal))
            continue;
        if (!text.empty())
            text += ' ';
        text += policy::to_text(signal);
    }
    return text;
}

std::string address_text(policy::IpAddress const& address)
{
    return address == policy::IpAddress{} ? std::string{} : address.to_text();
}

} // namespace

std::string csv_cell(std::string_view text)
{
    std::string cell = "\"";
    if (!text.empty() && runs_as_formula.find(text.front()) != std::string_view::npos)
        cell += '\''; // spreadsheets show the rest as text
    LineBuffer visible;
    append_visible(visible, text);
    for (auto const character : visible.view()) {
        if (character == '"')
            cell += '"';
        cell += character;
    }
    cell += '"';
    return cell;
}

std::string csv_header()
{
    std::string line = "time,elapsed_ms,client,url,verdict,code,status,bytes_to_client,bytes_from_client,device_kind,"
                       "confidence,port,upstream,tls,signals,list_line";
    for (auto const& field : text_fields) {
        line += ',';
        line += field.column;
    }
    line += "\r\n";
    return line;
}

std::string csv_row(StoredRecord const& row)
{
    LineBuffer time;
    append_timestamp(time, row.at);
    auto line = fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}", time.view(), row.elapsed.count() / 1000,
        csv_cell(address_text(row.client)), csv_cell(row.url()), to_text(row.verdict), to_text(row.code), row.status,
        row.bytes_to_client, row.bytes_from_client, to_text(row.device_kind), to_text(row.confidence), row.port,
        csv_cell(address_text(row.upstream)), to_text(row.tls), csv_cell(signals_text(row.signals)), row.list_line);
    for (auto const& field : text_fields) {
        line += ',';
        line += csv_cell(row.*field.stored);
    }
    line += "\r\n";
    return line;
}

} // namespace gatehouse::log
