#include "proxy/content/body_decoder.hpp"

#include <algorithm>
#include <array>
#include <brotli/decode.h>
#include <cctype>
#include <cstdint>
#include <zlib.h>
#include <zstd.h>

namespace gatehouse::content {
namespace {

constexpr std::size_t step = 16 * 1024;
constexpr std::size_t slice = 1024;
constexpr int window_log_max = 23; // 8 MiB, what RFC 8878 §3.1.1.1.2 asks decoders to support

/// gzip and deflate (RFC 1952, RFC 1950), the latter also without its wrapper as some servers send it. Members may follow each other.
class Zlib final : public Coding {
public:
    enum class Wrapper : std::uint8_t { gzip, zlib_or_none };

    explicit Zlib(Wrapper wrapper)
        : gzip_(wrapper == Wrapper::gzip)
        , known_(gzip_)
    {
        constexpr int gzip_only = 16 + MAX_WBITS;
        ready_ = inflateInit2(&stream_, known_ ? gzip_only : MAX_WBITS) == Z_OK;
    }
    ~Zlib() override { inflateEnd(&stream_); }
    Zlib(Zlib const&) = delete;
    Zlib& operator=(Zlib const&) = delete;

    bool add(std::string_view coded, std::string& out, std::size_t most) override
    {
        if (over_)
            return true;
        input_.append(coded);
        if (!known_ && !look_for_wrapper())
            return true;
        stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
        stream_.avail_in = static_cast<uInt>(input_.size());
        while (ready_ && stream_.avail_in > 0 && out.size() < most) {
            if (ended_ && !begin_another())
                break;
            auto const size = out.size();
            out.resize(size + step);
            stream_.next_out = reinterpret_cast<Bytef*>(out.data() + size);
            stream_.avail_out = step;
            auto const code = inflate(&stream_, Z_NO_FLUSH);
            out.resize(size + step - stream_.avail_out);
            if (code == Z_STREAM_END)
                ended_ = true;
            else if (code != Z_OK && code != Z_BUF_ERROR)
                return false;
        }
        auto const kept = half_mark_ ? input_.size() - 1 : input_.size();
        input_.erase(0, kept);
        return ready_;
    }

private:
    /// A member of gzip has ended. Another begins with its mark; what has none is filling, which every reader passes over. False: nothing to read yet.
    bool begin_another()
    {
        constexpr std::string_view mark = "\x1f\x8b";
        auto const used = input_.size() - stream_.avail_in;
        auto const rest = std::string_view{input_}.substr(used, mark.size());
        half_mark_ = gzip_ && rest.size() == 1 && mark.starts_with(rest);
        if (half_mark_)
            return false;
        over_ = !gzip_ || rest != mark;
        ended_ = over_;
        ready_ = over_ || inflateReset(&stream_) == Z_OK;
        return !over_;
    }

    /// The first two bytes of the wrapper are a number that 31 divides (RFC 1950 §2.2). False: they are not there yet.
    bool look_for_wrapper()
    {
        if (input_.size() < 2)
            return false;
        auto const first = static_cast<unsigned char>(input_[0]);
        auto const second = static_cast<unsigned char>(input_[1]);
        constexpr unsigned deflate_method = 8;
        bool const wrapped = (first & 15U) == deflate_method && (first * 256U + second) % 31 == 0;
        if (!wrapped)
            ready_ = inflateReset2(&stream_, -MAX_WBITS) == Z_OK;
        return known_ = true;
    }

    z_stream stream_{};
    std::string input_; ///< zlib takes bytes that it may write to
    bool gzip_;
    bool known_;             ///< which wrapper there is
    bool ended_ = false;     ///< between two members, or behind the last
    bool half_mark_ = false; ///< kept: the first byte of what may be another member
    bool over_ = false;      ///< what comes is not read any more
    bool ready_ = false;
};

class Brotli final : public Coding { // RFC 7932
public:
    Brotli()
        : state_(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr))
    {
    }
    ~Brotli() override { BrotliDecoderDestroyInstance(state_); }
    Brotli(Brotli const&) = delete;
    Brotli& operator=(Brotli const&) = delete;

