#pragma once
// toml++ without exceptions: a file with a mistake is an expected value. Internal to policy/.

#undef TOML_HEADER_ONLY
#undef TOML_SHARED_LIB
#define TOML_HEADER_ONLY 0
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>
