#include "proxy/http1/head.hpp"

namespace gatehouse::http1 {

std::string_view to_text(Refusal refusal)
{
    switch (refusal) {
    case Refusal::none: return "none";
    case Refusal::syntax: return "syntax";
    case Refusal::not_http: return "not-http";
    case Refusal::version_not_supported: return "version-not-supported";
    case Refusal::method_too_long: return "method-too-long";
    case Refusal::target_too_long: return "target-too-long";
    case Refusal::head_too_large: return "head-too-large";
    case Refusal::too_many_fields: return "too-many-fields";
    case Refusal::obsolete_folding: return "obsolete-folding";
    case Refusal::framing_conflict: return "framing-conflict";
    case Refusal::bad_content_length: return "bad-content-length";
    case Refusal::bad_transfer_encoding: return "bad-transfer-encoding";
    case Refusal::unsupported_transfer_coding: return "unsupported-transfer-coding";
    case Refusal::body_too_large: return "body-too-large";
    case Refusal::body_not_allowed: return "body-not-allowed";
    case Refusal::bad_chunk: return "bad-chunk";
    case Refusal::bad_trailer: return "bad-trailer";
    case Refusal::missing_host: return "missing-host";
    case Refusal::bad_host: return "bad-host";
    case Refusal::host_mismatch: return "host-mismatch";
    case Refusal::bad_target: return "bad-target";
    case Refusal::unsupported_scheme: return "unsupported-scheme";
    case Refusal::origin_form: return "origin-form";
    case Refusal::bad_connection_option: return "bad-connection-option";
    case Refusal::expectation_failed: return "expectation-failed";
    case Refusal::method_not_allowed: return "method-not-allowed";
    case Refusal::method_not_implemented: return "method-not-implemented";
    case Refusal::too_many_hops: return "too-many-hops";
    case Refusal::bad_response: return "bad-response";
    }
    return "none";
}

unsigned status_of(Refusal refusal)
{
    switch (refusal) {
    case Refusal::method_not_allowed: return 405;
    case Refusal::body_too_large: return 413;
    case Refusal::target_too_long: return 414;
    case Refusal::expectation_failed: return 417;
    case Refusal::head_too_large:
    case Refusal::too_many_fields: return 431;
    case Refusal::unsupported_transfer_coding:
    case Refusal::method_not_implemented: return 501;
    case Refusal::bad_response: return 502;
    case Refusal::version_not_supported: return 505;
    case Refusal::too_many_hops: return 508;
    default: return 400;
    }
}

} // namespace gatehouse::http1
