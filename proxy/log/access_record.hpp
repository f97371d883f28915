#pragma once
// One row of the access log, as the data plane hands it over. Views: valid only during the call that takes it.

#include "policy/decide.hpp"

#include <chrono>
#include <cstdint>
#include <string_view>

namespace gatehouse::log {

/// Result codes as Squid names them, since people's tools count on them.
enum class ResultCode : std::uint8_t {
    tcp_miss,    ///< TCP_MISS: forwarded
    tcp_tunnel,  ///< TCP_TUNNEL
    tcp_denied,  ///< TCP_DENIED: the policy said no, or sign-in is needed
    none_error,  ///< NONE: refused as malformed (error:invalid-request)
    tcp_aborted, ///< TCP_MISS_ABORTED: an end broke off
};
std::string_view to_text(ResultCode code);

struct AccessRecord {
    std::chrono::system_clock::time_point at; ///< when the answer ended
    std::chrono::microseconds elapsed{};
    std::string_view decision_id;

    policy::IpAddress client;
    std::string_view user, role, group, network, device; ///< empty where unknown; group is the first
    policy::DeviceKind device_kind = policy::DeviceKind::unknown;
    policy::Confidence confidence = policy::Confidence::none;

    std::string_view method; ///< "GET", "CONNECT"; "NONE" if the request could not be read
    std::string_view scheme; ///< "http", "https", "" for tunnels
    std::string_view host;   ///< canonical; empty if the request could not be read
    std::uint16_t port = 0;
    std::string_view path; ///< without query unless the settings keep it
    std::string_view sni;  ///< as sent, if it differs from host
    std::string_view content_type;
    std::string_view user_agent;
    unsigned status = 0;
    std::uint64_t bytes_to_client = 0;
    std::uint64_t bytes_from_client = 0;
    ResultCode code = ResultCode::tcp_miss;
    policy::IpAddress upstream; ///< all zero: none was contacted

    policy::Verdict verdict = policy::Verdict::block;
    policy::TlsAction tls = policy::TlsAction::splice;
    std::string_view stage, rule, clause, category, service, list, list_file, period;
    std::uint32_t list_line = 0;
    policy::SignalSet signals;
    std::string_view search;    ///< what was searched for; empty if it is no search
    std::string_view term_list; ///< id of the most severe list that speaks of it
    std::string_view wrapped;   ///< host of the site that this one shows under its own name, or that it is another name of
    std::string_view prompt;    ///< keyed digest of what the person wrote, if `term_list` speaks of that
    std::string_view file_kind; ///< what was fetched, where that was looked at: "program"
    std::string_view virus;     ///< ClamAV's name of what it found in it; "not-checked" if it should have looked and did not
    std::string_view refusal;   ///< reason code of a refused or failed exchange, empty otherwise
};

} // namespace gatehouse::log