    bool add(std::string_view coded, std::string& out, std::size_t most) override
    {
        auto left = coded.size();
        auto const* input = reinterpret_cast<std::uint8_t const*>(coded.data());
        while (state_ != nullptr && out.size() < most) {
            auto const size = out.size();
            out.resize(size + step);
            auto room = step;
            auto* output = reinterpret_cast<std::uint8_t*>(out.data() + size);
            auto const code = BrotliDecoderDecompressStream(state_, &left, &input, &room, &output, nullptr);
            out.resize(size + step - room);
            if (code == BROTLI_DECODER_RESULT_ERROR)
                return false;
            if (code != BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT)
                return true;
        }
        return state_ != nullptr;
    }

private:
    BrotliDecoderState* state_;
};

class Zstd final : public Coding { // RFC 8878
public:
    Zstd()
        : state_(ZSTD_createDStream())
    {
        ZSTD_DCtx_setParameter(state_, ZSTD_d_windowLogMax, window_log_max);
    }
    ~Zstd() override { ZSTD_freeDStream(state_); }
    Zstd(Zstd const&) = delete;
    Zstd& operator=(Zstd const&) = delete;

    bool add(std::string_view coded, std::string& out, std::size_t most) override
    {
        ZSTD_inBuffer input{coded.data(), coded.size(), 0};
        bool full = true;
        while ((input.pos < input.size || full) && out.size() < most) {
            auto const size = out.size();
            out.resize(size + step);
            ZSTD_outBuffer output{out.data() + size, step, 0};
            auto const code = ZSTD_decompressStream(state_, &output, &input);
            out.resize(size + output.pos);
            if (ZSTD_isError(code))
                return false;
            full = output.pos == step;
        }
        return true;
    }

private:
    ZSTD_DStream* state_;
};

std::unique_ptr<Coding> make_coding(std::string_view name)
{
    if (name == "gzip" || name == "x-gzip")
        return std::make_unique<Zlib>(Zlib::Wrapper::gzip);
    if (name == "deflate")
        return std::make_unique<Zlib>(Zlib::Wrapper::zlib_or_none);
    if (name == "br")
        return std::make_unique<Brotli>();
    if (name == "zstd")
        return std::make_unique<Zstd>();
    return nullptr;
}

/// The next coding's name in lower case; empty at the end.
std::string take_name(std::string_view& list)
{
    constexpr std::string_view between = " \t,";
    list.remove_prefix(std::min(list.find_first_not_of(between), list.size()));
    auto const end = std::min(list.find_first_of(between), list.size());
    std::string name{list.substr(0, end)};
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    list.remove_prefix(end);
    return name;
}

} // namespace

std::unique_ptr<BodyDecoder> BodyDecoder::make(std::string_view content_encoding)
{
    constexpr std::size_t most_layers = 2;
    auto decoder = std::make_unique<BodyDecoder>();
    for (auto name = take_name(content_encoding); !name.empty(); name = take_name(content_encoding)) {
        if (name == "identity")
            continue;
        auto coding = make_coding(name);
        if (!coding || decoder->layers_.size() == most_layers)
            return nullptr;
        decoder->layers_.insert(decoder->layers_.begin(), std::move(coding)); // the last that was put on comes off first
    }
    return decoder;
}

DecodeResult BodyDecoder::add(std::string_view coded, std::string& decoded, std::size_t room)
{
    if (layers_.empty()) {
        decoded.append(coded);
        return coded.size() < room ? DecodeResult::ok : DecodeResult::full;
    }
    auto const start = decoded.size();
    for (; !coded.empty(); coded.remove_prefix(std::min(slice, coded.size()))) {
        if (auto const result = add_slice(coded.substr(0, slice), decoded); result != DecodeResult::ok)
            return result;
        if (decoded.size() - start >= room)
            return DecodeResult::full;
    }
    return DecodeResult::ok;
}

/// Slices are small, so that growth is told before much of it is there.
DecodeResult BodyDecoder::add_slice(std::string_view coded, std::string& decoded)
{
    read_ += coded.size();
    auto const most = free_size + read_ * most_growth - written_; // of this slice
    auto const before = decoded.size();
    between_.clear();
    bool const two = layers_.size() == 2;
    if (two && !layers_.front()->add(coded, between_, most))
        return DecodeResult::broken;
    if (!layers_.back()->add(two ? std::string_view{between_} : coded, decoded, before + most))
        return DecodeResult::broken;
    auto const grown = decoded.size() - before;
    written_ += grown;
    return grown < most && between_.size() < most ? DecodeResult::ok : DecodeResult::too_much;
}

} // namespace gatehouse::content
