gatehouse_fuzz(basic SOURCE identity/basic_fuzz.cpp LINK gatehouse::identity)
