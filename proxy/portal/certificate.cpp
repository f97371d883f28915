#include "proxy/portal/certificate.hpp"
#include "policy/host.hpp"
#include "proxy/durable.hpp"
#include "proxy/settings.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <fcntl.h>
#include <memory>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <set>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace gatehouse::portal {

namespace {

constexpr long life = 397L * 24 * 3600; ///< seconds; the longest that browsers take without complaint
constexpr int renewal = 30 * 24 * 3600; ///< seconds before the end

template <auto Free>
struct Release {
    template <class T>
    void operator()(T* pointer) const
    {
        Free(pointer);
    }
};
using X509Ptr = std::unique_ptr<X509, Release<X509_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY_free>>;
using BioPtr = std::unique_ptr<BIO, Release<BIO_free_all>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Release<X509_EXTENSION_free>>;
using FilePtr = std::unique_ptr<FILE, Release<fclose>>;

void require(bool done, char const* what)
{
    if (!done)
        throw std::runtime_error(std::string("console certificate: ") + what);
}

void add_extension(X509& certificate, int nid, std::string const& value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, &certificate, &certificate, nullptr, nullptr, 0);
    ExtensionPtr const extension{X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str())};
    require(extension && X509_add_ext(&certificate, extension.get(), -1) == 1, "an extension is refused");
}

X509Ptr make_certificate(EVP_PKEY& key, std::string const& names)
{
    X509Ptr certificate{X509_new()};
    require(certificate != nullptr, "no memory");
    std::int64_t serial = 0;
    require(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1, "no random numbers");
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), static_cast<std::uint64_t>(serial) >> 1U);
    X509_set_version(certificate.get(), X509_VERSION_3);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600); // a client's clock may be late
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), life);
    X509_set_pubkey(certificate.get(), &key);
    auto* subject = X509_get_subject_name(certificate.get());
    auto const* common = reinterpret_cast<unsigned char const*>("Gatehouse console");
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, common, -1, -1, 0);
    X509_set_issuer_name(certificate.get(), subject);
    add_extension(*certificate, NID_basic_constraints, "critical,CA:FALSE");
    add_extension(*certificate, NID_key_usage, "critical,digitalSignature");
    add_extension(*certificate, NID_ext_key_usage, "serverAuth");
    add_extension(*certificate, NID_subject_alt_name, names);
    require(X509_sign(certificate.get(), &key, EVP_sha256()) > 0, "signing failed");
    return certificate;
}

FilePtr open_private(std::filesystem::path const& path)
{
    int const descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    require(descriptor >= 0 && ::fchmod(descriptor, 0600) == 0, "the folder cannot be written");
    return FilePtr{::fdopen(descriptor, "w")};
}

bool is_durable(FILE* file)
{
    return std::fflush(file) == 0 && ::fsync(::fileno(file)) == 0;
}

std::set<std::string> split_names(std::string const& text)
{
    std::set<std::string> names;
    std::size_t from = 0;
    while (from < text.size()) {
        auto const to = std::min(text.find(',', from), text.size());
        names.insert(text.substr(from, to - from));
        from = to + 1;
    }
    return names;
}

std::set<std::string> names_inside(X509* certificate)
{
    std::set<std::string> names;
    auto* found = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; i < sk_GENERAL_NAME_num(found); ++i) {
        auto const* name = sk_GENERAL_NAME_value(found, i);
        auto const bytes = [](ASN1_STRING const* text) {
            return std::string(
                reinterpret_cast<char const*>(ASN1_STRING_get0_data(text)), static_cast<std::size_t>(ASN1_STRING_length(text)));
        };
        if (name->type == GEN_DNS)
            names.insert("DNS:" + bytes(name->d.dNSName));
        if (name->type != GEN_IPADD)
            continue;
        auto const raw = bytes(name->d.iPAddress);
        policy::IpAddress address;
        if (raw.size() == 16)
            std::transform(raw.begin(), raw.end(), address.bytes.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
        if (raw.size() == 4) {
            std::uint32_t v4 = 0;
            for (char const c : raw)
                v4 = (v4 << 8U) | static_cast<std::uint8_t>(c);
            address = policy::IpAddress::from_v4(v4);
        }
        names.insert("IP:" + address.to_text());
    }
    GENERAL_NAMES_free(found);
    return names;
}

/// True if the kept certificate has the right names, its key beside it and enough time left. After a power cut either may be less than whole.
bool is_usable(CertificateFiles const& files, std::string const& names)
{
    FilePtr const file{std::fopen(files.certificate.c_str(), "r")};
    FilePtr const key_file{std::fopen(files.key.c_str(), "r")};
    if (!file || !key_file)
        return false;
    X509Ptr const certificate{PEM_read_X509(file.get(), nullptr, nullptr, nullptr)};
    KeyPtr const key{PEM_read_PrivateKey(key_file.get(), nullptr, nullptr, nullptr)};
    ERR_clear_error(); // of what could not be read
    if (!certificate || !key || X509_check_private_key(certificate.get(), key.get()) != 1)
        return false;
    auto soon = std::time(nullptr) + renewal;
    return X509_cmp_time(X509_get0_notAfter(certificate.get()), &soon) > 0
        && names_inside(certificate.get()) == split_names(names);
}

} // namespace

std::string certificate_names(Settings const& settings)
{
    std::set<std::string> names{"DNS:localhost"};
    auto const add_address = [&](policy::IpAddress const& address) {
        if (address != policy::IpAddress{} && address != policy::IpAddress::from_v4(0))
            names.insert("IP:" + address.to_text());
    };
    auto const add_host = [&](std::string_view text) {
        auto const host = policy::Host::parse(text);
        if (!host)
            return;
        if (host->is_address())
            add_address(host->address());
        else
            names.insert("DNS:" + std::string(host->text()));
    };
    add_address(settings.console.address);
    if (auto const url = boost::urls::parse_uri(settings.console_url); url && url->has_authority())
        add_host(std::string(url->encoded_host()));
    for (auto const& name : settings.own_names)
        add_host(name);
    std::string text;
    for (auto const& name : names)
        text += (text.empty() ? "" : ",") + name;
    return text;
}

CertificateFiles console_certificate(Settings const& settings)
{
    auto const folder = settings.state_dir / "console";
    CertificateFiles const files{folder / "certificate.pem", folder / "key.pem"};
    auto const names = certificate_names(settings);
    if (is_usable(files, names))
        return files;
    std::filesystem::create_directories(folder);
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all);
    KeyPtr const key{EVP_EC_gen("P-256")};
    require(key != nullptr, "no key");
    auto const certificate = make_certificate(*key, names);
    {
        auto const key_file = open_private(files.key);
        auto const certificate_file = open_private(files.certificate);
        require(PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1
                && PEM_write_X509(certificate_file.get(), certificate.get()) == 1 && is_durable(key_file.get())
                && is_durable(certificate_file.get()),
            "writing failed");
    }
    require(make_durable(folder) && make_durable(folder.parent_path()), "the folder cannot be written");
    return files;
}

} // namespace gatehouse::portal
