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

    /// The reason code of a handshake with that origin; empty if it succeeds.
    std::string handshake(std::vector<Fingerprint> const& refused, int version)
    {
        std::array const roots{folder_ / "root.pem"};
        auto const context = make_origin_context(roots, refused);
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
