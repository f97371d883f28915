# The strict reader stands apart so that nothing of the gateway's own parsers can slip into it.
gatehouse_library(fuzz_strict SOURCES session/strict_http.cpp)
gatehouse_library(fuzz_world SOURCES session/world.cpp LINK gatehouse::session)
gatehouse_fuzz(session SOURCE session/session_fuzz.cpp LINK gatehouse::fuzz_world gatehouse::fuzz_strict gatehouse::session)
gatehouse_fuzz(refused_quic SOURCE session/refused_quic_fuzz.cpp LINK gatehouse::net gatehouse::tls)
