gatehouse_fuzz(host SOURCE policy/host_fuzz.cpp LINK gatehouse::policy)
gatehouse_fuzz(target_url SOURCE policy/target_url_fuzz.cpp LINK gatehouse::policy)
gatehouse_fuzz(parse_policy SOURCE policy/parse_policy_fuzz.cpp LINK gatehouse::policy)
include("${CMAKE_CURRENT_LIST_DIR}/policy_lists.cmake" OPTIONAL)
