#pragma once
// A text as a picture for the camera of a phone.

#include <string>

namespace gatehouse::portal {

/// SVG of a QR code (ISO/IEC 18004, made by libqrencode) with its quiet zone; empty if the text is too long for one (2,331 bytes).
std::string qr_picture(std::string const& text);

} // namespace gatehouse::portal
