// The two formats of name servers: dnsmasq's configuration lines and response policy zones.
#include "policy/host.hpp"
#include "policy/list_collector.hpp"

#include <algorithm>

namespace gatehouse::policy::source {
namespace {

using Reach = ListEntry::Reach;
using Sense = ListEntry::Sense;

constexpr std::uint32_t max_continuation_lines = 16; // an SOA record takes six or seven

bool is_number(std::string_view text)
{
    return !text.empty() && text.front() >= '0' && text.front() <= '9'
        && text.find_first_not_of("0123456789smhdwSMHDW") == std::string_view::npos;
}

bool is_class(std::string_view text)
{
    return text == "in" || text == "ch" || text == "hs";
}

std::string_view without_dot(std::string_view name)
{
    return name.ends_with('.') ? name.substr(0, name.size() - 1) : name;
}

/// True if what dnsmasq would answer with makes the name unreachable.
bool blocks(std::string_view key, std::string_view answer)
{
    if (answer.empty())
        return true;
    return key == "address" && (answer == "#" || is_null_address(answer));
}

} // namespace

void read_dnsmasq_line(Collector& out, std::string_view line)
{
    if (line.starts_with('#'))
        return out.comment();
    std::size_t const equals = line.find('=');
    std::string_view const key = trim(line.substr(0, equals));
    if (equals == std::string_view::npos || (key != "address" && key != "server" && key != "local"))
        return out.problem("only address=, server= and local= are understood");
    std::string_view rest = trim(line.substr(equals + 1));
    std::size_t const last_slash = rest.rfind('/');
    if (!rest.starts_with('/') || last_slash == 0)
        return out.problem("names must stand between slashes, as in address=/example.com/");
    std::string_view answer = rest.substr(last_slash + 1);
    answer = trim(answer.substr(0, answer.find(" #")));
    std::string_view names = rest.substr(1, last_slash - 1);
    bool const takes_out = key != "address" && answer == "#";
    if (!takes_out && !blocks(key, answer))
        return out.problem("the name is answered, not blocked");
    while (true) {
        std::string_view name = names.substr(0, names.find('/'));
        std::size_t const taken = name.size();
        if (name.starts_with('.'))
            name.remove_prefix(1);
        out.host(name, Reach::suffix, takes_out ? Sense::passthrough : Sense::member);
        if (taken == names.size())
            return;
        names.remove_prefix(taken + 1);
    }
}

void RpzReader::read_line(Collector& out, std::string_view line, bool is_indented)
{
    line = trim(line.substr(0, line.find(';')));
    if (opened_at_ != 0 && skip_continuation(out, line))
        return;
    if (line.empty())
        return out.comment();
    if (line.starts_with('$'))
        return read_directive(out, line);
    read_record(out, line, is_indented);
}

/// Lines within parentheses belong to a record that was skipped. False if the parenthesis is given up and the line stands for itself.
bool RpzReader::skip_continuation(Collector& out, std::string_view line)
{
    if (out.line() - opened_at_ > max_continuation_lines) {
        out.problem_at(opened_at_, "a parenthesis that is not closed");
        opened_at_ = 0;
        return false;
    }
    out.comment();
    if (line.find(')') != std::string_view::npos)
        opened_at_ = 0;
    return true;
}

void RpzReader::finish(Collector& out)
{
    if (opened_at_ != 0)
        out.problem_at(opened_at_, "a parenthesis that is not closed");
}

void RpzReader::read_directive(Collector& out, std::string_view line)
{
    std::string_view rest = line;
    std::string const directive = lower(take_word(rest));
    if (directive == "$ttl")
        return out.comment();
    if (directive != "$origin")
        return out.problem("only $ORIGIN and $TTL are understood");
    origin_ = lower(without_dot(take_word(rest)));
    out.comment();
}

void RpzReader::read_record(Collector& out, std::string_view line, bool is_indented)
{
    std::string_view rest = line;
    if (!is_indented)
        owner_ = lower(take_word(rest));
    std::string type = lower(take_word(rest));
    while (is_number(type) || is_class(type))
        type = lower(take_word(rest));
    if (type == "soa" || type == "ns") {
        if (type == "soa" && origin_.empty() && owner_.ends_with('.'))
            origin_ = without_dot(owner_);
        if (rest.find('(') != std::string_view::npos && rest.find(')') == std::string_view::npos)
            opened_at_ = out.line();
        return out.comment();
    }
    if (owner_.empty() || type.empty())
        return out.problem("a record needs an owner, a type and data");
    read_trigger(out, owner_, type, trim(rest));
}

void RpzReader::read_trigger(Collector& out, std::string_view owner, std::string_view type, std::string_view data)
{
    if (owner.ends_with('.')) {
        owner.remove_suffix(1);
        bool const is_inside = !origin_.empty() && owner.size() > origin_.size() && owner.ends_with(origin_)
            && owner[owner.size() - origin_.size() - 1] == '.';
        if (!is_inside)
            return out.problem("an absolute name outside the zone");
        owner.remove_suffix(origin_.size() + 1);
    }
    std::string_view const last = owner.substr(owner.rfind('.') + 1);
    if (last.starts_with("rpz-"))
        return out.problem("triggers on addresses and name servers are not supported");
    Reach const reach = owner.starts_with("*.") ? Reach::below : Reach::exact;
    std::string_view const name = reach == Reach::below ? owner.substr(2) : owner;
    if (type == "a" || type == "aaaa") {
        if (is_null_address(data))
            out.host(name, reach);
        else
            out.problem("the name is answered, not blocked");
        return;
    }
    if (type != "cname")
        return out.problem("only CNAME, A and AAAA records are understood");
    std::string const target = lower(data);
    if (target == "." || target == "*." || target == "rpz-drop.")
        out.host(name, reach);
    else if (target == "rpz-passthru." || without_dot(target) == owner)
        out.host(name, reach, Sense::passthrough);
    else
        out.problem("the name is answered, not blocked");
}

} // namespace gatehouse::policy::source
