gatehouse_fuzz(ask_token SOURCE portal/ask_token_fuzz.cpp LINK gatehouse::portal_pages)
gatehouse_fuzz(form_data SOURCE portal/form_data_fuzz.cpp LINK gatehouse::portal_pages)
gatehouse_fuzz(multipart SOURCE portal/multipart_fuzz.cpp LINK gatehouse::portal_pages)
gatehouse_fuzz(json_form SOURCE portal/json_form_fuzz.cpp LINK gatehouse::portal_pages)
