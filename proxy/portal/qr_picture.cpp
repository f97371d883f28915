#include "proxy/portal/qr_picture.hpp"

#include <fmt/format.h>
#include <memory>
#include <qrencode.h>

namespace gatehouse::portal {

std::string qr_picture(std::string const& text)
{
    constexpr int quiet = 4; // modules around it
    std::unique_ptr<QRcode, decltype(&QRcode_free)> const code{
        QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M), &QRcode_free};
    if (!code)
        return {};
    int const side = code->width + 2 * quiet;
    auto svg = fmt::format(R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}" width="264" height="264" role="img">)"
                           R"(<rect width="{0}" height="{0}" fill="#fff"/><path d=")",
        side);
    for (int y = 0; y < code->width; ++y)
        for (int x = 0; x < code->width; ++x)
            if ((code->data[y * code->width + x] & 1) != 0)
                svg += fmt::format("M{} {}h1v1h-1z", x + quiet, y + quiet);
    return svg + R"(" fill="#000"/></svg>)";
}

} // namespace gatehouse::portal
