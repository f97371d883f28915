// The one translation unit that holds the TOML parser.
#define TOML_IMPLEMENTATION
#include "policy/toml.hpp"
