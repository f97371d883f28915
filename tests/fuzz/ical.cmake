gatehouse_fuzz(calendar SOURCE ical/calendar_fuzz.cpp LINK gatehouse::ical)
