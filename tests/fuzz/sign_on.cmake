gatehouse_fuzz(id_token SOURCE sign_on/id_token_fuzz.cpp LINK gatehouse::sign_on)
