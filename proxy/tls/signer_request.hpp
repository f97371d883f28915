#pragma once
// What is asked of the signer process and what it answers, a packet each. Sans-IO.

#include "proxy/tls/issuer.hpp"
#include "proxy/tls/leaf_mint.hpp"

#include <string>
#include <string_view>

namespace gatehouse::tls {

/// Longest packet either way, in bytes: a host of 255 and a P-256 key are far below.
inline constexpr std::size_t max_signer_packet = 4096;

/// "\0\x0bexample.com" and the public key (SubjectPublicKeyInfo, RFC 5280 §4.1.2.7); empty if OpenSSL refuses.
std::string write_signer_request(policy::Host const& host, EVP_PKEY& key);

/// The answer to a request: a leaf in DER behind one byte of 1, or one byte of 0. Only for canonical hosts and P-256 keys, whatever is asked.
std::string answer_signer_request(std::string_view request, LeafMint const& mint, std::chrono::sys_seconds now);

/// The leaf in an answer; null if it is none.
CertificatePtr read_signer_answer(std::string_view answer);

} // namespace gatehouse::tls
