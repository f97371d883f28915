// gatehouse-signer CA-FOLDER: reads the school's CA, gives up every right but to answer on one socket, and signs leaves until that is closed.
// Started by the daemon, one for each worker; of no use to people.

#include "proxy/helper/confine.hpp"
#include "proxy/tls/signer_request.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <seccomp.h>

namespace {

using namespace gatehouse::tls;

/// What signing needs beside memory and the socket.
constexpr std::array clock_and_chance{SCMP_SYS(getrandom), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday)};

/// OpenSSL reads and allocates some things with the first use.
bool has_signed_one(LeafMint const& mint)
{
    auto const key = make_p256_key();
    auto const host = gatehouse::policy::Host::parse("first.invalid");
    return key && read_signer_answer(answer_signer_request(write_signer_request(*host, *key), mint, system_now()));
}

int say(errc code)
{
    auto const word = static_cast<char>(code);
    gatehouse::helper::send_packet({&word, 1});
    return 1;
}

void serve(LeafMint const& mint)
{
    std::array<char, max_signer_packet> packet;
    while (auto const size = gatehouse::helper::receive_packet(packet))
        if (!gatehouse::helper::send_packet(answer_signer_request({packet.data(), size}, mint, system_now())))
            return;
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 2 || !gatehouse::helper::is_helper()) {
        std::fputs("gatehouse-signer is started by gatehoused\n", stderr);
        return 2;
    }
    for (int const number : {SIGINT, SIGTERM, SIGHUP}) // it ends with its socket: the daemon still signs while it drains
        std::signal(number, SIG_IGN);
    auto const mint = LeafMint::load(argv[1]);
    if (!mint)
        return say(mint.error().category() == make_error_code(errc::crypto).category() ? static_cast<errc>(mint.error().value())
                                                                                       : errc::ca_unreadable);
    if (!has_signed_one(*mint))
        return say(errc::crypto);
    if (!gatehouse::helper::hide_memory() || !gatehouse::helper::confine(clock_and_chance))
        return say(errc::signer_missing);
    say(errc{});
    serve(*mint);
    return 0;
}
