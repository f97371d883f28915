#include "proxy/net/origin_sessions.hpp"

#include <cstdint>
#include <new>
#include <openssl/ssl.h>

namespace gatehouse::net {
namespace {

void destroy(void*, void* sessions, CRYPTO_EX_DATA*, int, long, void*)
{
    delete static_cast<OriginSessions*>(sessions);
}

/// Where a context keeps its sessions.
int slot()
{
    static int const number = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, destroy);
    return number;
}

OriginSessions* sessions_of(SSL* connection)
{
    return static_cast<OriginSessions*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), slot()));
}

/// Before TLS 1.3 an origin gives a new session seldom, and whoever watches the line knows the connections anyway.
bool serves_again(Session const* session)
{
    return SSL_SESSION_get_protocol_version(session) < TLS1_3_VERSION;
}

/// Where a session keeps when its origin proved its name. OpenSSL hands it on to the sessions that come of it.
int proof_slot()
{
    static int const number = SSL_SESSION_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return number;
}

/// Called by OpenSSL for each session that an origin gives, under TLS 1.3 after the handshake. 0: what we keep of it we hold ourselves.
int take_in(SSL* connection, SSL_SESSION* session) noexcept
{
    char const* const name = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
    if (name == nullptr || SSL_get_verify_result(connection) != X509_V_OK)
        return 0;
    SSL_SESSION_up_ref(session);
    SessionPtr ours{session};
    try {
        sessions_of(connection)->keep(name, std::move(ours), OriginSessions::proved_at(session, OriginSessions::Clock::now()));
    } catch (std::bad_alloc const&) { // no exception may pass through OpenSSL; the next connection verifies anew
    }
    return 0;
}

} // namespace

void SessionFree::operator()(Session* session) const
{
    SSL_SESSION_free(session);
}

void OriginSessions::keep(std::string const& name, SessionPtr session, Clock::time_point proved)
{
    if (kept_.size() >= max_names && kept_.find(name) == kept_.end())
        kept_.erase(kept_.begin()); // any: it costs that name one verification
    auto& of_name = kept_[name];
    if (of_name.size() >= max_of_a_name)
        of_name.erase(of_name.begin());
    of_name.push_back({std::move(session), proved});
}

OriginSessions::Clock::time_point OriginSessions::proved_at(Session* session, Clock::time_point now)
{
    auto const known = reinterpret_cast<std::intptr_t>(SSL_SESSION_get_ex_data(session, proof_slot()));
    if (known != 0)
        return Clock::time_point{Clock::duration{known}};
    SSL_SESSION_set_ex_data(
        session, proof_slot(), reinterpret_cast<void*>(static_cast<std::intptr_t>(now.time_since_epoch().count())));
    return now;
}

SessionPtr OriginSessions::take(std::string const& name, Clock::time_point now)
{
    auto const found = kept_.find(name);
    if (found == kept_.end())
        return nullptr;
    auto& of_name = found->second;
    if (now - of_name.back().since > max_age) { // the others came before it
        kept_.erase(found);
        return nullptr;
    }
    if (serves_again(of_name.back().session.get())) {
        SSL_SESSION_up_ref(of_name.back().session.get());
        return SessionPtr{of_name.back().session.get()};
    }
    auto newest = std::move(of_name.back().session);
    of_name.pop_back();
    if (of_name.empty())
        kept_.erase(found);
    return newest;
}

void OriginSessions::attach(SSL_CTX* context)
{
    SSL_CTX_set_ex_data(context, slot(), new OriginSessions);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, take_in);
}

void OriginSessions::offer(SSL* connection, std::string const& name)
{
    if (auto const session = sessions_of(connection)->take(name, Clock::now()))
        SSL_set_session(connection, session.get()); // holds it as well
}

} // namespace gatehouse::net
