#include "proxy/tls/issuer.hpp"

#include "proxy/net/alpn.hpp"
#include "proxy/tls/x509.hpp"

#include <list>
#include <openssl/ssl.h>
#include <unordered_map>

namespace gatehouse::tls {
namespace {

using std::chrono::hours;

constexpr hours renewed_before{24}; // a cached leaf with less than this left is minted again
constexpr hours key_life{24};       // the key of all leaves is then made anew, and with it every leaf

SslContextPtr make_context(X509& leaf, EVP_PKEY& key)
{
    SslContextPtr context{SSL_CTX_new(TLS_server_method())};
    if (!context)
        return nullptr;
    auto* const raw = context.get();
    SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
    SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_security_level(raw, 2);
    SSL_CTX_set_alpn_select_cb(raw, net::choose_version, nullptr);
    bool const complete = SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION) == 1 && SSL_CTX_set_num_tickets(raw, 0) == 1
        && SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1 && SSL_CTX_use_certificate(raw, &leaf) == 1
        && SSL_CTX_use_PrivateKey(raw, &key) == 1;
    return complete ? std::move(context) : nullptr;
}

struct Cached {
    std::string name;
    SslContextPtr context;
    std::chrono::sys_seconds renew_at{};
};

} // namespace

std::chrono::sys_seconds system_now()
{
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

void CertificateFree::operator()(X509* certificate) const
{
    X509_free(certificate);
}

void SslContextFree::operator()(SSL_CTX* context) const
{
    SSL_CTX_free(context);
}

/// Most recently used first.
struct Issuer::State {
    Sign sign;
    PkeyPtr leaf_key;
    std::chrono::sys_seconds key_made{};
    NowFunction now = system_now;
    std::list<Cached> cache;
    std::unordered_map<std::string_view, std::list<Cached>::iterator> by_name; // views Cached::name

    /// Also where the clock was ahead and is right again, since leaves that were made then may begin only later: a leaf begins a day before it is made,
    /// so none begins later than the key. Connections that are open keep what they have.
    bool renew_key(std::chrono::sys_seconds at)
    {
        if (key_made <= at && at - key_made < key_life)
            return true;
        auto key = make_p256_key();
        if (!key)
            return false;
        leaf_key = std::move(key);
        key_made = at;
        by_name.clear();
        cache.clear();
        return true;
    }

    void forget(std::list<Cached>::iterator entry)
    {
        by_name.erase(entry->name);
        cache.erase(entry);
    }
};

Issuer::Issuer(std::unique_ptr<State> state)
    : state_{std::move(state)}
{
}
Issuer::Issuer(Issuer&&) noexcept = default;
Issuer& Issuer::operator=(Issuer&&) noexcept = default;
Issuer::~Issuer() = default;

result<Issuer> Issuer::make(Sign sign, NowFunction const now)
{
    auto state = std::make_unique<State>();
    state->sign = std::move(sign);
    state->leaf_key = make_p256_key();
    state->now = now;
    state->key_made = now();
    if (!state->leaf_key)
        return crypto_failed("prepare the issuer");
    return Issuer{std::move(state)};
}

result<SSL_CTX*> Issuer::context_for(policy::Host const& host)
{
    auto& state = *state_;
    auto const now = state.now();
    if (!state.renew_key(now))
        return crypto_failed("make a key");
    if (auto const found = state.by_name.find(host.text()); found != state.by_name.end()) {
        auto const entry = found->second;
        if (now < entry->renew_at) {
            state.cache.splice(state.cache.begin(), state.cache, entry);
            return entry->context.get();
        }
        state.forget(entry);
    }

    auto const leaf = state.sign(host, *state.leaf_key);
    auto context = leaf ? make_context(*leaf, *state.leaf_key) : nullptr;
    if (!context)
        return crypto_failed("mint a leaf");
    if (state.cache.size() >= max_cached)
        state.forget(std::prev(state.cache.end()));
    state.cache.push_front({std::string{host.text()}, std::move(context), not_after_of(*leaf) - renewed_before});
    state.by_name.emplace(state.cache.front().name, state.cache.begin());
    return state.cache.front().context.get();
}

} // namespace gatehouse::tls
