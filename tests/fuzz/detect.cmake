gatehouse_fuzz(first_bytes SOURCE detect/first_bytes_fuzz.cpp LINK gatehouse::detect)
