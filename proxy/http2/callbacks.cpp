#include "proxy/http2/connection.hpp"
#include "proxy/http2/limits.hpp"

namespace gatehouse::http2 {

namespace {

/// An exception (there is only that of no memory) must not pass through the library, which is C: the connection ends instead.
template <auto callback>
struct Guarded;
template <class... Args, int (*callback)(Args...)>
struct Guarded<callback> {
    static int call(Args... args)
    {
        try {
            return callback(args...);
        } catch (...) {
            return NGHTTP2_ERR_CALLBACK_FAILURE;
        }
    }
};

} // namespace

/// Everything the library says, in the words of the connection. An exchange that makes no sense is reset and the others go on.
struct Connection::Callbacks {
    static Connection& of(void* connection) { return *static_cast<Connection*>(connection); }

    static Exchange* exchange_of(nghttp2_session* session, std::int32_t id)
    {
        return static_cast<Exchange*>(nghttp2_session_get_stream_user_data(session, id));
    }

    static bool ends(nghttp2_frame const& frame) { return (frame.hd.flags & NGHTTP2_FLAG_END_STREAM) != 0; }

    static int begin_headers(nghttp2_session* session, nghttp2_frame const* frame, void* connection)
    {
        auto const id = frame->hd.stream_id;
        if (frame->headers.cat != NGHTTP2_HCAT_REQUEST) {
            if (auto* const exchange = exchange_of(session, id); exchange != nullptr && !exchange->head)
                exchange->head = std::make_unique<ArrivingHead>();
            return 0;
        }
        auto* const exchange = of(connection).begin_exchange();
        if (exchange == nullptr) {
            nghttp2_submit_rst_stream(session, NGHTTP2_FLAG_NONE, id, NGHTTP2_REFUSED_STREAM);
            return 0;
        }
        exchange->id = id;
        nghttp2_session_set_stream_user_data(session, id, exchange);
        return 0;
    }

    static int field(nghttp2_session* session, nghttp2_frame const* frame, std::uint8_t const* name, std::size_t name_size,
        std::uint8_t const* value, std::size_t value_size, std::uint8_t, void*)
    {
        auto* const exchange = exchange_of(session, frame->hd.stream_id);
        if (exchange == nullptr || !exchange->head)
            return 0;
        bool const goes_on = exchange->head->add(
            {reinterpret_cast<char const*>(name), name_size}, {reinterpret_cast<char const*>(value), value_size});
        return goes_on ? 0 : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }

    /// Without this the library would leave the field out, and two readers would see two messages.
    static int invalid_field(nghttp2_session*, nghttp2_frame const*, std::uint8_t const*, std::size_t, std::uint8_t const*,
        std::size_t, std::uint8_t, void*)
    {
        return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }

    static int frame_arrived(nghttp2_session* session, nghttp2_frame const* frame, void* connection)
    {
        if (frame->hd.type == NGHTTP2_GOAWAY)
            of(connection).peer_retires();
        if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA)
            return 0;
        auto* const exchange = exchange_of(session, frame->hd.stream_id);
        if (exchange == nullptr)
            return 0;
        if (frame->hd.type == NGHTTP2_HEADERS && !of(connection).head_complete(*exchange, ends(*frame)))
            of(connection).reset(*exchange, NGHTTP2_PROTOCOL_ERROR);
        else if (ends(*frame))
            of(connection).arrival_complete(*exchange);
        return 0;
    }

    static int data(
        nghttp2_session* session, std::uint8_t, std::int32_t id, std::uint8_t const* bytes, std::size_t size, void* connection)
    {
        if (auto* const exchange = exchange_of(session, id))
            of(connection).take_data(*exchange, {reinterpret_cast<char const*>(bytes), size});
        else
            nghttp2_session_consume(session, id, size);
        return 0;
    }

    static int frame_sent(nghttp2_session* session, nghttp2_frame const* frame, void* connection)
    {
        bool const head = frame->hd.type == NGHTTP2_HEADERS;
        bool const request = head && frame->headers.cat == NGHTTP2_HCAT_REQUEST;
        bool const last = (head || frame->hd.type == NGHTTP2_DATA) && ends(*frame);
        auto* const exchange = request || last ? exchange_of(session, frame->hd.stream_id) : nullptr;
        if (exchange != nullptr && request)
            of(connection).request_left(*exchange);
        if (exchange != nullptr && last) {
            exchange->left = true;
            of(connection).settle(*exchange);
        }
        return 0;
    }

    static int closed(nghttp2_session* session, std::int32_t id, std::uint32_t, void* connection)
    {
        if (auto* const exchange = exchange_of(session, id))
            of(connection).remove(*exchange);
        return 0;
    }

    static nghttp2_session_callbacks* make()
    {
        nghttp2_session_callbacks* callbacks = nullptr;
        if (nghttp2_session_callbacks_new(&callbacks) != 0)
            return nullptr;
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, Guarded<begin_headers>::call);
        nghttp2_session_callbacks_set_on_header_callback(callbacks, Guarded<field>::call);
        nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, Guarded<invalid_field>::call);
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, Guarded<frame_arrived>::call);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Guarded<data>::call);
        nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, Guarded<frame_sent>::call);
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Guarded<closed>::call);
        return callbacks;
    }

    static nghttp2_option* make_options()
    {
        nghttp2_option* options = nullptr;
        if (nghttp2_option_new(&options) != 0)
            return nullptr;
        nghttp2_option_set_no_auto_window_update(options, 1);
        nghttp2_option_set_max_reserved_remote_streams(options, 0);
        nghttp2_option_set_stream_reset_rate_limit(options, limits::reset_burst, limits::reset_rate);
        return options;
    }
};

nghttp2_session* Connection::make_session(Role role, Connection& connection)
{
    static nghttp2_session_callbacks* const callbacks = Callbacks::make();
    static nghttp2_option* const options = Callbacks::make_options();
    nghttp2_session* session = nullptr;
    if (callbacks == nullptr || options == nullptr)
        return nullptr;
    auto const made = role == Role::towards_client ? nghttp2_session_server_new2(&session, callbacks, &connection, options)
                                                   : nghttp2_session_client_new2(&session, callbacks, &connection, options);
    return made == 0 ? session : nullptr;
}

} // namespace gatehouse::http2
