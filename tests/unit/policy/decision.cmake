gatehouse_test(policy_decision_test
    SOURCES
        ../../golden/school_fixture.cpp
        decide_test.cpp
    LINK gatehouse::policy)
