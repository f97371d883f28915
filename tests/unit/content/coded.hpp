#pragma once
// Bodies in the content codings, made by the codings' own libraries.

#include <string>
#include <string_view>

namespace gatehouse::content::testing {

/// `window_bits` as zlib has them: 31 gzip, 15 deflate, -15 deflate without its wrapper.
std::string deflated(std::string_view text, int window_bits);
std::string brotli(std::string_view text);
std::string zstd(std::string_view text);

} // namespace gatehouse::content::testing
