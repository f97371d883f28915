gatehouse_fuzz(ask_token SOURCE portal/ask_token_fuzz.cpp LINK gatehouse::portal)
