#pragma once
// What the signer and whoever starts it agree on.

namespace gatehouse::tls {

/// The signer's end of the packet socket. Its first packet is one byte: 0 when it is ready, else a code of `errc`.
inline constexpr int signer_channel = 3;

} // namespace gatehouse::tls
