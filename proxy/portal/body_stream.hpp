#pragma once
// An answer whose end nobody knows yet: its pieces are sent as they come, and the connection closes behind the last.

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

namespace gatehouse::portal {

/// On the console's thread, like every page. Lifetime: the connection's; it may be dropped at any piece.
class BodyStream {
public:
    virtual ~BodyStream() = default;
    /// The next piece, never empty; nothing: that was the end.
    virtual boost::asio::awaitable<std::optional<std::string>> next() = 0;
};

} // namespace gatehouse::portal
