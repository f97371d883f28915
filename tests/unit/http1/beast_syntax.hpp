#pragma once
// The same grammar as Beast reads it: the reference that ours is held against. Not for lines that begin with a blank, which Beast unfolds.

#include "proxy/http1/head.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <limits>

namespace gatehouse::http1 {

namespace http = boost::beast::http;

template <bool is_request, class Head>
class BeastSyntax : public http::basic_parser<is_request> {
public:
    explicit BeastSyntax(Head& head)
        : head_(head)
    {
        this->header_limit(std::numeric_limits<std::uint32_t>::max());
        this->body_limit(boost::none);
    }

    Refusal parse(std::string_view bytes)
    {
        error_code ec;
        auto const used = this->put(boost::asio::const_buffer{bytes.data(), bytes.size()}, ec);
        if (ec)
            return refusal_of(ec);
        return used == bytes.size() && this->is_header_done() ? Refusal::none : Refusal::syntax;
    }

private:
    using View = boost::beast::string_view;
    static std::string_view view(View text) { return {text.data(), text.size()}; }

    void on_request_impl(http::verb, View method, View target, int version, error_code&) override
    {
        if constexpr (is_request) {
            head_.method = view(method);
            head_.target = view(target);
            head_.minor_version = static_cast<unsigned>(version) % 10;
        }
    }
    void on_response_impl(int status, View reason, int version, error_code&) override
    {
        if constexpr (!is_request) {
            head_.status = static_cast<unsigned>(status);
            head_.reason = view(reason);
            head_.minor_version = static_cast<unsigned>(version) % 10;
        }
    }
    void on_field_impl(http::field name, View text, View value, error_code&) override
    {
        saw_length_ |= name == http::field::content_length;
        saw_coding_ |= name == http::field::transfer_encoding;
        head_.field_store.at(head_.field_size++) = {view(text), view(value)};
    }
    void on_header_impl(error_code&) override { }
    void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override { }
    std::size_t on_body_impl(View, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, View, error_code&) override { }
    std::size_t on_chunk_body_impl(std::uint64_t, View, error_code&) override { return 0; }
    void on_finish_impl(error_code&) override { }

    Refusal refusal_of(error_code ec) const
    {
        if (ec == http::error::bad_content_length)
            return saw_coding_ ? Refusal::framing_conflict : Refusal::bad_content_length;
        if (ec == http::error::multiple_content_length)
            return saw_length_ ? Refusal::framing_conflict : Refusal::bad_content_length;
        if (ec == http::error::bad_transfer_encoding)
            return Refusal::framing_conflict;
        return Refusal::syntax;
    }

    Head& head_;
    bool saw_length_ = false;
    bool saw_coding_ = false;
};

} // namespace gatehouse::http1
