#include "proxy/tls/ca_files.hpp"
#include "proxy/tls/issuer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

namespace gatehouse::tls {
namespace {

constexpr std::chrono::days ca_life{5 * 365};
constexpr std::size_t max_file_size = 64 * 1024; // bytes; both files are below two kilobytes

// A stolen key must not pass for the school's own services. Some clients ignore constraints, so this is the second line
// of defence.
constexpr char const* name_constraints
    = "critical,excluded;DNS:localhost,excluded;DNS:local,excluded;DNS:internal,excluded;DNS:home.arpa,excluded;DNS:"
      "lan,"
      "excluded;IP:127.0.0.0/255.0.0.0,excluded;IP:10.0.0.0/255.0.0.0,excluded;IP:172.16.0.0/255.240.0.0,"
      "excluded;IP:192.168.0.0/255.255.0.0,excluded;IP:169.254.0.0/255.255.0.0,excluded;IP:100.64.0.0/255.192.0.0,"
      "excluded;IP:::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,excluded;IP:fc00::/fe00::,excluded;IP:fe80::/ffc0::";

class Descriptor {
public:
    explicit Descriptor(int value)
        : value_{value}
    {
    }
    Descriptor(Descriptor const&) = delete;
    Descriptor& operator=(Descriptor const&) = delete;
    ~Descriptor()
    {
        if (value_ >= 0)
            ::close(value_);
    }
    int value() const { return value_; }

private:
    int value_;
};

error_code last_system_error()
{
    return {errno, boost::system::system_category()};
}

/// Makes the entries of a folder durable.
error_code sync_folder(std::filesystem::path const& dir)
{
    Descriptor const folder{::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    return folder.value() >= 0 && ::fsync(folder.value()) == 0 ? error_code{} : last_system_error();
}

/// Makes a new file, which belongs to whom its folder belongs, and makes it durable; an existing one is never touched.
error_code write_new_file(std::filesystem::path const& path, std::string_view text, ::mode_t mode)
{
    struct ::stat folder { };
    if (::stat(path.parent_path().c_str(), &folder) != 0)
        return last_system_error();
    Descriptor const file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)};
    if (file.value() < 0)
        return errno == EEXIST ? error_code{errc::ca_exists} : last_system_error();
    if (folder.st_uid != ::geteuid() && ::fchown(file.value(), folder.st_uid, folder.st_gid) != 0)
        return last_system_error();
    while (!text.empty()) {
        auto const written = ::write(file.value(), text.data(), text.size());
        if (written < 0)
            return last_system_error();
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return ::fsync(file.value()) == 0 ? error_code{} : last_system_error();
}

/// At most `size` bytes, without cutting a UTF-8 character (X.520 allows 64 characters in a name).
std::string_view shortened(std::string_view text, std::size_t size)
{
    if (text.size() <= size)
        return text;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
        --size;
    return text.substr(0, size);
}

bool add_name(X509_NAME& name, char const* field, std::string_view value)
{
    return X509_NAME_add_entry_by_txt(&name, field, MBSTRING_UTF8, reinterpret_cast<unsigned char const*>(value.data()),
               static_cast<int>(value.size()), -1, 0)
        == 1;
}

/// Two schools that share a name, or one school's old and new CA, must not look the same: the common name ends in
/// random digits.
bool set_names(X509& certificate, std::string_view school)
{
    unsigned char random[4];
    if (RAND_bytes(random, sizeof random) != 1)
        return false;
    auto const common = fmt::format("{} web filter {:02x}", shortened(school, 40), fmt::join(random, ""));
    auto& name = *X509_get_subject_name(&certificate);
    return add_name(name, "O", shortened(school, 64)) && add_name(name, "CN", common)
        && X509_set_issuer_name(&certificate, &name) == 1;
}

X509Ptr make_ca_certificate(EVP_PKEY& key, std::string_view school)
{
    auto const now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    auto certificate = make_certificate(now - std::chrono::hours{24}, now - std::chrono::hours{24} + ca_life);
    if (!certificate)
        return nullptr;
    auto& made = *certificate;
    bool const complete = X509_set_pubkey(&made, &key) == 1 && set_names(made, school)
        && add_extension(made, made, NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
        && add_extension(made, made, NID_key_usage, "critical,keyCertSign")
        && add_extension(made, made, NID_subject_key_identifier, "hash")
        && add_extension(made, made, NID_name_constraints, name_constraints) && X509_sign(&made, &key, EVP_sha256()) > 0;
    return complete ? std::move(certificate) : nullptr;
}

std::string key_to_pem(EVP_PKEY& key)
{
    BioPtr const bio{BIO_new(BIO_s_secmem())};
    char* data = nullptr;
    if (!bio || PEM_write_bio_PrivateKey(bio.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return {};
    auto const size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

/// No terminal prompt for a key with a password: such a key is not readable for a daemon.
int refuse_password(char*, int, int, void*)
{
    return -1;
}

/// With the state folder above it, if that is missing: both hold secrets.
error_code make_private_folder(std::filesystem::path const& dir)
{
    std::error_code ignored;
    std::filesystem::create_directories(dir.parent_path().parent_path(), ignored);
    for (auto const& folder : {dir.parent_path(), dir})
        if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
            return last_system_error();
    return {};
}

result<std::string> read_file(std::filesystem::path const& path, bool must_be_private)
{
    Descriptor const file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (file.value() < 0)
        return errno == ENOENT ? errc::ca_missing : errc::ca_unreadable;
    struct ::stat status { };
    if (::fstat(file.value(), &status) != 0 || !S_ISREG(status.st_mode) || (must_be_private && (status.st_mode & 077) != 0))
        return errc::ca_unreadable;
    std::string text(max_file_size, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        auto const got = ::read(file.value(), text.data() + size, text.size() - size);
        if (got < 0)
            return errc::ca_unreadable;
        if (got == 0)
            break;
        size += static_cast<std::size_t>(got);
    }
    text.resize(size);
    return text;
}

result<void> write_files(std::filesystem::path const& dir, EVP_PKEY& key, X509& certificate)
{
    auto key_text = key_to_pem(key);
    auto const failure = key_text.empty() ? crypto_failed("write the key") : write_new_file(dir / "ca.key", key_text, 0600);
    OPENSSL_cleanse(key_text.data(), key_text.size());
    if (failure)
        return failure;
    if (auto const ec = write_new_file(dir / "ca.crt", to_pem(certificate), 0644)) {
        std::error_code ignored;
        std::filesystem::remove(dir / "ca.key", ignored); // ours: it was made a moment ago, and nothing was signed with it
        return ec;
    }
    if (auto const ec = sync_folder(dir)) // before anybody is told, and before another copy of the key may go
        return ec;
    return {};
}

} // namespace

result<X509Ptr> read_ca_certificate(std::filesystem::path const& dir)
{
    auto const text = read_file(dir / "ca.crt", false);
    if (!text)
        return text.error();
    BioPtr const bio{BIO_new_mem_buf(text->data(), static_cast<int>(text->size()))};
    X509Ptr certificate{bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr};
    if (!certificate) {
        crypto_failed("read ca.crt");
        return errc::ca_unreadable;
    }
    return certificate;
}

result<void> create_ca(std::filesystem::path const& dir, std::string_view school)
{
    std::error_code ignored;
    if (std::filesystem::exists(dir / "ca.key", ignored) || std::filesystem::exists(dir / "ca.crt", ignored))
        return errc::ca_exists;
    if (auto const ec = make_private_folder(dir))
        return ec;

    auto const key = make_p256_key();
    auto const certificate = key && !school.empty() ? make_ca_certificate(*key, school) : nullptr;
    if (!certificate)
        return crypto_failed("create the CA");
    return write_files(dir, *key, *certificate);
}

result<void> move_ca_key(std::filesystem::path const& dir, std::filesystem::path const& to)
{
    auto const files = read_ca_files(dir);
    if (!files)
        return files.error();
    if (auto const written = write_files(to, *files->key, *files->certificate); !written)
        return written;
    std::error_code failure;
    std::filesystem::remove(dir / "ca.key", failure);
    if (failure)
        return error_code{failure.value(), boost::system::system_category()};
    return {};
}

result<CaFiles> read_ca_files(std::filesystem::path const& dir)
{
    auto certificate = read_ca_certificate(dir);
    if (!certificate)
        return certificate.error();
    auto text = read_file(dir / "ca.key", true);
    if (!text)
        return text.error();
    BioPtr const bio{BIO_new_mem_buf(text->data(), static_cast<int>(text->size()))};
    PkeyPtr key{bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse_password, nullptr) : nullptr};
    OPENSSL_cleanse(text->data(), text->size());
    if (!key) {
        crypto_failed("read ca.key");
        return errc::ca_unreadable;
    }
    if (X509_check_private_key(certificate->get(), key.get()) != 1) {
        crypto_failed("compare ca.key and ca.crt");
        return errc::ca_mismatch;
    }
    if (X509_check_ca(certificate->get()) != 1 || (X509_get_key_usage(certificate->get()) & KU_KEY_CERT_SIGN) == 0)
        return errc::ca_not_a_ca;
    return CaFiles{std::move(key), std::move(*certificate)};
}

result<std::string> read_ca_pem(std::filesystem::path const& dir)
{
    auto const certificate = read_ca_certificate(dir);
    if (!certificate)
        return certificate.error();
    return to_pem(**certificate);
}

result<CaInfo> read_ca_info(std::filesystem::path const& dir)
{
    auto const certificate = read_ca_certificate(dir);
    if (!certificate)
        return certificate.error();
    CaInfo info;
    info.not_after = not_after_of(**certificate);
    BioPtr const bio{BIO_new(BIO_s_mem())};
    char* data = nullptr;
    auto const flags = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB); // UTF-8 stays readable
    if (bio && X509_NAME_print_ex(bio.get(), X509_get_subject_name(certificate->get()), 0, flags) >= 0) {
        auto const length = BIO_get_mem_data(bio.get(), &data);
        info.subject.assign(data, static_cast<std::size_t>(length));
    }
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (X509_digest(certificate->get(), EVP_sha256(), digest, &size) == 1)
        info.sha256 = fmt::format("{:02X}", fmt::join(digest, digest + size, ":"));
    return info;
}

} // namespace gatehouse::tls
