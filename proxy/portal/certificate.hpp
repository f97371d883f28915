#pragma once
// The console's own certificate: self-signed, P-256, kept in STATE/console/ and made anew when it nears its end or the console's names change.

#include <filesystem>
#include <string>

namespace gatehouse {
struct Settings;
}

namespace gatehouse::portal {

struct CertificateFiles {
    std::filesystem::path certificate, key; ///< PEM; the key has mode 0600
};

/// Reads or makes them. Throws std::runtime_error if the folder cannot be written (a failed start).
CertificateFiles console_certificate(Settings const& settings);

/// Subject alternative names as OpenSSL writes them: "DNS:console.school.example,IP:127.0.0.1".
std::string certificate_names(Settings const& settings);

} // namespace gatehouse::portal
