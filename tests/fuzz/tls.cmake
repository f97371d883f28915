gatehouse_fuzz(client_hello SOURCE tls/client_hello_fuzz.cpp LINK gatehouse::tls)
gatehouse_fuzz(signer_request SOURCE tls/signer_request_fuzz.cpp LINK gatehouse::tls)
