#pragma once
// Asio's types with the concrete executor of one worker: no type erasure, no locks, one thread for each io_context.

#include "policy/result.hpp"
#include "proxy/net/frame_pool.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace gatehouse::net {

namespace asio = boost::asio;
using Executor = asio::io_context::executor_type;

/// What every coroutine of the data plane returns.
template <class T = void>
using task = asio::awaitable<T, Executor>;

using Socket = asio::basic_stream_socket<asio::ip::tcp, Executor>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

/// Completion as a value: co_await gives (error_code, result).
inline constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable_t<Executor>{});

} // namespace gatehouse::net

// Asio's coroutine frames with our executor come from the pool: these are the two members that get and give back their memory.
template <>
inline void* boost::asio::detail::awaitable_frame_base<gatehouse::net::Executor>::operator new(std::size_t size)
{
    return gatehouse::net::allocate_frame(size);
}
template <>
inline void boost::asio::detail::awaitable_frame_base<gatehouse::net::Executor>::operator delete(void* frame, std::size_t size)
{
    gatehouse::net::release_frame(frame, size);
}
