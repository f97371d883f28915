#include "proxy/http1/ascii.hpp"
#include "proxy/http1/gate.hpp"
#include "proxy/http1/syntax.hpp"

#include <algorithm>
#include <span>

namespace gatehouse::http1 {
namespace {

constexpr std::string_view version_prefix = "HTTP/1.";
constexpr std::size_t bare_status_line_size = std::string_view{"HTTP/1.1 200"}.size();

/// One line of the head without its line end.
struct Line {
    std::string_view text;
    std::size_t next = 0; ///< where the following line begins
    bool bare_feed = false;
};

/// Empty if no line end has come yet.
std::optional<Line> line_at(std::string_view bytes, std::size_t at)
{
    auto const feed = bytes.find('\n', at);
    if (feed == bytes.npos)
        return std::nullopt;
    auto const text = bytes.substr(at, feed - at);
    if (text.ends_with('\r'))
        return Line{text.substr(0, text.size() - 1), feed + 1, false};
    return Line{text, feed + 1, true};
}

bool has_blank_before_colon(std::string_view line)
{
    auto const colon = line.find(':');
    return colon != line.npos && colon != 0 && is_blank(line[colon - 1]);
}

/// How far one line is from what we send on; nullopt if it could be read in two ways.
std::optional<unsigned> deviations_of(Line const& line, std::size_t number)
{
    if (line.text.find('\r') != line.text.npos)
        return std::nullopt;
    unsigned count = line.bare_feed ? 1 : 0;
    if (number == 0)
        return count + (line.text.size() == bare_status_line_size ? 1 : 0);
    if (line.text.empty())
        return count;
    if (is_blank(line.text.front())) {
        // A fold right under the status line belongs to nothing, and a blank line is the end of the head to some readers.
        if (number == 1 || trim_blanks(line.text).empty())
            return std::nullopt;
        return count + 1;
    }
    return count + (has_blank_before_colon(line.text) ? 1 : 0);
}

HeadStatus refuse()
{
    return {HeadStatus::Kind::refused, 0, Refusal::bad_response};
}

HeadStatus find_end_of_head(std::string_view bytes, unsigned& deviations)
{
    auto const opening = bytes.substr(0, version_prefix.size());
    if (!version_prefix.starts_with(opening))
        return refuse();
    std::size_t at = 0;
    for (std::size_t number = 0;; ++number) {
        auto const line = line_at(bytes, at);
        if (!line)
            return bytes.size() >= limits::response_head_size ? refuse() : HeadStatus{};
        auto const count = deviations_of(*line, number);
        if (!count || line->next > limits::response_head_size)
            return refuse();
        deviations += *count;
        at = line->next;
        if (line->text.empty())
            return {HeadStatus::Kind::done, at, Refusal::none};
        if (number > limits::response_field_count)
            return refuse();
    }
}

bool is_framing_field(std::string_view line)
{
    auto const name = trim_blanks(line.substr(0, line.find(':')));
    return equals_ignoring_case(name, "content-length") || equals_ignoring_case(name, "transfer-encoding");
}

void append_field_line(std::string& out, std::string_view line)
{
    auto const colon = line.find(':');
    if (colon == line.npos) {
        out.append(line); // refused by the grammar that reads it next
        return;
    }
    auto name = line.substr(0, colon);
    while (!name.empty() && is_blank(name.back()))
        name.remove_suffix(1);
    out.append(name).append(line.substr(colon));
}

/// Writes the head again with CR LF line ends, a space for the missing reason, no blank before colons and no folding.
/// False if a framing field is folded: its sender and its readers hardly agree on its value.
bool normalise(std::string_view head, std::string& out)
{
    out.clear();
    out.reserve(head.size() + 2 * (limits::response_field_count + 2)); // a line grows by two bytes at most
    std::string_view previous;
    std::size_t at = 0;
    for (std::size_t number = 0; at < head.size(); ++number) {
        auto const line = line_at(head, at);
        if (!line)
            return false;
        at = line->next;
        if (number == 0) {
            out.append(line->text);
            if (line->text.size() == bare_status_line_size)
                out += ' ';
        } else if (!line->text.empty() && is_blank(line->text.front())) {
            if (is_framing_field(previous))
                return false;
            out.resize(out.size() - 2); // the line end of the line before
            out.append(" ").append(trim_blanks(line->text)).append("\r\n");
            continue;
        } else {
            append_field_line(out, line->text);
        }
        previous = line->text;
        out.append("\r\n");
    }
    return true;
}

void reset(ResponseHead& head)
{
    head.status = 0;
    head.reason = {};
    head.minor_version = 1;
    head.field_size = 0;
    head.framing = Framing::none;
    head.content_length = 0;
    head.keep_alive = true;
    head.switches_protocol = false;
}

bool says_a_type(std::string_view type)
{
    auto const slash = type.find('/');
    return slash != type.npos && slash != 0 && slash + 1 < type.size() && !type.starts_with("*/*");
}

std::string_view without_parameters(std::string_view type)
{
    return trim_blanks(type.substr(0, type.find(';')));
}

/// Of several types, also in a list, browsers take the last that is one, and keep a charset said before of the same (Fetch, "extract a MIME
/// type"); other readers take the first. Only the one that browsers take goes on, so that nobody can read another.
void keep_one_type(ResponseHead& head)
{
    constexpr std::string_view name = "content-type";
    std::string_view kept;
    std::size_t left = 0;
    for (auto const& field : head.fields()) {
        if (!equals_ignoring_case(field.name, name)) {
            head.field_store[left++] = field;
            continue;
        }
        bool const first = kept.data() == nullptr;
        ListReader list{field.value};
        while (auto const type = list.next()) {
            bool const adds_nothing
                = type->find(';') == type->npos && equals_ignoring_case(without_parameters(kept), without_parameters(*type));
            if (kept.data() == nullptr || (says_a_type(*type) && !adds_nothing))
                kept = *type;
        }
        if (first)
            head.field_store[left++] = field;
    }
    head.field_size = left;
    for (auto& field : std::span{head.field_store}.first(left))
        if (equals_ignoring_case(field.name, name))
            field.value = kept;
}

} // namespace

HeadStatus read_response_head(
    std::string_view bytes, ResponseContext context, ResponseHead& head, std::string& scratch, unsigned& deviations)
{
    reset(head);
    deviations = 0;
    auto const status = find_end_of_head(bytes, deviations);
    if (status.kind != HeadStatus::Kind::done)
        return status;
    auto text = bytes.substr(0, status.size);
    if (deviations != 0) {
        if (!normalise(text, scratch))
            return refuse();
        text = scratch;
    }
    if (parse_response_syntax(text, head) != Refusal::none || gate_response(head, context) != Refusal::none)
        return refuse();
    auto const is_type = [](Field const& field) { return equals_ignoring_case(field.name, "content-type"); };
    auto const fields = head.fields();
    auto const first = std::find_if(fields.begin(), fields.end(), is_type);
    if (first != fields.end() && (first->value.find(',') != first->value.npos || std::any_of(first + 1, fields.end(), is_type)))
        keep_one_type(head);
    return status;
}

} // namespace gatehouse::http1
