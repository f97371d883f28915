#pragma once
// TLS sessions with origins that proved their name: the next connection to the same name need not verify it again (RFC 8446 §2.2).

#include "policy/result.hpp"

#include <chrono>
#include <memory>
#include <openssl/types.h>
#include <string>
#include <unordered_map>
#include <vector>

struct ssl_session_st;

namespace gatehouse::net {

using Session = ::ssl_session_st; // of OpenSSL, whose type header does not name it

struct SessionFree {
    void operator()(Session* session) const;
};
using SessionPtr = std::unique_ptr<Session, SessionFree>;

/// Not thread-safe: one for each worker. A session of TLS 1.3 serves one connection (RFC 8446 §C.4). All are forgotten an
/// hour after the certificate was shown, resumed or not, so that a certificate that expired or was revoked meanwhile is found out.
class OriginSessions {
public:
    static constexpr std::size_t max_names = 512;
    static constexpr std::size_t max_of_a_name = 2;
    static constexpr std::chrono::hours max_age{1};

    using Clock = std::chrono::steady_clock;
    /// `proved`: when the origin showed its certificate.
    void keep(std::string const& name, SessionPtr session, Clock::time_point proved);
    /// That time: of the session that this one came of by resumption, or `now`, which the session then remembers.
    static Clock::time_point proved_at(Session* session, Clock::time_point now);
    /// The newest; null if there is none.
    SessionPtr take(std::string const& name, Clock::time_point now);
    std::size_t names() const { return kept_.size(); }

    /// From now on the context's connections leave their sessions here. Owned by the context.
    static void attach(SSL_CTX* context);
    /// Offers the origin a session that it gave for this name. Harmless where there is none, or the origin has forgotten it.
    static void offer(SSL* connection, std::string const& name);

private:
    struct Kept {
        SessionPtr session;
        Clock::time_point since;
    };
    std::unordered_map<std::string, std::vector<Kept>> kept_;
};

} // namespace gatehouse::net
