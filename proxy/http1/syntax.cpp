#include "proxy/http1/syntax.hpp"

#include <boost/beast/http/basic_parser.hpp>

#include <limits>

namespace gatehouse::http1 {
namespace {

namespace http = boost::beast::http;
using beast_view = boost::beast::string_view;

std::string_view view(beast_view text)
{
    return {text.data(), text.size()};
}

/// What both directions share: fields go into the head's own array. Beast knows nothing of the body here: it is handed the head only.
template <bool is_request, class Head>
class SyntaxParser : public http::basic_parser<is_request> {
public:
    explicit SyntaxParser(Head& head)
        : head_(head)
    {
        this->header_limit(std::numeric_limits<std::uint32_t>::max()); // the caller has bounded the head already
        this->body_limit(boost::none);                                 // and the gate bounds declared lengths
    }

    Refusal parse(std::string_view bytes)
    {
        error_code ec;
        auto const used = this->put(boost::asio::const_buffer{bytes.data(), bytes.size()}, ec);
        if (refusal_ != Refusal::none)
            return refusal_;
        if (ec)
            return refusal_of(ec);
        return used == bytes.size() && this->is_header_done() ? Refusal::none : Refusal::syntax;
    }

protected:
    Head& head() { return head_; }

private:
    void on_request_impl(http::verb, beast_view method, beast_view target, int version, error_code&) override
    {
        if constexpr (is_request) {
            head_.method = view(method);
            head_.target = view(target);
            head_.minor_version = static_cast<unsigned>(version) % 10;
        }
    }

    void on_response_impl(int status, beast_view reason, int version, error_code&) override
    {
        if constexpr (!is_request) {
            head_.status = static_cast<unsigned>(status);
            head_.reason = view(reason);
            head_.minor_version = static_cast<unsigned>(version) % 10;
        }
    }

    void on_field_impl(http::field name, beast_view text, beast_view value, error_code& ec) override
    {
        if (head_.field_size == head_.field_store.size()) {
            refusal_ = Refusal::too_many_fields;
            ec = http::error::header_limit;
            return;
        }
        saw_length_ |= name == http::field::content_length;
        saw_coding_ |= name == http::field::transfer_encoding;
        head_.field_store[head_.field_size++] = {view(text), view(value)};
    }

    void on_header_impl(error_code&) override { }
    void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override { }
    std::size_t on_body_impl(beast_view, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, beast_view, error_code&) override { }
    std::size_t on_chunk_body_impl(std::uint64_t, beast_view, error_code&) override { return 0; }
    void on_finish_impl(error_code&) override { }

    /// Beast reports framing errors while it reads the second of two fields, so what came before tells a conflict from a bad value.
    Refusal refusal_of(error_code ec) const
    {
        if (ec == http::error::bad_content_length)
            return saw_coding_ ? Refusal::framing_conflict : Refusal::bad_content_length;
        if (ec == http::error::multiple_content_length)
            return saw_length_ ? Refusal::framing_conflict : Refusal::bad_content_length;
        if (ec == http::error::bad_transfer_encoding)
            return saw_length_ || saw_coding_ ? Refusal::framing_conflict : Refusal::bad_transfer_encoding;
        return Refusal::syntax;
    }

    Head& head_;
    Refusal refusal_ = Refusal::none;
    bool saw_length_ = false;
    bool saw_coding_ = false;
};

} // namespace

Refusal parse_request_syntax(std::string_view bytes, RequestHead& head)
{
    return SyntaxParser<true, RequestHead>{head}.parse(bytes);
}

Refusal parse_response_syntax(std::string_view bytes, ResponseHead& head)
{
    return SyntaxParser<false, ResponseHead>{head}.parse(bytes);
}

} // namespace gatehouse::http1
