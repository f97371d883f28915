#pragma once
// gatehouse.toml as values: everything the daemon needs to know that is not policy. Every limit and deadline stands here or in http1/limits.hpp.

#include "policy/address.hpp"
#include "policy/parse.hpp"

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gatehouse {

struct Endpoint {
    policy::IpAddress address;
    std::uint16_t port = 0; ///< zero: any free port; the chosen one is printed and in `status`
};

struct Limits {
    std::size_t connections = 20000;          ///< downstream connections over all workers; above, new ones get 503
    std::size_t connections_per_client = 256; ///< from one address; above, new ones get 429 and are closed
    std::size_t streams_per_client
        = 1000; ///< requests over HTTP/2 from one address at once, over all its connections, a worker; above, REFUSED_STREAM
    std::size_t idle_upstream_per_worker = 512; ///< kept-alive upstream connections per worker
    std::size_t idle_upstream_per_host = 32;
    std::size_t relay_buffer = 256 * 1024; ///< bytes, one per worker
    std::size_t dns_cache = 10000;         ///< names per worker
    std::size_t memory
        = 0; ///< bytes in use above which newcomers get 503; zero: 85 % of the control group's limit, none without one
    unsigned body_rate = 500; ///< bytes a second that the body of a request must reach after `body_grace`; zero: no minimum
};

struct Deadlines {
    std::chrono::milliseconds request_head{10000}; ///< whole head, absolute, from its first byte
    std::chrono::milliseconds keep_alive{60000};   ///< between requests
    std::chrono::milliseconds client_hello{10000}; ///< after the 200 to CONNECT
    std::chrono::milliseconds server_first{1000};  ///< wait for a hello on ports other than 443, where the server may speak first
    std::chrono::milliseconds resolve{4000};
    std::chrono::milliseconds connect{5000};        ///< over all addresses of a name
    std::chrono::milliseconds connect_attempt{250}; ///< before the next address is tried beside it (RFC 8305 §5)
    std::chrono::milliseconds response_head{60000};
    std::chrono::milliseconds body_idle{30000};     ///< without a byte of a body
    std::chrono::milliseconds body_grace{20000};    ///< waited for the body of a request before its rate counts
    std::chrono::milliseconds tunnel_idle{600000};  ///< without a byte in either direction
    std::chrono::milliseconds handshake{10000};     ///< TLS with a client, for the block page
    std::chrono::milliseconds upstream_idle{30000}; ///< kept-alive upstream connection
    std::chrono::milliseconds drain{30000};         ///< given to open sessions on SIGTERM
    /// A worker or the resolver without a turn: theirs take milliseconds, also under load, and no work of theirs is long.
    std::chrono::milliseconds hang{10000};
    /// The store or the log writer standing still: twice what Linux waits for a disk's answer before it gives the command up (30 s).
    std::chrono::milliseconds hang_at_disk{60000};
    /// One piece of work of any part that does go on: a purge, a file of the log converted, a publication of millions of names, each on a slow
    /// disk. They take seconds to minutes, and one that is ended begins anew, so only what is surely an endless loop may be ended.
    std::chrono::milliseconds long_work{1800000};
};

struct Resolver {
    std::vector<std::string> servers;     ///< "10.0.0.53" or "10.0.0.53:5353"; empty: those of /etc/resolv.conf
    std::filesystem::path hosts_file;     ///< extra hosts(5) file, asked first; empty: none
    std::chrono::seconds max_ttl{300};    ///< longest that an answer is kept
    std::chrono::seconds negative_ttl{5}; ///< how long "no such name" is kept; at most 30
};

/// What devices are told by /proxy.pac: which proxies to ask, and what to reach without one.
struct PacAnswer {
    std::vector<policy::Network> from; ///< whose devices it is for; empty: everyone's
    std::vector<std::string> proxies;  ///< "10.0.0.5:3128", tried in this order; empty: the first listener, by the portal's host
    std::vector<std::string> direct_names;        ///< "printer.school.example", or ".school.example" with all names below it
    std::vector<policy::Network> direct_networks; ///< IPv4
};

/// ClamAV's daemon, which looks into what is fetched.
struct Antivirus {
    std::filesystem::path socket;              ///< a UNIX socket, as its LocalSocket; empty: nothing is looked into
    std::size_t most = 25 * 1024 * 1024;       ///< bytes of a file; at most its StreamMaxLength. What is larger passes
    std::chrono::milliseconds patience{30000}; ///< for its answer, once it has the whole file
};

/// Short notices that something waits in the console. They never say about whom.
struct Mail {
    std::string server; ///< "smtps://mail.school.example" or "smtp://mail.school.example:587"; empty: none are sent
    std::string from;   ///< an address
    std::string user;   ///< empty: the server asks for no password
    std::filesystem::path password_file; ///< its first line; readable by the daemon's account only
    std::filesystem::path ca_file; ///< PEM: whom its certificate may come from beside the system's roots; empty: nobody else
    bool needs_tls = true;         ///< false only for a mail server of this machine
    std::map<std::string, std::vector<std::string>> to; ///< addresses by role of the console
};

/// People sign in to the console with an account of the school's, at a provider of OpenID Connect (Google, Microsoft Entra and others).
struct SignOn {
    std::string issuer;                ///< "https://accounts.google.com"; empty: there is none
    std::string client_id;             ///< as the provider gave it
    std::filesystem::path secret_file; ///< the client secret is its first line; readable by the daemon's account only
    std::string claim = "email";       ///< of the ID token: what an account's `sign_on` is compared with
    std::vector<std::string> scopes{"openid", "email"};
    std::string title = "your school account"; ///< what it is called on the page
    std::filesystem::path ca_file; ///< PEM: whom its certificate may come from beside the system's roots; empty: nobody else
    bool only = false;             ///< passwords open no account any more but those for emergencies
};

/// How long records of the store are kept once they are closed. Units: days; zero: for ever. The access log has `log_days`.
struct Retention {
    unsigned incidents = 365;
    unsigned requests = 730;       ///< to open a site
    unsigned reports = 730;        ///< that were dealt with
    unsigned supervised_use = 730; ///< with the times at which somebody sat beside; from the day on which it was over
    unsigned permissions = 730;    ///< with two keys: closed, or without a key that is live
    unsigned grants = 730;         ///< that ended; one stays as long as its request or permission
    unsigned purposes = 730;       ///< for which marketing looked at the access log
    unsigned keys = 365;           ///< for programs, that are over
    unsigned addresses = 365;      ///< from which an account signed in, since it last did
    unsigned accounts = 730;       ///< that were closed: then the person is taken out of them
};

/// Its keys in the settings, which are the store's names of the classes of records (store/retention.hpp).
struct RetentionKey {
    std::string_view id;
    unsigned Retention::*days;
};
inline constexpr RetentionKey retention_keys[]{{"incidents", &Retention::incidents}, {"requests", &Retention::requests},
    {"reports", &Retention::reports}, {"supervised_use", &Retention::supervised_use}, {"permissions", &Retention::permissions},
    {"grants", &Retention::grants}, {"purposes", &Retention::purposes}, {"keys", &Retention::keys},
    {"addresses", &Retention::addresses}, {"accounts", &Retention::accounts}};

/// The group of the kernel's packet log that refused QUIC packets go to.
inline constexpr std::uint16_t quic_log_group = 3128;

/// The machine as a router of the school's network: what `gatehouse gateway` makes firewall rules of.
struct Gateway {
    std::vector<std::string> inside; ///< interfaces where pupils and staff are; empty: no rules are made
    std::string intercept;           ///< "redirect" or "tproxy"; that of the two listeners which is there, if only one is
    std::vector<policy::IpAddress> resolvers;    ///< the name servers that devices may ask
    std::vector<policy::Network> local;          ///< networks that devices reach directly: printers, servers of the school
    std::vector<std::string> let_out{"udp/123"}; ///< what else may leave: "tcp/993", "udp/5000-5010", "ping"
    bool name_quic = true; ///< the daemon reads which sites the refused QUIC connections were for, and the log says so
};

struct Settings {
    std::filesystem::path config_dir; ///< where gatehouse.toml was found
    std::filesystem::path state_dir;  ///< lists.image, gatehouse.db, ca/, control.sock
    std::filesystem::path log_dir;    ///< access.log, access.json, access-YYYY-MM-DD.db
    std::string time_zone = "Europe/London";
    std::string pseudonym = "gatehouse"; ///< our name in Via; [A-Za-z0-9.-]

    std::vector<Endpoint> proxy;    ///< listeners of the explicit proxy
    std::vector<Endpoint> redirect; ///< listeners for web traffic that nftables redirects to us; none: not a transparent gateway
    std::vector<Endpoint> tproxy;   ///< the same for nftables' tproxy
    Endpoint portal;                ///< plain HTTP: block-page forms, PAC, CA download
    Endpoint console;               ///< HTTPS
    Endpoint metrics;               ///< plain HTTP, management address only
    std::string portal_url;         ///< as people's browsers reach it; empty: made from `portal`
    std::string console_url;
    std::vector<std::string> own_names; ///< host names of this gateway, refused as targets

    unsigned workers = 0;                                 ///< zero: one per core
    std::vector<std::uint16_t> connect_ports{443};        ///< CONNECT is allowed to these
    std::vector<std::uint16_t> http_ports{80, 443, 8080}; ///< absolute-form requests are allowed to these
    std::vector<policy::Network> reachable_private;       ///< private networks that may be reached (the school's own services)
    /// Names that may lead there, each with all below it, beside those of hosts files. Nothing: nobody has thought of it, so none may.
    std::optional<std::vector<std::string>> private_names;
    std::vector<std::filesystem::path> revoked;     ///< PEM files of certificate revocation lists that origins are held against
    std::vector<std::filesystem::path> extra_roots; ///< PEM files trusted beside the system's

    bool log_queries = false;               ///< keep query strings in the access log
    unsigned log_days = 90;                 ///< day files older than this are deleted; zero: never
    std::size_t log_ring = 8 * 1024 * 1024; ///< bytes of each worker's ring; a full ring drops rows and counts them
    std::vector<std::string> log_sinks{"squid", "ecs", "search"}; ///< what is written of the access log
    std::string log_level = "info";                               ///< of the diagnostic log

    std::filesystem::path
        ca_signer; ///< socket of a signer that runs as an account of its own; empty: the daemon starts one, as itself

    std::filesystem::path heads_dir; ///< where the audit's head of each day is written; empty: heads/ of `state_dir`

    std::vector<std::string> second_factor; ///< console roles that must sign in with a code as well: "headteacher"; others may

    Limits limits;
    Deadlines deadlines;
    Resolver resolver;
    std::vector<PacAnswer> pac; ///< first match wins; the last is everyone's
    Antivirus antivirus;
    Mail mail;
    SignOn sign_on;
    Retention retention;
    Gateway gateway;
};

struct LoadedSettings {
    Settings settings;                     ///< meaningful if `problems` is empty
    std::vector<policy::Problem> problems; ///< unknown keys are errors; every one with line and column
    std::string source;                    ///< the text that was read, for showing the line of a problem
};

/// Reads DIR/gatehouse.toml. Relative paths are resolved against DIR; `portal_url` and `console_url` are filled in unless their port is 0.
///
/// Times are written "250ms", "10s", "2m", "1h" (a bare number counts seconds), sizes "64KiB", "8MiB" (a bare number counts bytes).
LoadedSettings load_settings(std::filesystem::path const& dir);

/// What may be meant otherwise than it is written, as warnings.
std::vector<policy::Problem> lint(Settings const& settings);

} // namespace gatehouse
