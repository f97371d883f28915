#pragma once
// The message gate: what the grammar accepts and we do not. Runs on every request head after syntax; refuses every message that two
// readers could understand differently (RFC 9112 §6.3 and §11.2). Derives framing and connection persistence on the way.

#include "proxy/http1/head.hpp"

namespace gatehouse::http1 {

/// Refusal::none and the derived members of `head` filled in, or why the message is refused. Never allocates.
Refusal gate_request(RequestHead& head);

/// The same for a response: Refusal::none or bad_response.
Refusal gate_response(ResponseHead& head, ResponseContext context);

} // namespace gatehouse::http1
