#include "policy/explanation.hpp"
#include "tests/golden/school_fixture.hpp"

#include <gtest/gtest.h>

namespace gatehouse::policy {
namespace {

using testing::as_utc;
using testing::load_school;

TEST(ExampleSchool, LoadsAndHoldsItsExpectations)
{
    auto const policy = load_school();
    for (auto const& problem : check_expectations(policy, &as_utc))
        ADD_FAILURE() << to_text(problem, testing::school_sources());
}

} // namespace
} // namespace gatehouse::policy
