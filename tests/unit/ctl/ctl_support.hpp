#pragma once
// A school of its own for each test, and a way to call a verb and see what it said.

#include "tools/ctl/verbs.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

namespace gatehouse::ctl {

struct Said {
    int status = 0;
    std::string out, error;
    boost::json::object json() const; ///< of `out`
};

/// A copy of the example school's configuration with its lists compiled (once for the whole program) and any free ports.
class School : public testing::Test {
protected:
    School();
    ~School() override;

    Said call(
        std::function<int(Common const&, Streams)> const& verb, Output output = Output::text, std::string const& input = {});
    Said call_json(std::function<int(Common const&, Streams)> const& verb) { return call(verb, Output::json); }

    void append(char const* file, std::string const& text);
    void replace(char const* file, std::string const& from, std::string const& to);

    std::filesystem::path dir_, config_, state_;
};

} // namespace gatehouse::ctl
