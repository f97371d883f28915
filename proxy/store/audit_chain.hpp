#pragma once
// Key, digests and signed head of the audit chain: files and arithmetic, no SQL.

#include "proxy/store/errc.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace gatehouse::store {

struct AuditEntry;

using AuditDigest = std::array<unsigned char, 32>;

/// How far the chain had come when the head was last signed.
struct AuditHead {
    std::int64_t count = 0;
    AuditDigest digest{};
};

class AuditChain {
public:
    /// Reads the key, or makes one (mode 0600) if `may_create`. The signed head is written before the key is put in its place, so that a
    /// key without a head means that somebody took the head away.
    /// Errors: `errc::audit_key_missing`, `io`.
    static result<AuditChain> open(std::filesystem::path const& state_dir, bool may_create);

    AuditChain(AuditChain&&) noexcept;
    AuditChain& operator=(AuditChain&&) = delete;
    ~AuditChain(); ///< wipes the key

    /// HMAC-SHA-256 over sequence, previous digest and the entry's fields, each with its length before it.
    AuditDigest digest_of(std::int64_t sequence, AuditDigest const& previous, AuditEntry const& entry) const;

    /// A key of its own for something else that only this machine may read; from this one there is no way back to the chain's.
    AuditDigest derived_key(std::string_view purpose) const;

    /// Nothing: the file is missing, unreadable or its signature is wrong.
    std::optional<AuditHead> read_head() const;
    /// Written aside, synced and renamed.
    result<void> write_head(AuditHead const& head) const;

private:
    explicit AuditChain(std::filesystem::path state_dir)
        : state_dir_{std::move(state_dir)}
    {
    }
    AuditDigest signature_of(AuditHead const& head) const;

    std::filesystem::path state_dir_;
    std::array<unsigned char, 32> key_{};
};

} // namespace gatehouse::store
