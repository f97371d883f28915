gatehouse_test(policy_decision_test
    SOURCES
        ../../golden/school_fixture.cpp
        alias_test.cpp
        content_decision_test.cpp
        decide_test.cpp
        edit_test.cpp
        expectation_test.cpp
        inspection_test.cpp
        explanation_test.cpp
        lint_test.cpp
        match_test.cpp
        parse_test.cpp
        policy_test.cpp
        safe_search_test.cpp
        selector_test.cpp
        self_check_test.cpp
        service_switch_test.cpp
        suggest_test.cpp
        url_form_test.cpp
        url_pattern_test.cpp
    LINK gatehouse::policy)
gatehouse_test(policy_allocation_test
    SOURCES
        ../../golden/school_fixture.cpp
        decide_allocation_test.cpp
    LINK gatehouse::policy)
# g++ 12 at -O2 takes the test's own operator new and delete for a mismatch.
target_compile_options(policy_allocation_test PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)
