#include "proxy/http2/origins.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <spdlog/spdlog.h>

namespace gatehouse::http2 {
/// Whatever becomes of it, a connection that has ended is forgotten.
net::task<> Origins::run(std::string key, ConnectionPtr connection)
{
    co_await connection->run();
    connection->retire();
    auto const found = by_origin_.find(key);
    if (found == by_origin_.end())
        co_return;
    std::erase(found->second, connection);
    if (found->second.empty())
        by_origin_.erase(found);
}

OriginConnection* Origins::find(net::Origin const& origin, policy::IpAddress const& client)
{
    make_key(key_, origin);
    auto const found = by_origin_.find(key_);
    if (found == by_origin_.end())
        return nullptr;
    for (auto const& connection : found->second)
        if (connection->has_room_for(client))
            return connection.get();
    return nullptr;
}

std::unique_ptr<net::Upstream> Origins::open(net::Origin const& origin, policy::IpAddress const& client)
{
    auto* const connection = find(origin, client);
    return connection != nullptr ? connection->open(client) : nullptr;
}

Origins::ConnectionPtr Origins::adopt(
    net::Origin const& origin, std::unique_ptr<net::Upstream> upstream, policy::IpAddress const& client)
{
    auto const executor = upstream->stream.socket().get_executor();
    ConnectionPtr connection(new OriginConnection(std::move(upstream), idle_, wide_));
    make_key(key_, origin);
    auto& connections = by_origin_[key_];
    if (std::ranges::any_of(connections, [&](auto const& other) { return other->has_had_enough_of(client); }))
        connection->keep_for(client);
    connections.push_back(connection);
    net::asio::co_spawn(executor, run(key_, connection), [connection](std::exception_ptr const& crash) {
        connection->retire(); // if it crashed, nobody shall wait for it
        try {
            if (crash)
                std::rethrow_exception(crash);
        } catch (std::exception const& error) {
            spdlog::error("origin_connection.crashed what={}", error.what());
        }
    });
    return connection;
}

void Origins::close_all()
{
    for (auto const& [key, connections] : by_origin_)
        for (auto const& connection : connections)
            connection->retire();
}

} // namespace gatehouse::http2
