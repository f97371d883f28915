#include "proxy/portal/test_site.hpp"

#include "policy/self_check.hpp"
#include "policy/target.hpp"

namespace gatehouse::portal {

bool names_test_site(std::string const& typed)
{
    auto const begin = typed.find_first_not_of(" \t\r\n");
    if (begin == std::string::npos)
        return false;
    auto url = typed.substr(begin, typed.find_last_not_of(" \t\r\n") + 1 - begin);
    if (url.find("://") == std::string::npos)
        url.insert(0, "https://");
    auto const target = policy::Target::parse_url(url); // views the text
    return target && policy::is_self_check(target->host);
}

} // namespace gatehouse::portal
