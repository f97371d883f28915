// read_response_head: the same answer however the bytes arrive; what we send on is free of deviations and means the same.
#include "check.hpp"
#include "proxy/http1/forward.hpp"

#include <vector>

using namespace gatehouse::http1;

namespace {

struct Read {
    ResponseHead head;
    std::string scratch;
    unsigned deviations = 0;
    HeadStatus status;
};

void read_into(Read& read, std::string_view bytes, ResponseContext context)
{
    read.status = read_response_head(bytes, context, read.head, read.scratch, read.deviations);
}

void check_forwarded(ResponseHead const& head, ResponseContext context, unsigned client_minor_version)
{
    std::string out;
    ResponseOptions options;
    options.client_minor_version = client_minor_version;
    options.websocket = head.switches_protocol;
    auto const framing = append_response_head(out, head, options);
    Read again;
    read_into(again, out, context);
    check(again.status.kind == HeadStatus::Kind::done);
    check(again.status.size == out.size());
    check(again.deviations == 0);
    check(again.head.status == head.status);
    check(again.head.reason == head.reason);
    check(again.head.framing == framing);
    check(framing != Framing::length || again.head.content_length == head.content_length);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (size == 0)
        return 0;
    ResponseContext const context{(data[0] & 1) != 0, (data[0] & 2) != 0};
    unsigned const client_minor_version = (data[0] & 4) != 0 ? 1 : 0;
    ++data;
    --size;
    std::vector<char> const bytes(data, data + size);
    Read whole;
    read_into(whole, {bytes.data(), bytes.size()}, context);
    if (whole.status.kind == HeadStatus::Kind::done) {
        check(whole.status.size <= size);
        check_forwarded(whole.head, context, client_minor_version);
    }
    auto const step = size / 16 + 1;
    for (std::size_t seen = 0; seen <= size; seen += step) {
        std::vector<char> const part(data, data + seen);
        Read other;
        read_into(other, {part.data(), part.size()}, context);
        if (other.status.kind == HeadStatus::Kind::refused)
            check(whole.status.kind == HeadStatus::Kind::refused);
        if (other.status.kind == HeadStatus::Kind::done)
            check(whole.status.kind == HeadStatus::Kind::done && whole.status.size == other.status.size);
    }
    return 0;
}
