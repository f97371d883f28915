gatehouse_fuzz(client_hello SOURCE tls/client_hello_fuzz.cpp LINK gatehouse::tls)
