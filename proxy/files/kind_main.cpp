// gatehouse-kinds: reads libmagic's tables, gives up every right but to answer on one socket, and says what files' beginnings are until that is
// closed. Started by the daemon, one for each worker; of no use to people.

#include "proxy/files/file_type.hpp"
#include "proxy/files/kind_channel.hpp"
#include "proxy/helper/confine.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <magic.h>
#include <memory>
#include <vector>

namespace {

using namespace gatehouse;

/// What is not asked: the insides of packed files and the kinds of text, which others tell better and cheaper.
constexpr int flags = MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_ELF | MAGIC_NO_CHECK_ENCODING
    | MAGIC_NO_CHECK_TEXT | MAGIC_NO_CHECK_CSV | MAGIC_NO_CHECK_JSON;

struct CloseMagic {
    void operator()(::magic_t magic) const { ::magic_close(magic); }
};
using Magic = std::unique_ptr<std::remove_pointer_t<::magic_t>, CloseMagic>;

std::string_view type_of(Magic const& magic, std::string_view bytes)
{
    char const* const type = ::magic_buffer(magic.get(), bytes.data(), bytes.size());
    return type == nullptr ? std::string_view{"application/octet-stream"}
                           : std::string_view{type}.substr(0, files::longest_kind_answer);
}

} // namespace

int main()
{
    if (!helper::is_helper()) {
        std::fputs("gatehouse-kinds is started by gatehoused\n", stderr);
        return 2;
    }
    for (int const number : {SIGINT, SIGTERM, SIGHUP}) // it ends with its socket: the daemon still asks while it drains
        std::signal(number, SIG_IGN);
    Magic const magic{::magic_open(flags)};
    if (!magic || ::magic_load(magic.get(), nullptr) != 0)
        return 1;
    type_of(magic, "PK\3\4"); // what is read and allocated with the first use
    if (!helper::hide_memory() || !helper::confine())
        return 1;
    std::vector<char> packet(files::most_looked_at);
    while (auto const size = helper::receive_packet(packet))
        if (!helper::send_packet(type_of(magic, {packet.data(), size})))
            return 1;
    return 0;
}
