// answer_signer_request: whatever is asked, a leaf is signed for the host that was asked for and for no other, or nothing is.
#include "proxy/tls/signer_request.hpp"

#include <cstdlib>
#include <stdlib.h>

using namespace gatehouse::tls;

namespace {

/// A CA in a folder of its own, gone again once it is read.
LeafMint make_mint()
{
    auto pattern = (std::filesystem::temp_directory_path() / "signer-fuzz-XXXXXX").string();
    std::filesystem::path const dir = ::mkdtemp(pattern.data());
    create_ca(dir / "ca", "Ashgrove Academy").value();
    auto mint = LeafMint::load(dir / "ca").value();
    std::filesystem::remove_all(dir);
    return mint;
}

bool names(X509& leaf, std::string const& host)
{
    return X509_check_host(&leaf, host.data(), host.size(), X509_CHECK_FLAG_NO_WILDCARDS, nullptr) == 1
        || X509_check_ip_asc(&leaf, host.c_str(), 0) == 1;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    static LeafMint const mint = make_mint();
    std::string const request(data, data + size);
    auto const answer = answer_signer_request(request, mint, system_now());
    if (answer.empty() || answer.size() > max_signer_packet)
        std::abort();
    auto const leaf = read_signer_answer(answer);
    if (!leaf)
        return answer.size() == 1 ? 0 : (std::abort(), 0);
    auto const length = static_cast<std::size_t>(data[0]) << 8 | data[1];
    if (!names(*leaf, request.substr(2, length)) || X509_check_ca(leaf.get()) != 0)
        std::abort();
    return 0;
}
