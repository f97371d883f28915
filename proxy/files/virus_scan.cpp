#include "proxy/files/virus_scan.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/write.hpp>

namespace gatehouse::files {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t longest_answer = 1024;
constexpr auto command = "zINSTREAM\0"sv; // answers end in a NUL as well
constexpr auto answer_begin = "stream: "sv;
constexpr auto found_end = " FOUND"sv;

/// The length before each piece: four bytes, the highest first.
std::array<char, 4> length_of(std::size_t size)
{
    return {static_cast<char>(size >> 24), static_cast<char>(size >> 16), static_cast<char>(size >> 8), static_cast<char>(size)};
}

} // namespace

ScanAnswer read_scan_answer(std::string_view line)
{
    line = line.substr(0, line.find('\0'));
    if (!line.starts_with(answer_begin))
        return {};
    line.remove_prefix(answer_begin.size());
    if (line == "OK")
        return {ScanAnswer::Kind::clean, {}};
    if (!line.ends_with(found_end) || line.size() == found_end.size())
        return {};
    return {ScanAnswer::Kind::found, std::string{line.substr(0, line.size() - found_end.size())}};
}

VirusScan::VirusScan(net::Executor executor, net::DeadlineWheel& wheel, std::chrono::milliseconds patience)
    : socket_(executor)
    , deadline_(
          wheel, [](void* self) { static_cast<VirusScan*>(self)->socket_.close(); }, this)
    , patience_(patience)
{
}

net::task<bool> VirusScan::begin(std::filesystem::path const& socket)
{
    deadline_.expire_after(patience_);
    auto const [failure]
        = co_await socket_.async_connect(net::asio::local::stream_protocol::endpoint{socket.string()}, net::use_tuple);
    if (failure)
        co_return false;
    auto const [unsent, size] = co_await net::asio::async_write(socket_, net::asio::buffer(command), net::use_tuple);
    co_return !unsent;
}

net::task<bool> VirusScan::add(std::string_view bytes)
{
    if (bytes.empty())
        co_return true;
    deadline_.expire_after(patience_);
    auto const length = length_of(bytes.size());
    std::array const pieces{net::asio::buffer(length), net::asio::buffer(bytes)};
    auto const [failure, size] = co_await net::asio::async_write(socket_, pieces, net::use_tuple);
    co_return !failure;
}

net::task<ScanAnswer> VirusScan::finish()
{
    deadline_.expire_after(patience_);
    auto const last = length_of(0);
    auto const [failure, size] = co_await net::asio::async_write(socket_, net::asio::buffer(last), net::use_tuple);
    if (failure)
        co_return ScanAnswer{};
    std::array<char, longest_answer> answer{};
    std::size_t heard = 0;
    while (heard < answer.size() && std::find(answer.begin(), answer.begin() + heard, '\0') == answer.begin() + heard) {
        auto const room = net::asio::buffer(answer.data() + heard, answer.size() - heard);
        auto const [ended, more] = co_await socket_.async_read_some(room, net::use_tuple);
        if (ended)
            co_return ScanAnswer{};
        heard += more;
    }
    deadline_.clear();
    co_return read_scan_answer({answer.data(), heard});
}

} // namespace gatehouse::files
