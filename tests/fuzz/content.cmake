gatehouse_fuzz(page_scan SOURCE content/page_scan_fuzz.cpp LINK gatehouse::content)
gatehouse_fuzz(messages SOURCE content/messages_fuzz.cpp LINK gatehouse::content)
