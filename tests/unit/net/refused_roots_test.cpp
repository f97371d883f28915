#include "proxy/net/origin_tls.hpp"

#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace gatehouse::net {
namespace {

template <auto Free>
struct Freed {
    void operator()(auto* object) const { Free(object); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using List = std::unique_ptr<X509_CRL, Freed<X509_CRL_free>>;
using Time = std::unique_ptr<ASN1_TIME, Freed<ASN1_STRING_free>>;
using Connection = std::unique_ptr<SSL, Freed<SSL_free>>;

/// A root of its own, and a certificate for "origin.example" that it signed.
class RefusedRootsTest : public testing::Test {
protected:
    RefusedRootsTest()
        : root_key_(EVP_EC_gen("P-256"))
        , key_(EVP_EC_gen("P-256"))
        , root_(make("A root", root_key_.get(), nullptr))
        , leaf_(make("origin.example", key_.get(), root_.get()))
    {
        std::string name = (std::filesystem::temp_directory_path() / "gatehouse-roots-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        auto* const file = std::fopen((folder_ / "root.pem").c_str(), "w");
        PEM_write_X509(file, root_.get());
        std::fclose(file);
    }
    ~RefusedRootsTest() override { std::filesystem::remove_all(folder_); }

    Certificate make(char const* name, EVP_PKEY* key, X509* issuer) const
    {
        Certificate made{X509_new()};
        X509_set_version(made.get(), X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(made.get()), issuer == nullptr ? 1 : 2);
        X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
        X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
        auto* const subject = X509_get_subject_name(made.get());
        X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<unsigned char const*>(name), -1, -1, 0);
        X509_set_issuer_name(made.get(), issuer == nullptr ? subject : X509_get_subject_name(issuer));
        X509_set_pubkey(made.get(), key);
        auto const text = issuer == nullptr ? std::string{"critical,CA:TRUE"} : "DNS:" + std::string{name};
        auto* const extension = X509V3_EXT_conf_nid(
            nullptr, nullptr, issuer == nullptr ? NID_basic_constraints : NID_subject_alt_name, text.c_str());
        X509_add_ext(made.get(), extension, -1);
        X509_EXTENSION_free(extension);
        X509_sign(made.get(), root_key_.get(), EVP_sha256());
        return made;
    }

    /// A list of the root, which names the certificate or another one; its time ends in so many seconds.
    std::filesystem::path make_list(bool names_it, long ends_in, EVP_PKEY* by, X509* issuer) const
    {
        List const list{X509_CRL_new()};
        X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
        X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer));
        Time const from{X509_gmtime_adj(nullptr, -7200)}, until{X509_gmtime_adj(nullptr, ends_in)};
        X509_CRL_set1_lastUpdate(list.get(), from.get());
        X509_CRL_set1_nextUpdate(list.get(), until.get());
        auto* const entry = X509_REVOKED_new();
        std::unique_ptr<ASN1_INTEGER, Freed<ASN1_INTEGER_free>> const serial{ASN1_INTEGER_new()};
        ASN1_INTEGER_set(serial.get(), names_it ? 2 : 77);
        X509_REVOKED_set_serialNumber(entry, serial.get());
        X509_REVOKED_set_revocationDate(entry, from.get());
        X509_CRL_add0_revoked(list.get(), entry);
        X509_CRL_sign(list.get(), by, EVP_sha256());
        auto const path = folder_ / "list.pem";
        auto* const file = std::fopen(path.c_str(), "w");
        PEM_write_X509_CRL(file, list.get());
        std::fclose(file);
        return path;
    }

    std::string handshake(std::vector<Fingerprint> const& refused, int version)
    {
        OriginTrust trust{.extra_roots = {folder_ / "root.pem"}, .refused = refused};
        return handshake(trust, version);
    }
    std::string handshake_with(std::filesystem::path const& list)
    {
        OriginTrust trust{.extra_roots = {folder_ / "root.pem"}, .revoked = {list}};
        return handshake(trust, TLS1_3_VERSION);
    }

