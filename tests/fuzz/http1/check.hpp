#pragma once
// A property that does not hold ends the fuzzing run.

#include <cstdlib>

inline void check(bool holds)
{
    if (!holds)
        std::abort();
}
