// read_request_head: the same answer however the bytes arrive, views inside the bytes, nothing in them that could end a line.
#include "check.hpp"
#include "proxy/http1/head.hpp"

#include <strings.h>

#include <vector>

using namespace gatehouse::http1;

namespace {

void check_text(std::string_view text, std::string_view bytes)
{
    check(text.empty() || (text.data() >= bytes.data() && text.data() + text.size() <= bytes.data() + bytes.size()));
    check(text.find_first_of(std::string_view{"\r\n\0", 3}) == text.npos);
}

/// An own comparison: the property must not lean on the code it watches.
bool is_named(Field const& field, std::string_view name)
{
    return field.name.size() == name.size() && strncasecmp(field.name.data(), name.data(), name.size()) == 0;
}

void check_head(RequestHead const& head, std::string_view bytes)
{
    check_text(head.method, bytes);
    check_text(head.target, bytes);
    unsigned hosts = 0;
    unsigned framings = 0;
    for (auto const& field : head.fields()) {
        check_text(field.name, bytes);
        check_text(field.value, bytes);
        check(!field.name.empty());
        hosts += is_named(field, "host") ? 1U : 0U;
        framings += is_named(field, "content-length") || is_named(field, "transfer-encoding") ? 1U : 0U;
    }
    check(hosts == 1 || (hosts == 0 && head.minor_version == 0));
    check(framings <= 1);
    check(head.framing != Framing::until_close);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::vector<char> const bytes(data, data + size);
    std::string_view const all{bytes.data(), bytes.size()};
    RequestHead head;
    auto const whole = read_request_head(all, head);
    if (whole.kind == HeadStatus::Kind::done) {
        check(whole.size <= size);
        check_head(head, all.substr(0, whole.size));
    }
    check((whole.kind == HeadStatus::Kind::refused) == (whole.refusal != Refusal::none));
    auto const step = size / 16 + 1;
    for (std::size_t seen = 0; seen <= size; seen += step) {
        std::vector<char> const part(data, data + seen); // an own buffer, so that a read beyond it is caught
        RequestHead other;
        auto const status = read_request_head({part.data(), part.size()}, other);
        if (status.kind == HeadStatus::Kind::refused)
            check(whole.kind == HeadStatus::Kind::refused);
        if (status.kind == HeadStatus::Kind::done)
            check(whole.kind == HeadStatus::Kind::done && whole.size == status.size);
    }
    return 0;
}
