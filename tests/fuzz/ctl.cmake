gatehouse_fuzz(calendar SOURCE ctl/calendar_fuzz.cpp LINK gatehouse::ctl)
