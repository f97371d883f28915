gatehouse_fuzz(log_cell SOURCE log/cell_fuzz.cpp LINK gatehouse::log)
