#include "proxy/store/audit_chain.hpp"

#include "proxy/digest.hpp"
#include "proxy/durable.hpp"
#include "proxy/store/audit.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <fstream>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace gatehouse::store {
namespace {

constexpr std::string_view row_domain = "gatehouse-audit-row-1";
constexpr std::string_view head_domain = "gatehouse-audit-head-1";
constexpr std::string_view derived_domain = "gatehouse-derived-key-1";

/// HMAC-SHA-256 (RFC 2104) fed with fields that each carry their length, so that no two rows share their bytes.
class Mac {
public:
    Mac(std::array<unsigned char, 32> const& key, std::string_view domain)
    {
        crypto_auth_hmacsha256_init(&state_, key.data(), key.size());
        add(domain);
    }

    void add(std::int64_t value)
    {
        std::array<unsigned char, 8> bytes{};
        auto rest = static_cast<std::uint64_t>(value);
        for (auto byte = bytes.rbegin(); byte != bytes.rend(); ++byte, rest >>= 8)
            *byte = static_cast<unsigned char>(rest & 0xff);
        crypto_auth_hmacsha256_update(&state_, bytes.data(), bytes.size());
    }

    void add(std::string_view text)
    {
        add(static_cast<std::int64_t>(text.size()));
        std::array<unsigned char, 256> chunk{};
        while (!text.empty()) {
            auto const size = std::min(text.size(), chunk.size());
            std::copy_n(text.begin(), size, chunk.begin());
            crypto_auth_hmacsha256_update(&state_, chunk.data(), size);
            text.remove_prefix(size);
        }
    }

    void add(AuditDigest const& digest) { crypto_auth_hmacsha256_update(&state_, digest.data(), digest.size()); }

    AuditDigest finish()
    {
        AuditDigest digest{};
        crypto_auth_hmacsha256_final(&state_, digest.data());
        return digest;
    }

private:
    crypto_auth_hmacsha256_state state_{};
};

std::optional<AuditDigest> from_hex(std::string_view text)
{
    AuditDigest digest{};
    std::size_t size = 0;
    char const* end = nullptr;
    if (text.size() != 2 * digest.size()
        || sodium_hex2bin(digest.data(), digest.size(), text.data(), text.size(), nullptr, &size, &end) != 0
        || size != digest.size())
        return std::nullopt;
    return digest;
}

/// A whole small file aside, synced, then renamed over `file`: a crash leaves the old one or the new one.
result<void> replace_file(std::filesystem::path const& file, std::string_view content)
{
    auto const aside = file.string() + "." + std::to_string(::getpid()) + ".new";
    int const descriptor = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return errno == ENOSPC ? errc::full : errc::io;
    auto const written = ::write(descriptor, content.data(), content.size());
    bool const complete = written == static_cast<ssize_t>(content.size()) && ::fsync(descriptor) == 0;
    ::close(descriptor);
    if (!complete || ::rename(aside.c_str(), file.c_str()) != 0) {
        ::unlink(aside.c_str());
        return errc::full;
    }
    return {};
}

std::optional<std::string> read_file(std::filesystem::path const& file)
{
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
        return std::nullopt;
    std::string content(512, '\0');
    stream.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(stream.gcount()));
    return content;
}

} // namespace

AuditChain::AuditChain(AuditChain&& other) noexcept
    : state_dir_{std::move(other.state_dir_)}
    , key_{other.key_}
{
    sodium_memzero(other.key_.data(), other.key_.size());
}

AuditChain::~AuditChain()
{
    sodium_memzero(key_.data(), key_.size());
}

result<AuditChain> AuditChain::open(std::filesystem::path const& state_dir, bool may_create)
{
    if (sodium_init() < 0)
        return errc::io;
    AuditChain chain{state_dir};
    auto const key_file = state_dir / "audit.key";
    if (auto const text = read_file(key_file)) {
        auto const key = from_hex(std::string_view{*text}.substr(0, 64));
        if (!key)
            return errc::audit_key_missing;
        chain.key_ = *key;
        return chain;
    }
    if (!may_create)
        return errc::audit_key_missing;
    randombytes_buf(chain.key_.data(), chain.key_.size());
    if (auto const head = chain.write_head({}); !head)
        return head.error();
    if (auto const key = replace_file(key_file, hex_of(chain.key_) + "\n"); !key)
        return key.error();
    // Before the first row is written: rows that outlive a power cut without their key are a store that never opens again. The heads that
    // follow need no such step, since an older head is as good after a crash.
    if (!make_durable(state_dir))
        return errc::io;
    return chain;
}

AuditDigest AuditChain::digest_of(std::int64_t sequence, AuditDigest const& previous, AuditEntry const& entry) const
{
    Mac mac{key_, row_domain};
    mac.add(sequence);
    mac.add(previous);
    mac.add(std::int64_t{entry.at.time_since_epoch().count()});
    mac.add(number(entry.account));
    mac.add(entry.actor);
    mac.add(entry.address);
    mac.add(entry.action);
    mac.add(entry.object);
    mac.add(entry.detail);
    return mac.finish();
}

AuditDigest AuditChain::derived_key(std::string_view purpose) const
{
    Mac mac{key_, derived_domain};
    mac.add(purpose);
    return mac.finish();
}

AuditDigest AuditChain::signature_of(AuditHead const& head) const
{
    Mac mac{key_, head_domain};
    mac.add(head.count);
    mac.add(head.digest);
    return mac.finish();
}

std::optional<AuditHead> AuditChain::read_head() const
{
    // "COUNT DIGEST SIGNATURE\n"
    auto const text = read_file(state_dir_ / "audit.head");
    if (!text)
        return std::nullopt;
    AuditHead head;
    auto const* const end = text->data() + text->size();
    auto const [after, failure] = std::from_chars(text->data(), end, head.count);
    if (failure != std::errc{} || end - after != 1 + 64 + 1 + 64 + 1 || head.count < 0)
        return std::nullopt;
    std::string_view const rest{after, static_cast<std::size_t>(end - after)};
    auto const digest = from_hex(rest.substr(1, 64));
    auto const signature = from_hex(rest.substr(66, 64));
    if (!digest || !signature)
        return std::nullopt;
    head.digest = *digest;
    auto const expected = signature_of(head);
    if (sodium_memcmp(expected.data(), signature->data(), expected.size()) != 0)
        return std::nullopt;
    return head;
}

result<void> AuditChain::write_head(AuditHead const& head) const
{
    return replace_file(state_dir_ / "audit.head",
        std::to_string(head.count) + " " + hex_of(head.digest) + " " + hex_of(signature_of(head)) + "\n");
}

} // namespace gatehouse::store
