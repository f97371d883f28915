#pragma once
// What kind of file an answer brings: by its first bytes, by what libmagic makes of them, by its name. Sans-IO.

#include "policy/file_kind.hpp"

#include <string>
#include <string_view>

namespace gatehouse::files {

using policy::FileKind;
using policy::FileKinds;

/// Bytes of its beginning that are looked at: the mark of an image of a disc begins at 32,769 (ECMA-119 §8).
inline constexpr std::size_t most_looked_at = 64 * 1024;

/// Bytes after which a mark would have been seen, and those after which text is text (WHATWG MIME Sniffing §5.2: the resource header).
inline constexpr std::size_t enough_for_a_mark = 64;
inline constexpr std::size_t enough_for_text = 1445;

/// What is certain from the first bytes alone: pictures, sound, films and fonts as browsers know them (WHATWG MIME Sniffing §6), programs,
/// and text, which has no bytes that text cannot have (§5). Nothing: somebody else has to be asked.
std::optional<FileKind> kind_by_first_bytes(std::string_view beginning);

/// Of a media type: "application/pdf" is a document. Parameters and case do not matter. `other` if it says nothing.
FileKind kind_of_type(std::string_view type);

/// Whether the answer is made a file, as far as is known. Some names count only then, because pages load or speak of such, too: "app.js" is a script
/// of the computer's own where it is saved, and "/whois/example.com" is a page.
enum class Saved : std::uint8_t { no, yes };

/// What a file of that name is to the computer that opens it, where the name alone decides: "run.bat" is a script. Nothing for other names.
std::optional<FileKind> kind_of_name(std::string_view name, Saved saved = Saved::yes);

/// Of every name that a field of Content-Disposition gives the file, read as browsers read it (RFC 6266 §4.3), and with what some of them still
/// read: which of several names one takes, nobody can tell.
FileKinds kinds_of_disposition(std::string_view field, Saved saved = Saved::yes);

/// Of the last part of a URL's path, which is the file's name where no other is given or taken.
FileKinds kinds_of_path(std::string_view path, Saved saved = Saved::yes);

/// True of an answer that browsers show in its place and never take for a file by themselves: a page, or a picture or PDF that is what it is said to be.
bool is_shown(std::string_view type, std::string_view beginning);

/// True if the answer asks to be kept as a file rather than shown, as every type but "inline" does (RFC 6266 §4.2).
bool is_attachment(std::string_view content_disposition);

/// Where of the whole file an answer begins (RFC 9110 §14.4): "bytes 100-199/1000" at 100 of 1,000. Nothing if it is no single range of bytes.
struct RangeSaid {
    std::uint64_t first = 0;
    std::uint64_t whole = 0; ///< zero: not said
};
std::optional<RangeSaid> read_content_range(std::string_view value);

} // namespace gatehouse::files
