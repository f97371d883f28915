#pragma once
// Access records as one JSON object a line in the Elastic Common Schema 8.4, with what the schema has no name for under `gatehouse`.

#include "proxy/log/access_record.hpp"
#include "proxy/log/line_buffer.hpp"
#include "proxy/log/registered_domain.hpp"

#include <string>

namespace gatehouse::log {

class EcsFormat {
public:
    /// `observer` is this gateway's name.
    explicit EcsFormat(std::string_view observer);

    /// Appends one line with its line end. Unknown values leave their key out.
    void append_line(LineBuffer& out, AccessRecord const& record);

private:
    void append_url_fields(LineBuffer& out, AccessRecord const& record);

    RegisteredDomains domains_;
    std::string observer_; ///< the whole object, which is the same in every row
};

} // namespace gatehouse::log
