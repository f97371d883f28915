#include "proxy/portal/console/uploads.hpp"

#include "proxy/portal/form_data.hpp"

#include <algorithm>

namespace gatehouse::portal::console {

std::optional<std::string> uploaded_text(Visit const& visit, std::string const& field, std::vector<Problem>& problems)
{
    auto const& files = visit.request.files;
    auto const found = std::find_if(files.begin(), files.end(), [&](Upload const& file) { return file.field == field; });
    if (found == files.end() && visit.form(field).empty())
        return std::nullopt;
    auto text = text_of_file(found == files.end() ? visit.form(field) : std::string_view(found->bytes));
    if (!text)
        problems.push_back(
            {field, words("{} is not plain text. Save it as text (UTF-8), then choose it again", shown_text(found->name, 100))});
    return text;
}

} // namespace gatehouse::portal::console
