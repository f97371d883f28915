#pragma once
// What the list readers share: where entries and complaints of the current line go, and the lexical habits of list files.
// Internal to list_source.

#include "policy/list_source.hpp"

namespace gatehouse::policy::source {

class Collector {
public:
    explicit Collector(ListText& text)
        : text_(text)
    {
    }

    void next_line() { ++line_; }
    std::uint32_t line() const { return line_; }
    void comment() { ++text_.comment_count; }
    void problem(std::string_view reason) { problem_at(line_, reason); }
    void problem_at(std::uint32_t line, std::string_view reason);
    /// Adds the text if it is a name in canonical form already; otherwise says no, without a problem.
    bool canonical_name(std::string_view text, ListEntry::Reach reach, ListEntry::Sense sense = ListEntry::Sense::member);
    /// Adds the host if it is one, otherwise a problem. "*." or "." in front is not accepted here.
    bool host(std::string_view host, ListEntry::Reach reach, ListEntry::Sense sense = ListEntry::Sense::member);
    void entry(ListEntry entry);

private:
    ListText& text_;
    std::uint32_t line_ = 0;
};

/// Reads one line, already trimmed, not empty.
using LineReader = void (*)(Collector&, std::string_view line);

void read_domain_line(Collector& out, std::string_view line);
void read_hosts_line(Collector& out, std::string_view line);
void read_url_line(Collector& out, std::string_view line);
void read_expression_line(Collector& out, std::string_view line);
void read_adblock_line(Collector& out, std::string_view line);
void read_dnsmasq_line(Collector& out, std::string_view line);

/// Master-file text keeps state from line to line.
class RpzReader {
public:
    void read_line(Collector& out, std::string_view line, bool is_indented);
    void finish(Collector& out);

private:
    void read_record(Collector& out, std::string_view line, bool is_indented);
    void read_directive(Collector& out, std::string_view line);
    void read_trigger(Collector& out, std::string_view owner, std::string_view type, std::string_view data);
    bool skip_continuation(Collector& out, std::string_view line);

    std::string origin_; ///< lower case, without the last dot; empty: not known
    std::string owner_;
    std::uint32_t opened_at_ = 0; ///< line of an open parenthesis; zero: none
};

bool is_blank(char character);
std::string_view trim(std::string_view text);
/// Takes the first word off the front of `rest`; empty at the end.
std::string_view take_word(std::string_view& rest);
std::string lower(std::string_view text);
/// True for 0.0.0.0, ::, and loopback addresses: what blocking lists answer with.
bool is_null_address(std::string_view text);

/// Host of a list line in canonical form. Bare IPv6 is accepted; odd IPv4 spellings are refused: a list means names.
result<std::string> parse_list_host(std::string_view text);

} // namespace gatehouse::policy::source
