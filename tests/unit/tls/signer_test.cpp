#include "proxy/helper/confine.hpp"
#include "proxy/tls/signer_process.hpp"
#include "proxy/tls/signer_request.hpp"

#include <atomic>
#include <csignal>
#include <fstream>
#include <gtest/gtest.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <thread>

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
    SignerProcess signer() { return std::move(SignerProcess::start({GATEHOUSE_SIGNER, dir_, {}}).value()); }
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
    EXPECT_EQ(SignerProcess::start({dir_ / "no-such-program", dir_, {}}).error(), errc::signer_missing);
    EXPECT_EQ(SignerProcess::start({"/bin/true", dir_, {}}).error(), errc::signer_missing);
    EXPECT_EQ(SignerProcess::start({GATEHOUSE_SIGNER, dir_ / "elsewhere", {}}).error(), errc::ca_missing);
    ::chmod((dir_ / "ca.key").c_str(), 0644);
    EXPECT_EQ(SignerProcess::start({GATEHOUSE_SIGNER, dir_, {}}).error(), errc::ca_unreadable);
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

/// As the service manager: starts a signer for whoever connects.
class Activation {
public:
    Activation(fs::path const& socket, fs::path ca)
        : ca_(std::move(ca).string())
        , listening_(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0))
    {
        ::sockaddr_un address{};
        address.sun_family = AF_UNIX;
        socket.native().copy(address.sun_path, sizeof address.sun_path - 1);
        EXPECT_EQ(::bind(listening_, reinterpret_cast<::sockaddr*>(&address), sizeof address), 0);
        EXPECT_EQ(::listen(listening_, 8), 0);
        serving_ = std::thread{[this] { serve(); }};
    }
    ~Activation()
    {
        ::shutdown(listening_, SHUT_RDWR);
        serving_.join();
        ::close(listening_);
        for (auto const pid : started_)
            ::waitpid(pid, nullptr, 0);
    }
    int connections() const { return connections_; }
    ::pid_t last() const { return last_; }

private:
    void serve()
    {
        for (int connection = 0; (connection = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0; ++connections_) {
            ::posix_spawn_file_actions_t files;
            ::posix_spawn_file_actions_init(&files);
            ::posix_spawn_file_actions_adddup2(&files, connection, helper::helper_channel);
            ::posix_spawn_file_actions_addclosefrom_np(&files, helper::helper_channel + 1);
            std::string program{GATEHOUSE_SIGNER};
            char* words[] = {program.data(), ca_.data(), nullptr};
            ::pid_t pid = 0;
            EXPECT_EQ(::posix_spawn(&pid, program.c_str(), &files, nullptr, words, environ), 0);
            ::posix_spawn_file_actions_destroy(&files);
            ::close(connection);
            started_.push_back(pid);
            last_ = pid;
        }
    }

    std::string ca_;
    int listening_;
    std::vector<::pid_t> started_;
    std::atomic<::pid_t> last_ = 0;
    std::atomic<int> connections_ = 0;
    std::thread serving_;
};

class ReachedSignerTest : public SignerTest {
protected:
    ReachedSignerTest()
    {
        EXPECT_EQ(::mkdir(key_dir_.c_str(), 0700), 0);
        EXPECT_TRUE(move_ca_key(dir_, key_dir_).has_value());
    }
    SignerPlace place() const { return {.program = {}, .dir = dir_, .socket = socket_}; }

    fs::path key_dir_ = dir_.parent_path() / "signer", socket_ = dir_.parent_path() / "signer.socket";
};

TEST_F(ReachedSignerTest, TheKeyLiesWithTheSignerOnly)
{
    EXPECT_FALSE(fs::exists(dir_ / "ca.key"));
    EXPECT_TRUE(fs::exists(dir_ / "ca.crt"));
    EXPECT_EQ(fs::status(key_dir_ / "ca.key").permissions(), fs::perms::owner_read | fs::perms::owner_write);
    EXPECT_EQ(move_ca_key(dir_, key_dir_).error(), errc::ca_missing) << "it is not there to be moved again";
    EXPECT_TRUE(LeafMint::load(key_dir_).has_value());
}

TEST_F(ReachedSignerTest, NeverOverwritesAKey)
{
    auto const other = dir_.parent_path() / "other";
    ASSERT_TRUE(create_ca(other, "Birchwood School").has_value());
    EXPECT_EQ(move_ca_key(other, key_dir_).error(), errc::ca_exists);
    EXPECT_TRUE(LeafMint::load(other).has_value()) << "what was not moved is still there";
    EXPECT_TRUE(LeafMint::load(key_dir_).has_value());
}

TEST_F(ReachedSignerTest, SignsForWhoConnects)
{
    Activation const activation{socket_, key_dir_};
    auto process = SignerProcess::start(place());
    ASSERT_TRUE(process.has_value()) << process.error().message();
    EXPECT_TRUE(is_signed_for_us(process->sign(host_, *key_)));
    EXPECT_EQ(process->pid(), 0) << "it is not ours to kill";
}

TEST_F(ReachedSignerTest, IsReachedAgainOnceItHasEnded)
{
    Activation const activation{socket_, key_dir_};
    auto process = SignerProcess::start(place());
    ASSERT_TRUE(process.has_value());
    while (activation.connections() == 0)
        std::this_thread::yield();
    ::kill(activation.last(), SIGKILL);
    CertificatePtr leaf;
    auto const latest = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (!leaf && std::chrono::steady_clock::now() < latest)
        leaf = process->sign(host_, *key_);
    EXPECT_TRUE(is_signed_for_us(leaf));
    EXPECT_EQ(activation.connections(), 2);
}

TEST_F(ReachedSignerTest, IsNotUsedWithAnotherCaOrNone)
{
    EXPECT_EQ(SignerProcess::start(place()).error(), errc::signer_missing) << "nobody listens";
    auto const other = dir_.parent_path() / "other";
    ASSERT_TRUE(create_ca(other, "Birchwood School").has_value());
    {
        Activation const activation{socket_, other};
        EXPECT_EQ(SignerProcess::start(place()).error(), errc::ca_mismatch);
    }
    fs::remove(socket_);
    Activation const activation{socket_, dir_.parent_path() / "nowhere"};
    EXPECT_EQ(SignerProcess::start(place()).error(), errc::ca_missing);
}

} // namespace
} // namespace gatehouse::tls
