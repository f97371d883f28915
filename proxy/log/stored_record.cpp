#include "proxy/log/stored_record.hpp"

#include "proxy/log/fields.hpp"
#include "proxy/log/squid_format.hpp"

namespace gatehouse::log {

AccessRecord StoredRecord::view() const
{
    AccessRecord record;
    record.at = at;
    record.elapsed = elapsed;
    record.client = client;
    record.device_kind = device_kind;
    record.confidence = confidence;
    record.port = port;
    record.status = status;
    record.bytes_to_client = bytes_to_client;
    record.bytes_from_client = bytes_from_client;
    record.code = code;
    record.upstream = upstream;
    record.verdict = verdict;
    record.tls = tls;
    record.list_line = list_line;
    record.signals = signals;
    for (auto const& field : text_fields)
        record.*field.seen = this->*field.stored;
    return record;
}

std::string StoredRecord::url() const
{
    LineBuffer text;
    append_url(text, view());
    return std::string{text.view()};
}

} // namespace gatehouse::log