    /// The reason code of a handshake with that origin; empty if it succeeds.
    std::string handshake(OriginTrust& trust, int version)
    {
        auto const context = make_origin_context(trust);
        std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>> const server_context{SSL_CTX_new(TLS_server_method())};
        SSL_CTX_use_certificate(server_context.get(), leaf_.get());
        SSL_CTX_use_PrivateKey(server_context.get(), key_.get());
        SSL_CTX_set_max_proto_version(server_context.get(), version);
        Connection const client{SSL_new(context.get())};
        Connection const server{SSL_new(server_context.get())};
        BIO *here = nullptr, *there = nullptr;
        BIO_new_bio_pair(&here, 0, &there, 0);
        SSL_set_bio(client.get(), here, here);
        SSL_set_bio(server.get(), there, there);
        SSL_set_connect_state(client.get());
        SSL_set_accept_state(server.get());
        EXPECT_TRUE(expect_host(client.get(), "origin.example", false));
        for (int round = 0; round < 10; ++round) {
            SSL_do_handshake(client.get());
            SSL_do_handshake(server.get());
        }
        return SSL_is_init_finished(client.get()) == 1 ? std::string{} : std::string{handshake_failure(client.get())};
    }

    static Fingerprint fingerprint_of(X509* certificate)
    {
        Fingerprint fingerprint{};
        unsigned size = 0;
        X509_digest(certificate, EVP_sha256(), fingerprint.data(), &size);
        return fingerprint;
    }

    Key root_key_, key_;
    Certificate root_, leaf_;
    std::filesystem::path folder_;
};

TEST_F(RefusedRootsTest, ARootInTheLocalStoreIsRefusedAllTheSame)
{
    for (int const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        EXPECT_EQ(handshake(known_interception(), version), "") << "any other root of the store is believed";
        EXPECT_EQ(handshake({fingerprint_of(root_.get())}, version), "origin-untrusted");
        EXPECT_EQ(handshake({fingerprint_of(leaf_.get())}, version), "origin-untrusted");
    }
}

TEST_F(RefusedRootsTest, AListOfTheIssuerRevokes)
{
    constexpr long valid = 3600, over = -3600;
    EXPECT_EQ(handshake_with(make_list(true, valid, root_key_.get(), root_.get())), "origin-revoked");
    EXPECT_EQ(handshake_with(make_list(false, valid, root_key_.get(), root_.get())), "");
    EXPECT_EQ(handshake_with(make_list(true, over, root_key_.get(), root_.get())), "origin-revoked")
        << "an old list still names it";
    EXPECT_EQ(handshake_with(make_list(false, over, root_key_.get(), root_.get())), "") << "that it is old is no reason";
}

TEST_F(RefusedRootsTest, AListOfSomebodyElseSaysNothing)
{
    Key const stranger{EVP_EC_gen("P-256")};
    auto const other = make("Another root", stranger.get(), nullptr);
    EXPECT_EQ(handshake_with(make_list(true, 3600, stranger.get(), other.get())), "") << "of another issuer";
    EXPECT_EQ(handshake_with(make_list(true, 3600, stranger.get(), root_.get())), "origin-untrusted")
        << "in the issuer's name, but not signed by it";
    EXPECT_THROW(handshake_with(folder_ / "root.pem"), std::runtime_error) << "no list at all";
}

TEST_F(RefusedRootsTest, CountsCertificatesThatAreInNoTransparencyLog)
{
    OriginTrust trust{.extra_roots = {folder_ / "root.pem"}};
    EXPECT_EQ(handshake(trust, TLS1_3_VERSION), "");
    EXPECT_EQ(trust.proved, 1U);
    EXPECT_EQ(trust.without_sct, 1U);
    std::unique_ptr<ASN1_OBJECT, Freed<ASN1_OBJECT_free>> const kind{OBJ_nid2obj(NID_ct_precert_scts)};
    std::unique_ptr<ASN1_OCTET_STRING, Freed<ASN1_OCTET_STRING_free>> const value{ASN1_OCTET_STRING_new()};
    std::array<unsigned char, 4> const empty_list{0x04, 0x02, 0x00, 0x00};
    ASN1_OCTET_STRING_set(value.get(), empty_list.data(), static_cast<int>(empty_list.size()));
    auto* const scts = X509_EXTENSION_create_by_OBJ(nullptr, kind.get(), 0, value.get());
    X509_add_ext(leaf_.get(), scts, -1);
    X509_EXTENSION_free(scts);
    X509_sign(leaf_.get(), root_key_.get(), EVP_sha256());
    EXPECT_EQ(handshake(trust, TLS1_3_VERSION), "");
    EXPECT_EQ(trust.proved, 2U);
    EXPECT_EQ(trust.without_sct, 1U);
}

TEST_F(RefusedRootsTest, KnowsSuperfishAndDells)
{
    auto const& known = known_interception();
    ASSERT_GE(known.size(), 12U);
    EXPECT_EQ(known[0][0], 0xb6);
    EXPECT_EQ(known[0][31], 0xb7);
    EXPECT_EQ(known[1][1], 0x91);
}

} // namespace
} // namespace gatehouse::net
