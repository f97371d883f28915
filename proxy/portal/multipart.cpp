#include "proxy/portal/multipart.hpp"

#include "proxy/portal/ascii.hpp"
#include "proxy/portal/form_data.hpp"
#include "proxy/portal/limits.hpp"

#include <algorithm>

namespace gatehouse::portal {

namespace {

constexpr std::string_view line_end = "\r\n";
constexpr std::size_t longest_boundary = 70; // RFC 2046 §5.1.1

error_code refused()
{
    return boost::system::errc::make_error_code(boost::system::errc::invalid_argument);
}

bool take(std::string_view& rest, std::string_view text)
{
    if (!rest.starts_with(text))
        return false;
    rest.remove_prefix(text.size());
    return true;
}

void skip_blanks(std::string_view& rest)
{
    while (take(rest, " ") || take(rest, "\t")) { }
}

/// What one part says of itself.
struct PartHead {
    std::string name;
    std::optional<std::string> file; ///< name of a file; nothing: a field
};

/// `name="value"`; browsers write quotes within a value as %22 (WHATWG HTML, "multipart form data"), so the next quote ends it.
bool take_parameter(std::string_view& rest, PartHead& head, bool& has_name)
{
    auto const name = lower(rest.substr(0, rest.find('=')));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    if (!take(rest, "\""))
        return false;
    auto const end = rest.find('"');
    if (end == std::string_view::npos)
        return false;
    std::string value(rest.substr(0, end));
    rest.remove_prefix(end + 1);
    bool const repeats = name == "name" ? has_name : head.file.has_value();
    if (repeats || !is_valid_utf8(value) || value.find('\0') != std::string::npos)
        return false;
    if (name == "name") {
        has_name = true;
        head.name = std::move(value);
    } else if (name == "filename") {
        head.file = std::move(value);
    } else {
        return false;
    }
    return true;
}

std::optional<PartHead> read_disposition(std::string_view rest)
{
    if (lower(rest.substr(0, 9)) != "form-data")
        return std::nullopt;
    rest.remove_prefix(9);
    PartHead head;
    bool has_name = false;
    for (skip_blanks(rest); !rest.empty(); skip_blanks(rest)) {
        if (!take(rest, ";"))
            return std::nullopt;
        skip_blanks(rest);
        if (!take_parameter(rest, head, has_name))
            return std::nullopt;
    }
    return has_name ? std::optional{head} : std::nullopt;
}

/// The lines before a part's content, without the empty one that ends them.
std::optional<PartHead> read_head(std::string_view lines)
{
    std::optional<PartHead> head;
    while (!lines.empty()) {
        auto const line = lines.substr(0, lines.find(line_end));
        lines.remove_prefix(std::min(lines.size(), line.size() + line_end.size()));
        auto const colon = line.find(':');
        auto const name = lower(line.substr(0, colon));
        if (colon == std::string_view::npos || (name != "content-disposition" && name != "content-type"))
            return std::nullopt;
        if (name == "content-type")
            continue;
        auto value = line.substr(colon + 1);
        skip_blanks(value);
        if (head)
            return std::nullopt;
        head = read_disposition(value);
        if (!head)
            return std::nullopt;
    }
    return head;
}

/// Text of a field, or nothing if it is none.
std::optional<std::string> field_text(std::string_view content)
{
    std::string text(content);
    std::erase(text, '\r');
    if (text.find('\0') != std::string::npos || !is_valid_utf8(text))
        return std::nullopt;
    return text;
}

bool add_part(MultipartForm& form, PartHead head, std::string_view content)
{
    if (form.fields.size() + form.files.size() == most_fields)
        return false;
    if (!head.file) {
        auto text = field_text(content);
        if (text)
            form.fields.emplace_back(std::move(head.name), std::move(*text));
        return text.has_value();
    }
    if (head.file->empty() && content.empty())
        return true; // no file was chosen
    if (form.files.size() == most_files)
        return false;
    form.files.push_back({std::move(head.name), std::move(*head.file), std::string(content)});
    return true;
}

/// Takes head and content of a part, up to the delimiter that ends it.
bool take_part(std::string_view& rest, std::string const& delimiter, MultipartForm& form)
{
    constexpr std::string_view empty_line = "\r\n\r\n";
    auto const end_of_head = rest.substr(0, longest_part_head).find(empty_line);
    if (end_of_head == std::string_view::npos)
        return false;
    auto head = read_head(rest.substr(0, end_of_head));
    rest.remove_prefix(end_of_head + empty_line.size());
    auto const end = rest.find(delimiter);
    if (!head || end == std::string_view::npos || !add_part(form, std::move(*head), rest.substr(0, end)))
        return false;
    rest.remove_prefix(end + delimiter.size());
    return true;
}

bool is_boundary_text(std::string_view text)
{
    constexpr std::string_view allowed = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'()+_,-./:=? ";
    return !text.empty() && text.size() <= longest_boundary && text.back() != ' '
        && text.find_first_not_of(allowed) == std::string_view::npos;
}

} // namespace

std::optional<std::string> boundary_of(std::string_view content_type)
{
    constexpr std::string_view type = "multipart/form-data";
    if (lower(content_type.substr(0, type.size())) != type)
        return std::nullopt;
    auto rest = content_type.substr(type.size());
    skip_blanks(rest);
    if (!take(rest, ";"))
        return std::nullopt;
    skip_blanks(rest);
    constexpr std::string_view name = "boundary=";
    if (lower(rest.substr(0, name.size())) != name)
        return std::nullopt;
    rest.remove_prefix(name.size());
    if (rest.size() >= 2 && rest.front() == '"' && rest.back() == '"')
        rest = rest.substr(1, rest.size() - 2);
    return is_boundary_text(rest) ? std::optional<std::string>(rest) : std::nullopt;
}

result<MultipartForm> parse_multipart(std::string_view body, std::string_view boundary)
{
    auto const delimiter = "\r\n--" + std::string(boundary);
    MultipartForm form;
    if (!take(body, std::string_view(delimiter).substr(line_end.size())))
        return refused();
    while (!take(body, "--"))
        if (!take(body, line_end) || !take_part(body, delimiter, form))
            return refused();
    take(body, line_end);
    return body.empty() ? result<MultipartForm>{std::move(form)} : refused();
}

} // namespace gatehouse::portal
