gatehouse_fuzz(http2 SOURCE http2/http2_fuzz.cpp LINK gatehouse::http2)
