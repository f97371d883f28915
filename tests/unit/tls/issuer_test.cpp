#include "proxy/tls/issuer.hpp"

#include "proxy/tls/leaf_mint.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdlib.h>

namespace gatehouse::tls {
namespace {

namespace fs = std::filesystem;
using SslPtr = std::unique_ptr<SSL, FreeWith<SSL_free>>;
using StorePtr = std::unique_ptr<X509_STORE, FreeWith<X509_STORE_free>>;

policy::Host host(std::string_view text)
{
    return policy::Host::parse(text).value();
}

std::chrono::sys_seconds fake_time{};
std::chrono::sys_seconds fake_now()
{
    return fake_time;
}

/// Moves what one side sent to the other.
void carry(SSL& from, SSL& to)
{
    char buffer[16384];
    for (;;) {
        auto const size = BIO_read(SSL_get_wbio(&from), buffer, sizeof buffer);
        if (size <= 0)
            return;
        BIO_write(SSL_get_rbio(&to), buffer, size);
    }
}

class IssuerTest : public testing::Test {
protected:
    IssuerTest()
    {
        auto pattern = (fs::temp_directory_path() / "issuer-XXXXXX").string();
        dir_ = fs::path{::mkdtemp(pattern.data())} / "ca";
        fake_time = system_now();
    }
    ~IssuerTest() override { fs::remove_all(dir_.parent_path()); }

    Issuer make_issuer()
    {
        auto const created = create_ca(dir_, "Ashgrove Academy");
        EXPECT_TRUE(created.has_value());
        auto const mint = std::make_shared<LeafMint>(LeafMint::load(dir_).value());
        auto const sign = [mint](policy::Host const& named, EVP_PKEY& key) {
            return CertificatePtr{mint->mint(named, key, fake_time).release()};
        };
        return std::move(Issuer::make(sign, fake_now).value());
    }

    std::string ca_pem() const { return read_ca_pem(dir_).value(); }

