#pragma once
// The text fields of an access record in one fixed order, shared by the ring and the store so that a new field is added in one place.

#include "proxy/log/access_record.hpp"

#include <array>

namespace gatehouse::log {

using TextField = std::string_view AccessRecord::*;

inline constexpr std::array<TextField, 22> text_fields{&AccessRecord::decision_id, &AccessRecord::user,
    &AccessRecord::role, &AccessRecord::group, &AccessRecord::network, &AccessRecord::device, &AccessRecord::method,
    &AccessRecord::scheme, &AccessRecord::host, &AccessRecord::path, &AccessRecord::sni, &AccessRecord::content_type,
    &AccessRecord::user_agent, &AccessRecord::stage, &AccessRecord::rule, &AccessRecord::clause,
    &AccessRecord::category, &AccessRecord::service, &AccessRecord::list, &AccessRecord::list_file,
    &AccessRecord::period, &AccessRecord::refusal};

} // namespace gatehouse::log
