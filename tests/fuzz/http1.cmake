gatehouse_fuzz(http1_request_head SOURCE http1/request_head_fuzz.cpp LINK gatehouse::http1)
gatehouse_fuzz(http1_response_head SOURCE http1/response_head_fuzz.cpp LINK gatehouse::http1)
gatehouse_fuzz(http1_body SOURCE http1/body_fuzz.cpp LINK gatehouse::http1)
gatehouse_fuzz(http1_exchange SOURCE http1/exchange_fuzz.cpp LINK gatehouse::http1)
