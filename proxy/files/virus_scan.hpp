#pragma once
// One file, handed piece by piece to ClamAV's daemon (clamd(8), INSTREAM) while it is on its way.

#include "proxy/net/deadline.hpp"
#include "proxy/net/task.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>

namespace gatehouse::files {

struct ScanAnswer {
    enum class Kind : std::uint8_t { clean, found, failed };
    Kind kind = Kind::failed;
    std::string name; ///< of what was found: "Win.Test.EICAR_HDB-1"
};

/// What the daemon's line says. Anything but its two answers is a failure.
ScanAnswer read_scan_answer(std::string_view line);

/// Not thread-safe. Lifetime: stays where it was made.
class VirusScan {
public:
    VirusScan(net::Executor executor, net::DeadlineWheel& wheel, std::chrono::milliseconds patience);

    /// False if the daemon is not there.
    net::task<bool> begin(std::filesystem::path const& socket);
    /// False if it takes no more; there is no answer then.
    net::task<bool> add(std::string_view bytes);
    /// The file is complete: waits for the answer.
    net::task<ScanAnswer> finish();

private:
    net::asio::basic_stream_socket<net::asio::local::stream_protocol, net::Executor> socket_;
    net::Deadline deadline_;
    std::chrono::milliseconds patience_;
};

} // namespace gatehouse::files
