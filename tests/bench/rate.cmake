# Load at a constant rate, for tests/bench/run.
add_executable(rate EXCLUDE_FROM_ALL rate.cpp)
target_link_libraries(rate PRIVATE gatehouse::options Boost::headers fmt::fmt Threads::Threads)
