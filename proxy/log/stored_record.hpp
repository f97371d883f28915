#pragma once
// An access record that owns its texts, as the searchable store gives it back.

#include "policy/policy.hpp"
#include "proxy/log/access_record.hpp"

#include <span>
#include <string>
#include <vector>

namespace gatehouse::log {

/// Field by field what AccessRecord means. Texts hold the bytes as they were recorded: escape them wherever they are shown.
struct StoredRecord {
    std::string key; ///< names this row in read_row() and as SearchQuery::cursor: "2026-11-24.38412000123"
    std::chrono::system_clock::time_point at; ///< microseconds kept
    std::chrono::microseconds elapsed{};
    std::string decision_id;
    policy::IpAddress client;
    std::string user, role, group, network, device;
    policy::DeviceKind device_kind = policy::DeviceKind::unknown;
    policy::Confidence confidence = policy::Confidence::none;
    std::string method, scheme, host, path, sni, content_type, user_agent;
    std::uint16_t port = 0;
    unsigned status = 0;
    std::uint64_t bytes_to_client = 0;
    std::uint64_t bytes_from_client = 0;
    ResultCode code = ResultCode::tcp_miss;
    policy::IpAddress upstream;
    policy::Verdict verdict = policy::Verdict::block;
    policy::TlsAction tls = policy::TlsAction::splice;
    std::string stage, rule, clause, category, service, list, list_file, period;
    std::uint32_t list_line = 0;
    policy::SignalSet signals;
    std::string refusal;
    std::string search, term_list, wrapped, prompt, file_kind, virus;

    /// Lifetime: views this object.
    AccessRecord view() const;
    /// The address as Squid writes it: "http://host/path", "host:port" for tunnels, "error:invalid-request".
    std::string url() const;
};

/// Stands where the name of sealed content would.
inline constexpr std::string_view sealed_name = "sealed";

/// True for rows that a sealed list decided, and for those that hide_sealed() found on one.
bool is_sealed(StoredRecord const& row);
/// Takes out of a row what was asked for, if a sealed list decided or names it today; who, when and where stay. What is on disk keeps it, and nobody is
/// shown it. Others stay as they are.
void hide_sealed(StoredRecord& row, policy::Policy const& policy);

/// Devices that the policy has for one person: beside a pseudonym their name would say who it is.
std::vector<std::string> personal_devices(policy::Policy const& policy);

/// What a row shows to who has not said why they look: `pseudonym` for the user, no address, and no device that is, or was then, one person's own.
void hide_person(StoredRecord& row, std::string pseudonym, std::span<std::string const> personal_devices);

} // namespace gatehouse::log
