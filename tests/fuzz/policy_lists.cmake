gatehouse_fuzz(list_source SOURCE policy/list_source_fuzz.cpp LINK gatehouse::policy)
gatehouse_fuzz(list_image SOURCE policy/list_image_fuzz.cpp LINK gatehouse::policy PkgConfig::XXHASH)
