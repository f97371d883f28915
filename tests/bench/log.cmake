# Ring, writer, search and replay of the access log.
add_executable(log_bench EXCLUDE_FROM_ALL log_bench.cpp)
target_link_libraries(log_bench PRIVATE gatehouse::log gatehouse::loader benchmark::benchmark)
