#include "proxy/tls/signer_process.hpp"
#include "proxy/tls/signer_request.hpp"

#include <csignal>
#include <fstream>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

namespace gatehouse::tls {
namespace {

namespace fs = std::filesystem;

class SignerTest : public testing::Test {
protected:
    SignerTest()
    {
        auto pattern = (fs::temp_directory_path() / "signer-XXXXXX").string();
        dir_ = fs::path{::mkdtemp(pattern.data())} / "ca";
        EXPECT_TRUE(create_ca(dir_, "Ashgrove Academy").has_value());
    }
    ~SignerTest() override { fs::remove_all(dir_.parent_path()); }

    LeafMint mint() { return std::move(LeafMint::load(dir_).value()); }
    SignerProcess signer() { return std::move(SignerProcess::start(GATEHOUSE_SIGNER, dir_).value()); }
    std::string request() { return write_signer_request(host_, *key_); }
    std::string answer(std::string const& asked) { return answer_signer_request(asked, mint(), system_now()); }
    bool is_signed_for_us(CertificatePtr const& leaf) const
    {
        return leaf && X509_check_host(leaf.get(), "www.example.com", 0, 0, nullptr) == 1
            && EVP_PKEY_eq(X509_get0_pubkey(leaf.get()), key_.get()) == 1;
    }

    fs::path dir_;
    PkeyPtr key_ = make_p256_key();
    policy::Host host_ = policy::Host::parse("www.example.com").value();
};

TEST_F(SignerTest, AnswersWithALeafForHostAndKey)
{
    EXPECT_TRUE(is_signed_for_us(read_signer_answer(answer(request()))));
}

TEST_F(SignerTest, RefusesWhatIsNoRequest)
{
    auto const good = request();
    auto too_long = good;
    too_long[1] = '\x7f';
    for (auto const& bad : {std::string{}, good.substr(0, 1), good.substr(0, 10), good.substr(0, good.size() - 1), good + '\0',
             too_long, std::string(max_signer_packet + 1, 'x')})
        EXPECT_EQ(answer(bad), std::string(1, '\0')) << bad.size();
}

TEST_F(SignerTest, SignsCanonicalHostsAndP256KeysOnly)
{
    auto upper = request();
    upper[2] = 'W';
    EXPECT_FALSE(read_signer_answer(answer(upper)));
    for (auto const* const kind : {"P-384", "secp256k1"}) {
        PkeyPtr const other{EVP_EC_gen(kind)};
        EXPECT_FALSE(read_signer_answer(answer(write_signer_request(host_, *other)))) << kind;
    }
    PkeyPtr const rsa{EVP_RSA_gen(2048)};
    EXPECT_FALSE(read_signer_answer(answer(write_signer_request(host_, *rsa))));
}

TEST_F(SignerTest, SignsInAProcessOfItsOwn)
{
    auto process = signer();
    EXPECT_TRUE(is_signed_for_us(process.sign(host_, *key_)));
    EXPECT_TRUE(is_signed_for_us(process.sign(host_, *key_)));
}

TEST_F(SignerTest, GivesUpEveryRightButToAnswer)
{
    auto process = signer();
    std::ifstream status{"/proc/" + std::to_string(process.pid()) + "/status"};
    std::string const text{std::istreambuf_iterator<char>{status}, {}};
    EXPECT_NE(text.find("Seccomp:\t2"), std::string::npos) << text;
    EXPECT_NE(text.find("NoNewPrivs:\t1"), std::string::npos) << text;
    EXPECT_FALSE(fs::exists("/proc/" + std::to_string(process.pid()) + "/fd/4")) << "it kept a descriptor of its maker";
}

TEST_F(SignerTest, OutlivesSignalsThatEndTheDaemon)
{
    auto process = signer();
    for (int const number : {SIGINT, SIGTERM, SIGHUP})
        ::kill(process.pid(), number);
    EXPECT_TRUE(is_signed_for_us(process.sign(host_, *key_)));
}

TEST_F(SignerTest, EndsWithItsMaker)
{
    ::pid_t pid = 0;
    {
        auto const process = signer();
        pid = process.pid();
        EXPECT_EQ(::kill(pid, 0), 0);
    }
    EXPECT_EQ(::kill(pid, 0), -1);
}

TEST_F(SignerTest, SaysWhyItCannotSign)
{
    EXPECT_EQ(SignerProcess::start(dir_ / "no-such-program", dir_).error(), errc::signer_missing);
    EXPECT_EQ(SignerProcess::start("/bin/true", dir_).error(), errc::signer_missing);
    EXPECT_EQ(SignerProcess::start(GATEHOUSE_SIGNER, dir_ / "elsewhere").error(), errc::ca_missing);
    ::chmod((dir_ / "ca.key").c_str(), 0644);
    EXPECT_EQ(SignerProcess::start(GATEHOUSE_SIGNER, dir_).error(), errc::ca_unreadable);
}

TEST_F(SignerTest, IsStartedAgainOnceASecondAtMost)
{
    auto const begun = std::chrono::steady_clock::now();
    auto process = signer();
    ::kill(process.pid(), SIGKILL);
    CertificatePtr leaf;
    do
        leaf = process.sign(host_, *key_);
    while (!leaf && std::chrono::steady_clock::now() - begun < std::chrono::seconds{20});
    EXPECT_TRUE(is_signed_for_us(leaf));
    EXPECT_GE(std::chrono::steady_clock::now() - begun, std::chrono::seconds{1});
}

} // namespace
} // namespace gatehouse::tls
