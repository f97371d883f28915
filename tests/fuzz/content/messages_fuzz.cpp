// What people write to services and what is said over WebSockets. First byte: how the rest is packed (a form, JSON, plain text, a stream of
// JSON, frames); second byte: how it is cut.
//
// Held, whatever comes: what is read does not depend on how it was cut; the lists that speak of a message are the same each time; and what is read
// of frames is no longer than they are.
#include "proxy/content/prompt_scan.hpp"
#include "proxy/content/websocket_text.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace gatehouse;

void check(bool holds, char const* what)
{
    if (holds)
        return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

policy::Policy const& school()
{
    static policy::Policy const policy = [] {
        policy::Policy made;
        made.term_lists = {{"urgent", "Urgent", policy::Severity::urgent, {"kill myself", "end + my life", "suicid*", "die"},
                               {"die laughing"}, {}},
            {"note", "Note", policy::Severity::note, {"free vpn", "a"}, {}, {}}};
        made.prepare();
        return made;
    }();
    return policy;
}

template <class Take>
void cut(std::string_view body, std::size_t step, Take const& take)
{
    for (; !body.empty(); body.remove_prefix(std::min(step, body.size())))
        take(body.substr(0, step));
}

std::string read_prompt(content::TextKind kind, std::string_view body, std::size_t step)
{
    content::PromptScan scan{school(), kind, "", ""};
    cut(body, step, [&](std::string_view piece) { scan.add(piece); });
    scan.finish();
    check(scan.around().empty() == scan.hits().lists.none(), "words stand around what was found");
    return scan.hits().lists.to_string() + scan.around();
}

std::string read_stream(std::string_view body, std::size_t step)
{
    content::StreamedJson reader;
    std::string text;
    cut(body, step, [&](std::string_view piece) { reader.add(piece, text); });
    return text;
}

std::string read_frames(std::string_view bytes, std::size_t step)
{
    content::WebsocketText reader;
    std::string text;
    bool sound = true;
    cut(bytes, step, [&](std::string_view piece) { sound = reader.add(piece, text) && sound; });
    check(text.size() <= bytes.size(), "no more is read than was said");
    return text + (sound ? "" : "broken");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    if (size < 2)
        return 0;
    std::string_view const body{reinterpret_cast<char const*>(data) + 2, size - 2};
    auto const whole = body.size() + 1;
    auto const step = static_cast<std::size_t>(data[1]) + 1;
    switch (data[0] % 5) {
    case 0:
        check(read_prompt(content::TextKind::form, body, whole) == read_prompt(content::TextKind::form, body, step), "cuts");
        break;
    case 1:
        check(read_prompt(content::TextKind::json, body, whole) == read_prompt(content::TextKind::json, body, step), "cuts");
        break;
    case 2:
        check(read_prompt(content::TextKind::plain, body, whole) == read_prompt(content::TextKind::plain, body, step), "cuts");
        break;
    case 3: check(read_stream(body, whole) == read_stream(body, step), "cuts"); break;
    case 4: check(read_frames(body, whole) == read_frames(body, step), "cuts"); break;
    default: break;
    }
    return 0;
}
