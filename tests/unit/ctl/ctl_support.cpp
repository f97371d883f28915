#include "tests/unit/ctl/ctl_support.hpp"

#include <boost/json/parse.hpp>

#include <fstream>
#include <iterator>
#include <stdlib.h>

namespace gatehouse::ctl {
namespace {

namespace fs = std::filesystem;

std::string read(fs::path const& path)
{
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

fs::path new_folder()
{
    auto pattern = (fs::temp_directory_path() / "ctl-XXXXXX").string();
    return ::mkdtemp(pattern.data());
}

/// The example school's compiled lists, for all tests of this program.
class CompiledLists {
public:
    CompiledLists()
        : dir_{new_folder()}
    {
        Common const common{fs::path{GATEHOUSE_SOURCE_DIR} / "config", Output::text};
        ListsCompileOptions options;
        options.image = dir_ / "lists.image";
        // The state folder of a copy, so that the source tree stays as it is.
        fs::copy(common.config, dir_ / "config", fs::copy_options::recursive);
        std::istringstream in;
        std::ostringstream out;
        lists_compile({dir_ / "config", Output::text}, options, {in, out, out});
    }
    CompiledLists(CompiledLists const&) = delete;
    CompiledLists& operator=(CompiledLists const&) = delete;
    ~CompiledLists() { fs::remove_all(dir_); }
    fs::path image() const { return dir_ / "lists.image"; }

private:
    fs::path dir_;
};

} // namespace

boost::json::object Said::json() const
{
    return boost::json::parse(out).as_object();
}

School::School()
    : dir_{new_folder()}
    , config_{dir_ / "config"}
    , state_{dir_ / "var"}
{
    static CompiledLists const lists;
    fs::copy(fs::path{GATEHOUSE_SOURCE_DIR} / "config", config_, fs::copy_options::recursive);
    fs::create_directory(state_);
    fs::permissions(state_, fs::perms::owner_all);
    fs::copy(lists.image(), state_ / "lists.image");
    for (auto const* const port : {":3128", ":8180\"", ":8181\"", ":9180"})
        replace("gatehouse.toml", std::string{"127.0.0.1"} + port, std::string{"127.0.0.1:0"} + (port[5] == '"' ? "\"" : ""));
}

School::~School()
{
    fs::remove_all(dir_);
}

Said School::call(std::function<int(Common const&, Streams)> const& verb, Output output, std::string const& input)
{
    std::istringstream in{input};
    std::ostringstream out;
    std::ostringstream error;
    auto const status = verb({config_, output}, {in, out, error});
    return {status, out.str(), error.str()};
}

void School::append(char const* file, std::string const& text)
{
    std::ofstream{config_ / file, std::ios::app} << text;
}

void School::replace(char const* file, std::string const& from, std::string const& to)
{
    auto text = read(config_ / file);
    auto const at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    std::ofstream{config_ / file} << text;
}

} // namespace gatehouse::ctl
