#pragma once
// Asio's types with the concrete executor of one worker: no type erasure, no locks, one thread for each io_context.

#include "policy/result.hpp"

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
