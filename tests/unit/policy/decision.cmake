gatehouse_test(policy_decision_test
    SOURCES
        ../../golden/school_fixture.cpp
        decide_test.cpp
    LINK gatehouse::policy)
gatehouse_test(policy_allocation_test
    SOURCES
        ../../golden/school_fixture.cpp
        decide_allocation_test.cpp
    LINK gatehouse::policy)
