gatehouse_fuzz(file_type SOURCE files/file_type_fuzz.cpp LINK gatehouse::files)