    /// A handshake in memory against the CA; X509_V_OK, or why the client refused.
    long verify(Issuer& issuer, std::string const& presented, std::string const& expected, int version = TLS1_3_VERSION)
    {
        SslContextPtr const client_context{SSL_CTX_new(TLS_client_method())};
        auto const text = ca_pem();
        BioPtr const pem{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
        X509Ptr const ca{PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr)};
        X509_STORE_add_cert(SSL_CTX_get_cert_store(client_context.get()), ca.get());
        SSL_CTX_set_max_proto_version(client_context.get(), version);
        SSL_CTX_set_verify(client_context.get(), SSL_VERIFY_PEER, nullptr);

        SslPtr const client{SSL_new(client_context.get())};
        SslPtr const server{SSL_new(issuer.context_for(host(presented)).value())};
        SSL_set_bio(client.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_bio(server.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        auto* const parameters = SSL_get0_param(client.get());
        X509_VERIFY_PARAM_set_time(parameters, (fake_time + client_ahead_).time_since_epoch().count());
        if (policy::IpAddress::parse(expected))
            X509_VERIFY_PARAM_set1_ip_asc(parameters, expected.c_str());
        else
            SSL_set1_host(client.get(), expected.c_str());
        SSL_set_alpn_protos(
            client.get(), reinterpret_cast<unsigned char const*>(offered_.data()), static_cast<unsigned>(offered_.size()));
        SSL_set_connect_state(client.get());
        SSL_set_accept_state(server.get());
        for (int round = 0; round < 4; ++round) {
            SSL_do_handshake(client.get());
            carry(*client, *server);
            SSL_do_handshake(server.get());
            carry(*server, *client);
        }
        leaf_.reset(SSL_get1_peer_certificate(client.get()));
        unsigned char const* alpn = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(client.get(), &alpn, &size);
        chosen_.assign(reinterpret_cast<char const*>(alpn), size);
        finished_ = SSL_is_init_finished(client.get()) == 1 && SSL_is_init_finished(server.get()) == 1;
        return SSL_get_verify_result(client.get());
    }

    fs::path dir_;
    std::chrono::seconds client_ahead_{}; ///< how far the client's clock is ahead of the issuer's
    std::string offered_ = "\x02h2\x08http/1.1";
    std::string chosen_;
    X509Ptr leaf_;
    bool finished_ = false;
};

TEST_F(IssuerTest, ShowsAPageInsideTlsThatTheClientTrusts)
{
    auto issuer = make_issuer();
    for (auto const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        EXPECT_EQ(verify(issuer, "www.instagram.com", "www.instagram.com", version), X509_V_OK);
        EXPECT_TRUE(finished_);
        EXPECT_EQ(chosen_, "http/1.1");
    }
    EXPECT_EQ(verify(issuer, "93.184.216.34", "93.184.216.34"), X509_V_OK);
    EXPECT_EQ(verify(issuer, "[2606:2800:220:1::1]", "2606:2800:220:1::1"), X509_V_OK);
    auto const longest = std::string(63, 'a') + '.' + std::string(63, 'b') + '.' + std::string(63, 'c') + ".example";
    EXPECT_EQ(verify(issuer, longest, longest), X509_V_OK);
}

TEST_F(IssuerTest, GoesOnWithoutAlpnWhenTheClientOffersOtherProtocolsOnly)
{
    auto issuer = make_issuer();
    offered_ = "\x02h2";
    EXPECT_EQ(verify(issuer, "example.org", "example.org"), X509_V_OK);
    EXPECT_TRUE(finished_);
    EXPECT_EQ(chosen_, "");
}

TEST_F(IssuerTest, IsNotTrustedForAnotherName)
{
    auto issuer = make_issuer();
    EXPECT_EQ(verify(issuer, "example.org", "www.example.org"), X509_V_ERR_HOSTNAME_MISMATCH);
    EXPECT_FALSE(finished_);
}

TEST_F(IssuerTest, IsNotTrustedForTheSchoolsOwnPlaces)
{
    auto issuer = make_issuer();
    for (auto const* const inside : {"localhost", "printer.local", "db.internal", "nas.lan", "127.0.0.1", "10.1.2.3",
             "172.31.0.1", "192.168.1.1", "169.254.1.1", "100.64.0.1"})
        EXPECT_EQ(verify(issuer, inside, inside), X509_V_ERR_EXCLUDED_VIOLATION) << inside;
    for (auto const* const inside : {"::1", "fd00::1", "fe80::1"})
        EXPECT_EQ(verify(issuer, '[' + std::string{inside} + ']', inside), X509_V_ERR_EXCLUDED_VIOLATION) << inside;
    for (auto const* const outside : {"172.32.0.1", "notlocalhost", "100.128.0.1"})
        EXPECT_EQ(verify(issuer, outside, outside), X509_V_OK) << outside;
}

TEST_F(IssuerTest, MintsLeavesForAWeekAtMost)
{
    auto issuer = make_issuer();
    verify(issuer, "example.org", "example.org");
    ASSERT_TRUE(leaf_);
    int days = 0;
    int seconds = 0;
    ASSERT_EQ(ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(leaf_.get()), X509_get0_notAfter(leaf_.get())), 1);
    EXPECT_EQ(days, 7);
    EXPECT_EQ(seconds, 0);
    EXPECT_EQ(not_after_of(*leaf_), fake_time + std::chrono::days{6});
    EXPECT_EQ(X509_NAME_entry_count(X509_get_subject_name(leaf_.get())), 0);
    EXPECT_EQ(X509_get_extended_key_usage(leaf_.get()), static_cast<unsigned>(XKU_SSL_SERVER));
    EXPECT_EQ(X509_check_ca(leaf_.get()), 0);
    EXPECT_GE(ASN1_STRING_length(X509_get0_serialNumber(leaf_.get())), 15);
}

TEST_F(IssuerTest, IsTrustedForItsWeekOnly)
{
    using std::chrono::hours;
    auto issuer = make_issuer();
    client_ahead_ = -hours{23};
    EXPECT_EQ(verify(issuer, "example.org", "example.org"), X509_V_OK);
    client_ahead_ = hours{24 * 6 - 1};
    EXPECT_EQ(verify(issuer, "example.org", "example.org"), X509_V_OK);
    client_ahead_ = hours{24 * 6 + 1};
    EXPECT_EQ(verify(issuer, "example.org", "example.org"), X509_V_ERR_CERT_HAS_EXPIRED);
}

TEST_F(IssuerTest, MintsAgainBeforeACachedLeafEnds)
{
    auto issuer = make_issuer();
    auto* const first = issuer.context_for(host("example.org")).value();
    EXPECT_EQ(issuer.context_for(host("EXAMPLE.org.")).value(), first);
    verify(issuer, "example.org", "example.org");
    auto const old_end = not_after_of(*leaf_);
    fake_time += std::chrono::hours{24 * 5 + 1};
    verify(issuer, "example.org", "example.org");
    EXPECT_EQ(not_after_of(*leaf_), old_end + std::chrono::hours{24 * 5 + 1});
}

TEST_F(IssuerTest, MintsAgainAfterAClockThatWasAhead)
{
    auto issuer = make_issuer();
    auto const right = fake_time;
    fake_time += std::chrono::days{40};
    EXPECT_TRUE(issuer.context_for(host("example.org")));
    fake_time = right;
    EXPECT_EQ(verify(issuer, "example.org", "example.org"), X509_V_OK);
}

TEST_F(IssuerTest, MakesTheKeyOfItsLeavesAnewEveryDay)
{
    auto issuer = make_issuer();
    auto const key_of = [&](std::string const& name) {
        verify(issuer, name, name);
        return PkeyPtr{X509_get_pubkey(leaf_.get())};
    };
    auto const first = key_of("one.example");
    EXPECT_EQ(EVP_PKEY_eq(first.get(), key_of("two.example").get()), 1);
    fake_time += std::chrono::hours{23};
    EXPECT_EQ(EVP_PKEY_eq(first.get(), key_of("three.example").get()), 1);
    fake_time += std::chrono::hours{1};
    EXPECT_EQ(EVP_PKEY_eq(first.get(), key_of("one.example").get()), 0);
}

TEST_F(IssuerTest, NeverMintsBeyondItsCa)
{
    auto issuer = make_issuer();
    auto const end = read_ca_info(dir_).value().not_after;
    fake_time = end - std::chrono::days{2};
    verify(issuer, "example.org", "example.org");
    EXPECT_EQ(not_after_of(*leaf_), end);
}

TEST_F(IssuerTest, KeepsABoundedCache)
{
    auto issuer = make_issuer();
    SSL_CTX* const first = issuer.context_for(host("first.example")).value();
    SSL_CTX_up_ref(first); // so that its address cannot be given out again
    SslContextPtr const keep{first};
    for (std::size_t i = 0; i < Issuer::max_cached - 1; ++i)
        ASSERT_TRUE(issuer.context_for(host("n" + std::to_string(i) + ".example")));
    EXPECT_EQ(issuer.context_for(host("first.example")).value(), first); // used again: now the newest
    for (std::size_t i = 0; i < Issuer::max_cached; ++i)
        ASSERT_TRUE(issuer.context_for(host("m" + std::to_string(i) + ".example")));
    EXPECT_NE(issuer.context_for(host("first.example")).value(), first);
}

TEST_F(IssuerTest, CreatesACaForSigningOnly)
{
    auto issuer = make_issuer();
    auto const text = ca_pem();
    BioPtr const pem{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
    X509Ptr const ca{PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr)};
    EXPECT_EQ(X509_check_ca(ca.get()), 1);
    EXPECT_EQ(X509_get_pathlen(ca.get()), 0);
    EXPECT_EQ(X509_get_key_usage(ca.get()), static_cast<unsigned>(KU_KEY_CERT_SIGN));
    int days = 0;
    int seconds = 0;
    ASN1_TIME_diff(&days, &seconds, X509_get0_notBefore(ca.get()), X509_get0_notAfter(ca.get()));
    EXPECT_LE(days, 5 * 365);
    EXPECT_EQ(ca_pem().find("PRIVATE"), std::string::npos);
    EXPECT_EQ(fs::status(dir_ / "ca.key").permissions(), fs::perms::owner_read | fs::perms::owner_write);
    auto const info = read_ca_info(dir_).value();
    EXPECT_NE(info.subject.find("Ashgrove Academy"), std::string::npos);
    EXPECT_EQ(info.sha256.size(), 95U);
}

TEST_F(IssuerTest, NeverOverwritesACa)
{
    make_issuer();
    EXPECT_EQ(create_ca(dir_, "Another").error(), errc::ca_exists);
    fs::remove(dir_ / "ca.key"); // half a CA is one, too
    EXPECT_EQ(create_ca(dir_, "Another").error(), errc::ca_exists);
    EXPECT_FALSE(fs::exists(dir_ / "ca.key"));
}

TEST_F(IssuerTest, NamesEveryCaDifferently)
{
    make_issuer();
    auto const first = read_ca_info(dir_).value().subject;
    fs::remove_all(dir_);
    make_issuer();
    EXPECT_NE(read_ca_info(dir_).value().subject, first);
}

TEST_F(IssuerTest, TakesLongAndForeignSchoolNames)
{
    std::string name;
    while (name.size() < 200)
        name += "Ysgol \xc5\xb4y "; // with a letter of two bytes, cut anywhere
    EXPECT_TRUE(create_ca(dir_, name).has_value());
    EXPECT_TRUE(LeafMint::load(dir_).has_value());
    EXPECT_FALSE(create_ca(dir_.parent_path() / "other", "").has_value());
}

TEST_F(IssuerTest, RefusesWhatItCannotTrust)
{
    EXPECT_EQ(LeafMint::load(dir_).error(), errc::ca_missing);
    make_issuer();
    fs::permissions(dir_ / "ca.key", fs::perms::group_read, fs::perm_options::add);
    EXPECT_EQ(LeafMint::load(dir_).error(), errc::ca_unreadable);
    fs::permissions(dir_ / "ca.key", fs::perms::group_read, fs::perm_options::remove);
    EXPECT_TRUE(LeafMint::load(dir_).has_value());

    auto const other = dir_.parent_path() / "other";
    ASSERT_TRUE(create_ca(other, "Other"));
    fs::copy_file(other / "ca.crt", dir_ / "ca.crt", fs::copy_options::overwrite_existing);
    EXPECT_EQ(LeafMint::load(dir_).error(), errc::ca_mismatch);

    std::ofstream{dir_ / "ca.crt"} << "-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----\n";
    EXPECT_EQ(LeafMint::load(dir_).error(), errc::ca_unreadable);
    std::ofstream{dir_ / "ca.crt"} << "";
    EXPECT_EQ(LeafMint::load(dir_).error(), errc::ca_unreadable);
}

TEST_F(IssuerTest, RefusesACertificateThatMayNotSign)
{
    make_issuer();
    auto const key = make_p256_key();
    auto const now = system_now();
    auto const plain = make_certificate(now, now + std::chrono::days{1});
    X509_set_pubkey(plain.get(), key.get());
    X509_sign(plain.get(), key.get(), EVP_sha256());
    std::ofstream{dir_ / "ca.crt"} << to_pem(*plain);
    BioPtr const bio{BIO_new(BIO_s_mem())};
    PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    char* data = nullptr;
    auto const size = BIO_get_mem_data(bio.get(), &data);
    std::ofstream{dir_ / "ca.key"} << std::string_view{data, static_cast<std::size_t>(size)};
    EXPECT_EQ(LeafMint::load(dir_).error(), errc::ca_not_a_ca);
}

} // namespace
} // namespace gatehouse::tls
